import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const PLL = `
  #define PLL 0x4002c000
  #define COUNTER 0x40008080
  static void start(void) { REG(PLL + 8) = 100; REG(PLL + 0xc) = 5 << 16 | 5 << 12; REG(PLL + 4) = 0; }
  /** In kHz, by the frequency counter. */
  static uint32_t frequency(void) {
    REG(COUNTER) = 12000; REG(COUNTER + 0x10) = 10; REG(COUNTER + 0x14) = 2;
    while (!(REG(COUNTER + 0x18) & 1 << 4)) {}
    return REG(COUNTER + 0x1c) / 32;
  }
`;
const run = (body: string): number[] =>
  (boot(`${PLL} int main(void) { REG(0x40008030) = 2; ${body} done(); }`).run(1e9).trace.match(/.{8}/g) ?? []).map((text) => parseInt(text, 16));

describe('a PLL', () => {
  it('is locked while it runs', () => {
    assert.deepEqual(run('hex(REG(PLL)); start(); hex(REG(PLL)); REG(PLL + 4) = 1 << 5; hex(REG(PLL)); REG(PLL + 4) = 1; hex(REG(PLL)); REG(PLL + 4) = 0; REG(PLL + 8) = 0; hex(REG(PLL));'), [
      1, 0x80000001, 1, 1, 1,
    ]);
  });

  it('has the frequency of its dividers', () => {
    assert.deepEqual(run('start(); hex(frequency()); REG(PLL + 0xc) = 6 << 16 | 2 << 12; hex(frequency()); REG(PLL) = 2; hex(frequency());'), [48_000, 100_000, 50_000]);
  });

  it('puts out nothing without its last dividers, and its reference where it is bypassed', () => {
    assert.deepEqual(run('start(); REG(PLL + 4) = 1 << 3; hex(frequency()); REG(PLL) = 1 << 8 | 1; hex(frequency());'), [0, 12_000]);
  });

  it('is off after a reset, with its registers as at the start', () => {
    const registers = 'for (int i = 0; i < 16; i += 4) hex(REG(PLL + i)); hex(frequency());';
    const off = [1, 0x2d, 0, 0x77000, 0];
    assert.deepEqual(run(`${registers} start(); REG(0x4000e000) = 1 << 13; REG(0x4000f000) = 1 << 13; ${registers}`), [...off, ...off]);
  });

  it('keeps only the bits that it has, and tells of registers that it lacks', () => {
    assert.deepEqual(run('for (int i = 0; i < 16; i += 4) { REG(PLL + i) = -1; hex(REG(PLL + i)); }'), [0x13f, 0x2d, 0xfff, 0x77000]);
    const bench = boot(`${PLL} int main(void) { REG(PLL + 0x10) = 1; done(); }`).run(1e6);
    assert.match(bench.pico.unknownRegisters[0]?.text ?? '', /^wrote to PLL_USB\+0x10 /);
  });
});
