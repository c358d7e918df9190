import type { I2cDevice } from '../../src/devices/device.js';
import { boot } from './compile.js';
import type { Bench } from './program.js';

/** An I2C driver for the C programs of the tests: it polls, as the Pico SDK's does. 400 kbit/s at 125 MHz. */
export const I2C_DRIVER = `
#define I2C 0x40044000
static void i2c_init(void) {
  REG(I2C + 0x6c) = 0;
  REG(I2C + 0x00) = 1 << 8 | 1 << 6 | 1 << 5 | 2 << 1 | 1;
  REG(I2C + 0x1c) = 125; REG(I2C + 0x20) = 187;
  REG(I2C + 0x6c) = 1;
}
static void target(uint8_t address) { REG(I2C + 0x6c) = 0; REG(I2C + 0x04) = address; REG(I2C + 0x6c) = 1; }
/* The number of bytes sent, or minus the reason of the failure. */
static int i2c_write(uint8_t address, const uint8_t *bytes, int count, int keep) {
  target(address);
  for (int i = 0; i < count; i++) {
    REG(I2C + 0x10) = bytes[i] | (i == count - 1 && !keep ? 1 << 9 : 0);
    while (!(REG(I2C + 0x34) & 1 << 4)) {}
    if (REG(I2C + 0x34) & 1 << 6) {
      uint32_t reason = REG(I2C + 0x80) & 0xffff;
      (void)REG(I2C + 0x54);
      while (!(REG(I2C + 0x34) & 1 << 9)) {}
      (void)REG(I2C + 0x60);
      return -(int)reason;
    }
  }
  if (!keep) { while (!(REG(I2C + 0x34) & 1 << 9)) {} (void)REG(I2C + 0x60); }
  return count;
}
static void i2c_read(uint8_t address, uint8_t *bytes, int count, int again) {
  if (!again) target(address);
  for (int i = 0; i < count; i++) {
    REG(I2C + 0x10) = 1 << 8 | (i == 0 && again ? 1 << 10 : 0) | (i == count - 1 ? 1 << 9 : 0);
    while (!REG(I2C + 0x78)) {}
    bytes[i] = REG(I2C + 0x10);
  }
  while (!(REG(I2C + 0x34) & 1 << 9)) {}
  (void)REG(I2C + 0x60);
}
/* Whether the device is there. */
static int read_registers(uint8_t address, uint8_t from, uint8_t *bytes, int count) {
  if (i2c_write(address, &from, 1, 1) < 0) return 0;
  i2c_read(address, bytes, count, 1);
  return 1;
}
static void write_register(uint8_t address, uint8_t to, uint8_t value) { const uint8_t bytes[] = {to, value}; i2c_write(address, bytes, 2, 0); }
`;

/** Runs a program with that driver to its end, with devices at their addresses. */
export function runWithDevices(source: string, devices: Record<number, I2cDevice>): Bench {
  const bench = boot(I2C_DRIVER + source);
  for (const [address, device] of Object.entries(devices)) bench.pico.i2c(0).attach(Number(address), device);
  return bench.run();
}
