import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

describe('the converter', () => {
  const ADC = `
    #define ADC 0x4004c000
    static uint32_t sample(int channel) { REG(ADC) = channel << 12 | 1 << 2 | 2 | 1; while (!(REG(ADC) & 1 << 8)) {} return REG(ADC + 4); }
  `;

  it('reads the voltage at a pin, and the temperature of the chip', () => {
    const bench = boot(`${ADC} int main(void) { for (int i = 0; i < 5; i++) hex(sample(i)); done(); }`);
    bench.pico.setAnalog(0, 1.65);
    bench.pico.setAnalog(1, 3.3);
    bench.pico.setAnalog(2, 5);
    bench.pico.setAnalog(3, -1);
    assert.equal(bench.run().trace, ['00000800', '00000fff', '00000fff', '00000000', '0000036c'].join(''));
    assert.throws(() => bench.pico.setAnalog(5, 1), /no channel 5/);
  });

  it('samples round and round, and its interrupt goes when the FIFO is read', () => {
    const bench = boot(`${ADC}
      static volatile uint32_t n, interrupts;
      void irq22(void) { interrupts++; while (!(REG(ADC + 8) & 1 << 8)) { uint32_t v = REG(ADC + 12); if (n++ < 6) { hex(v); put(' '); } } }
      int main(void) {
        REG(ADC + 8) = 3 << 24 | 1; REG(ADC + 0x18) = 1; REG(0xe000e100) = 1 << 22;
        REG(ADC) = 0b101 << 16 | 1 << 3 | 1;
        while (n < 6) {}
        REG(ADC) = 0; hex(interrupts); done();
      }`);
    bench.pico.setAnalog(0, 0.33);
    bench.pico.setAnalog(1, 3);
    bench.pico.setAnalog(2, 0.66);
    assert.equal(bench.run().trace, '0000019a 00000333 0000019a 00000333 0000019a 00000333 00000002');
  });

  const TIME = `
    #define TIME REG(0x40054028)
    #define FCS REG(ADC + 8)
    static void pause(uint32_t us) { uint32_t start = TIME; while (TIME - start < us) {} }
  `;
  const run = (body: string, rest = ''): number[] => {
    const bench = boot(`${ADC} ${TIME} ${rest} int main(void) { ${body} done(); }`);
    bench.pico.setAnalog(0, 1.65);
    return (bench.run().trace.match(/.{8}/g) ?? []).map((text) => parseInt(text, 16));
  };

  it('keeps eight results, and tells of what was lost and of what was not there', () => {
    const found = run(`
      FCS = 1; REG(ADC) = 1 << 3 | 1; pause(15); hex(FCS & 0xf0f00); pause(10); REG(ADC) = 1; hex(FCS & 0xf0f00);
      for (int i = 0; i < 8; i++) (void)REG(ADC + 12);
      FCS = 1 | 1 << 11; hex(FCS & 0xf0f00); hex(REG(ADC + 12)); hex(FCS & 0xf0f00); FCS = 1 | 1 << 10; hex(FCS & 0xf0f00);`);
    assert.deepEqual(found, [7 << 16, (8 << 16) | (1 << 9) | (1 << 11), 1 << 8, 0, (1 << 8) | (1 << 10), 1 << 8]);
  });

  it('converts in 96 cycles of 48 MHz, one after the other or as its divider says', () => {
    const paced = (divider: string, us: number): number[] =>
      run(`REG(ADC + 16) = ${divider}; FCS = 1; REG(ADC) = 1 << 3 | 1; uint32_t n = 0, start = TIME; while (TIME - start < ${us}) if (!(FCS & 1 << 8)) { (void)REG(ADC + 12); n++; } hex(n);`);
    assert.deepEqual(paced('0', 100), [49]);
    assert.deepEqual(paced('47 << 8', 100), [49]);
    assert.deepEqual(paced('479 << 8', 101), [10]); // 10 us; the first after 2 us
    assert.deepEqual(paced('479 << 8 | 128', 1001), [100]);
  });

  it('is ready only while it is enabled, and stops when it is not any more', () => {
    assert.deepEqual(run('hex(REG(ADC)); REG(ADC) = 1; hex(REG(ADC)); REG(ADC) = 5; hex(REG(ADC)); REG(ADC) = 0; pause(5); hex(REG(ADC + 4)); hex(REG(ADC));'), [0, 1 << 8 | 1, 1, 0, 0]);
  });

  it('shortens results to eight bits where it is told to', () => {
    assert.deepEqual(run('FCS = 3; sample(0); hex(REG(ADC + 12)); hex(REG(ADC + 4));'), [0x80, 0x800]);
  });

  it('asks for DMA at its threshold', () => {
    const dma = 'REG(0x50000000) = ADC + 12; REG(0x50000004) = (uint32_t)data; REG(0x50000008) = 20; REG(0x5000000c) = 36 << 15 | 1 << 5 | 1 << 2 | 1;';
    const found = run(`
      FCS = 1 << 24 | 1 << 3 | 1; ${dma} REG(ADC) = 1 << 3 | 1; uint32_t start = TIME; while (REG(0x50000000 + 12) & 1 << 24) {} uint32_t took = TIME - start; hex(took >= 39 && took <= 41);
      hex(data[0]); hex(data[19]);`, 'static volatile uint16_t data[20];');
    assert.deepEqual(found, [1, 0x800, 0x800]);
    assert.deepEqual(run(`FCS = 1 << 24 | 1; ${dma} sample(0); pause(5); hex(REG(0x50000008));`, 'static volatile uint16_t data[20];'), [20]);
  });
});
