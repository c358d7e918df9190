import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const run = (body: string): { words: number[]; unknown: string[] } => {
  const bench = boot(`int main(void) { ${body} done(); }`).run();
  return { words: (bench.trace.match(/.{8}/g) ?? []).map((text) => parseInt(text, 16)), unknown: bench.pico.unknownRegisters.map(({ text }) => text) };
};

describe('registers that only keep what is written', () => {
  it('are those of the supply, which is always in regulation', () => {
    const { words, unknown } = run('hex(REG(0x40064000)); REG(0x40064000) = 0xd1; hex(REG(0x40064000)); hex(REG(0x40064004)); hex(REG(0x40064008));');
    assert.deepEqual(words, [0x10b1, 0x10d1, 0x91, 0x100]);
    assert.deepEqual(unknown, []);
  });

  it('are those of the bus, of a UART and of an I2C controller that have no effect here', () => {
    const { words, unknown } = run(`
      REG(0x40030000) = 0x1010; hex(REG(0x40030000)); REG(0x4000400c) = 1; hex(REG(0x4000400c)); REG(0x40034020) = 9; hex(REG(0x40034020));
      hex(REG(0x40044094)); REG(0x40044098) = 0; hex(REG(0x40044098)); hex(REG(0x400440a8));`);
    assert.deepEqual(words, [0x1010, 1, 9, 0x64, 0, 0]);
    assert.deepEqual(unknown, []);
  });

  it('are those of the USB transceiver', () => {
    const { words, unknown } = run(`
      REG(0x5011207c) = 0xffffffff; hex(REG(0x5011007c)); REG(0x50113080) = 1; REG(0x50112080) = 0x9002; hex(REG(0x50110080)); hex(REG(0x50110084));`);
    assert.deepEqual(words, [0xff77, 0x9002, 0x1f1f]);
    assert.deepEqual(unknown, []);
  });
});

describe('the ring oscillator', () => {
  it('is stable, and gives the same random bits in every run', () => {
    const bits = 'uint32_t bits = 0; for (int i = 0; i < 32; i++) bits = bits << 1 | REG(0x4006001c); hex(REG(0x40060018)); hex(bits);';
    const { words, unknown } = run(bits);
    assert.equal(words[0], (0x80000000 | (1 << 16) | (1 << 12)) >>> 0);
    const ones = (words[1] ?? 0).toString(2).replaceAll('0', '').length;
    assert.ok(ones > 8 && ones < 24);
    assert.deepEqual(run(bits).words, words);
    assert.deepEqual(unknown, []);
  });

  it('tells that it cannot be dormant', () => {
    assert.match(run('REG(0x4006000c) = 0x636f6d61;').unknown[0] ?? '', /^wrote to ROSC\+0xc /);
  });
});

describe('the resets', () => {
  it('put the registers of a block back', () => {
    const { words } = run(`
      REG(0x40050010) = 5; REG(0x40050000) = 1; REG(0x50000000) = 7; REG(0x502000c8) = 0x30000; REG(0x4004c000) = 1; REG(0x4005c004) = 0x7e8101;
      uint32_t bits = 1 << 14 | 1 << 2 | 1 << 10 | 1 << 0 | 1 << 15; REG(0x4000e000) = bits; REG(0x4000f000) = bits;
      hex(REG(0x40050010)); hex(REG(0x40050000)); hex(REG(0x50000000)); hex(REG(0x502000c8)); hex(REG(0x4004c000)); hex(REG(0x4005c004));`);
    assert.deepEqual(words, [0xffff, 0, 0, 0x10000, 0, 0]);
  });
});
