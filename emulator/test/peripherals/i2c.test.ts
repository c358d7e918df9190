import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';
import { I2C_DRIVER } from '../support/i2c-driver.js';
import { Notebook } from '../support/notebook.js';

const REGISTERS = `
  #define DATA REG(I2C + 0x10)
  #define RAW REG(I2C + 0x34)
  #define SOURCE REG(I2C + 0x80)
  static void wait_for(uint32_t bits) { while (!(RAW & bits)) {} }
  static void pause(void) { uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < 200) {} }
`;

function run(body: string): { trace: string; notes: string[] } {
  const device = new Notebook();
  const bench = boot(`${I2C_DRIVER}${REGISTERS} int main(void) { i2c_init(); target(0x20); ${body} done(); }`);
  bench.pico.i2c(0).attach(0x20, device);
  return { trace: bench.run().trace, notes: device.notes };
}

describe('an I2C controller', () => {
  it('masks interrupts after a reset as silicon does, and keeps its settings', () => {
    const { trace } = run('hex(REG(I2C + 0x30)); REG(I2C + 0x7c) = 37; hex(REG(I2C + 0x7c)); REG(I2C + 0x88) = 3; hex(REG(I2C + 0x88));');
    assert.equal(trace, '000008ff' + '00000025' + '00000003');
  });

  it('tells the reason of a failure until that is acknowledged, with the number of what was flushed', () => {
    const { trace } = run(`
      DATA = 99; DATA = 1; DATA = 2 | 1 << 9; wait_for(1 << 6); hex(SOURCE); hex(SOURCE);
      pause(); (void)REG(I2C + 0x54); hex(SOURCE);
      DATA = 99 | 1 << 9; wait_for(1 << 6); hex(SOURCE);`);
    assert.equal(trace, '0100000801000008' + '00000000' + '00000008');
  });

  it('flushes what is written after a failure until that is acknowledged', () => {
    const { notes } = run('DATA = 99; wait_for(1 << 6); DATA = 1 | 1 << 9; pause(); (void)REG(I2C + 0x54); DATA = 2 | 1 << 9; pause();');
    assert.deepEqual(notes, ['write', '99', 'stop', 'write', '2', 'stop']);
  });

  it('flushes what was received, too', () => {
    const { trace } = run('DATA = 1 << 8; DATA = 1 << 8; pause(); hex(REG(I2C + 0x78)); DATA = 99 | 1 << 9; wait_for(1 << 6); hex(REG(I2C + 0x78));');
    assert.equal(trace, '0000000200000000');
  });

  it('addresses the device anew where a transfer turns round, with or without being told to', () => {
    for (const restart of ['', '| 1 << 10']) {
      const { notes } = run(`DATA = 7; DATA = 1 << 8 ${restart}; DATA = 1 << 8; DATA = 8 ${restart} | 1 << 9; pause();`);
      assert.deepEqual(notes, ['write', '7', 'read', 'write', '8', 'stop']);
    }
  });

  it('forgets what is written while it is disabled', () => {
    assert.deepEqual(run('REG(I2C + 0x6c) = 0; DATA = 5 | 1 << 9; REG(I2C + 0x6c) = 1; pause();').notes, []);
  });

  it('keeps 16 bytes each way, and flags the first of a read', () => {
    const { trace } = run(`
      REG(I2C + 0x6c) = 1 | 1 << 2;
      for (int i = 0; i < 16; i++) DATA = 1 << 8 | (i == 15) << 9;
      hex(REG(I2C + 0x74)); put(REG(I2C + 0x70) & 2 ? 'r' : 'f'); put(RAW & 8 ? 'o' : '-'); DATA = 0; put(RAW & 8 ? 'o' : '-');
      REG(I2C + 0x6c) = 1; wait_for(1 << 9);
      hex(REG(I2C + 0x78)); hex(DATA); hex(DATA); hex(REG(I2C + 0x78)); put(REG(I2C + 0x70) & 8 ? 'n' : 'e');`);
    assert.equal(trace, '00000010f-o' + '00000010' + '00000840' + '00000041' + '0000000en');
  });

  it('can be made to give up a transfer that waits for more to send', () => {
    const { trace, notes } = run(`
      DATA = 7; wait_for(1 << 4); pause();
      REG(I2C + 0x6c) = 3; while (REG(I2C + 0x6c) & 2) {}
      hex(SOURCE); put(RAW & 1 << 9 ? 's' : '-');`);
    assert.equal(trace, '00010000s');
    assert.deepEqual(notes, ['write', '7', 'stop']);
  });

  it('has DMA send and fetch', () => {
    const { trace, notes } = run(`
      static const uint32_t commands[] = {1, 2, 3, 1 << 10 | 1 << 8, 1 << 8, 1 << 8 | 1 << 9};
      static uint32_t received[3];
      REG(I2C + 0x88) = 3;
      #define DMA(channel, from, to, count, control) \\
        REG(0x50000000 + 64 * channel) = (uint32_t)(from); REG(0x50000004 + 64 * channel) = (uint32_t)(to); \\
        REG(0x50000008 + 64 * channel) = count; REG(0x5000000c + 64 * channel) = (control) | channel << 11 | 2 << 2 | 1;
      DMA(1, I2C + 0x10, received, 3, 33 << 15 | 1 << 5)
      DMA(0, commands, I2C + 0x10, 6, 32 << 15 | 1 << 4)
      wait_for(1 << 9); pause();
      for (int i = 0; i < 3; i++) { hex(((volatile uint32_t *)received)[i] & 255); }`);
    assert.equal(trace, '000000400000004100000042');
    assert.deepEqual(notes, ['write', '1', '2', '3', 'read', 'stop']);
  });

  it('finds its devices again after a reset by the watchdog', () => {
    const device = new Notebook();
    const bench = boot(`${I2C_DRIVER} int main(void) {
      i2c_init(); i2c_write(0x20, (uint8_t[]){REG(0x4005800c)}, 1, 0);
      if (REG(0x4005800c)) done();
      REG(0x4005800c) = 5; REG(0x40058000) = 1u << 31; for (;;) {} }`);
    bench.pico.i2c(0).attach(0x20, device);
    bench.run();
    assert.deepEqual(device.notes, ['write', '0', 'stop', 'write', '5', 'stop']);
  });

  it('reaches a device whose pins are known only through these', () => {
    const attempt = (sda: number, scl: number): string => {
      const bench = boot(`${I2C_DRIVER} int main(void) {
        REG(0x40014004 + 8 * 4) = REG(0x40014004 + 8 * 5) = 3;
        i2c_init(); hex(i2c_write(0x20, (uint8_t[]){1}, 1, 0)); done(); }`);
      bench.pico.i2c(0).attach(0x20, new Notebook(), { sda, scl });
      return bench.run().trace;
    };
    assert.equal(attempt(4, 5), '00000001');
    assert.equal(attempt(20, 21), 'ffffffff');
    assert.throws(() => attempt(5, 4), /^RangeError: GP5 is not SDA of I2C0$/);
    assert.throws(() => attempt(4, 7), /^RangeError: GP7 is not SCL of I2C0$/);
    assert.throws(() => boot('int main(void) {}').pico.i2c(1).attach(128, new Notebook()), /^RangeError: 128 is not an I2C address/);
  });
});
