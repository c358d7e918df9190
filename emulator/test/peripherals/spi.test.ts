import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const SPI = `
  #define SPI 0x4003c000
  #define DATA REG(SPI + 8)
  #define STATUS REG(SPI + 12)
  #define ENABLE_INTERRUPTS(bits) REG(SPI + 0x14) = bits; REG(0xe000e100) = 1 << 18
  static void spi_init(int bits, int control) { REG(SPI + 0x10) = 2; REG(SPI) = (bits - 1) | 9 << 8; REG(SPI + 4) = control; }
  static void pause(void) { uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < 200) {} }
  static volatile int count;
`;

/** Attaches a device that answers each byte with one more, and gives what it got. */
function run(source: string, pins: { cs?: number } = {}): { trace: string; bytes: number[] } {
  const bytes: number[] = [];
  const bench = boot(SPI + source);
  bench.pico.spi(0).attach({ transfer: (byte) => bytes.push(byte) && byte + 1 }, pins);
  return { trace: bench.run(10e6).trace, bytes };
}

describe('an SPI controller', () => {
  it('sends nothing until it is enabled', () => {
    const { trace, bytes } = run(`int main(void) {
      spi_init(8, 0); DATA = 5; pause(); put(STATUS & 4 ? 'r' : '-');
      REG(SPI + 4) = 2; hex(REG(SPI + 4)); pause(); hex(DATA); done(); }`);
    assert.equal(trace, '-' + '00000002' + '00000006');
    assert.deepEqual(bytes, [5]);
  });

  it('asks for something to send before the first transfer', () => {
    const { trace } = run(`
      void irq18(void) { put('i'); REG(SPI + 0x14) = 0; count = 1; }
      int main(void) { spi_init(8, 2); ENABLE_INTERRUPTS(8); if (!count) put('-'); done(); }`);
    assert.equal(trace, 'i');
  });

  it('interrupts for what waits to be read, 32 bits after the last', () => {
    const { trace } = run(`
      static volatile uint32_t at;
      void irq18(void) { at = REG(0x40054028); put(REG(SPI + 0x1c) & 2 ? 't' : '?'); hex(DATA); put(REG(SPI + 0x18) & 2 ? 't' : '-'); }
      int main(void) {
        spi_init(8, 2); ENABLE_INTERRUPTS(2);
        uint32_t from = REG(0x40054028);
        DATA = 1; while (!at) {}
        put(at - from >= 6 && at - from <= 8 ? 'y' : 'n'); done(); }`); // 40 bits of 160 ns
    assert.equal(trace, 't00000002-y');
  });

  it('interrupts for what was lost: eight are kept', () => {
    const { trace } = run(`
      void irq18(void) { put('l'); REG(SPI + 0x20) = 1; count = 1; }
      int main(void) {
        spi_init(8, 2); ENABLE_INTERRUPTS(1);
        for (int i = 0; i < 9; i++) { while (!(STATUS & 2)) {} DATA = i; }
        for (int i = 0; i < 100 && !count; i++) pause();
        while (STATUS & 4) hex(DATA);
        done(); }`);
    assert.equal(trace, 'l' + [1, 2, 3, 4, 5, 6, 7, 8].map((byte) => byte.toString(16).padStart(8, '0')).join(''));
  });

  it('sends 16 bits as two bytes, and hears itself if it is told to', () => {
    const { trace, bytes } = run(`int main(void) {
      spi_init(16, 2); DATA = 0x1234; pause(); hex(DATA);
      REG(SPI + 4) = 3; DATA = 0xabcd; pause(); hex(DATA); done(); }`);
    assert.equal(trace, '00001335' + '0000abcd');
    assert.deepEqual(bytes, [0x12, 0x34, 0xab, 0xcd]);
  });

  it('forgets what it was to send, and what it has received, when it is reset', () => {
    const { trace, bytes } = run(`int main(void) {
      spi_init(8, 2); DATA = 1; while (STATUS & 16) {}
      DATA = 2; DATA = 3; DATA = 4; REG(SPI + 0x24) = 3;
      REG(0x4000e000) = 1 << 16; REG(0x4000f000) = 1 << 16; hex(REG(SPI)); hex(STATUS); hex(REG(SPI + 0x24));
      pause(); hex(STATUS);
      spi_init(8, 2); DATA = 9; pause(); hex(DATA); hex(STATUS); done(); }`);
    assert.equal(trace, ['00000000', '00000003', '00000000', '00000003', '0000000a', '00000003'].join(''));
    assert.deepEqual(bytes, [1, 9]);
  });

  it('loses a byte during which the chip select goes high', () => {
    const { bytes } = run(`int main(void) {
      REG(0x40014014) = 5; REG(0xd0000024) = 4; spi_init(8, 2);
      REG(0xd0000018) = 4; DATA = 1; while (STATUS & 16) {} DATA = 2; REG(0xd0000014) = 4; pause(); done(); }`, { cs: 2 });
    assert.deepEqual(bytes, [1]);
  });
});
