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
});
