import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { runWithDevices } from '../support/i2c-driver.js';
import { Notebook } from '../support/notebook.js';

describe('an I2C bus', () => {
  it('takes bytes to the device and back, with a repeated start in between', () => {
    const device = new Notebook();
    const bench = runWithDevices('int main(void) { uint8_t b[3]; i2c_init(); read_registers(0x20, 7, b, 3); hex(b[0]); hex(b[2]); write_register(0x20, 1, 2); done(); }', { 0x20: device });
    assert.equal(bench.trace, '0000004000000042');
    assert.deepEqual(device.notes, ['write', '7', 'read', 'stop', 'write', '1', '2', 'stop']);
  });

  it('is not acknowledged by an address without a device, nor by a device that refuses a byte', () => {
    const bench = runWithDevices('int main(void) { i2c_init(); hex(-i2c_write(0x21, (uint8_t[]){1}, 1, 0)); hex(-i2c_write(0x20, (uint8_t[]){99, 1}, 2, 0)); hex(i2c_write(0x20, (uint8_t[]){1}, 1, 0)); done(); }', {
      0x20: new Notebook(),
    });
    assert.equal(bench.trace, '00000001' + '00000008' + '00000001'); // 7-bit address, data
  });

  it('takes the time that its speed asks for', () => {
    const pinned = 'REG(0x40014014) = 5; REG(0xd0000024) = 1 << 2;';
    const bench = runWithDevices(`int main(void) { uint8_t b[10] = {0}; ${pinned} i2c_init(); REG(0xd000001c) = 4; i2c_write(0x20, b, 10, 0); REG(0xd000001c) = 4; done(); }`, { 0x20: new Notebook() });
    const [from = 0, to = 0] = bench.edgesOf(2);
    const nanos = (11 * 9 + 2) * (125 + 187 + 8) * 8; // address and ten bytes, start and stop
    assert.ok(to - from > nanos && to - from < nanos * 1.1, `${to - from} ns`);
  });

  it('interrupts when there is room to send and when something was received', () => {
    const bench = runWithDevices(`
      static volatile int received;
      void irq23(void) { if (REG(I2C + 0x2c) & 4) { received = REG(I2C + 0x10) & 0xff; REG(I2C + 0x30) = 0; } }
      int main(void) {
        i2c_init(); target(0x20);
        REG(I2C + 0x30) = 4; REG(0xe000e100) = 1 << 23;
        REG(I2C + 0x10) = 1 << 8 | 1 << 9;
        while (!received) __asm__ volatile("wfi");
        hex(received); done();
      }`, { 0x20: new Notebook() });
    assert.equal(bench.trace, '00000040');
  });
});
