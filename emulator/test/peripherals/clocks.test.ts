import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const CLOCKS = `
  #define CLOCKS 0x40008000
  #define TIME REG(0x40054028)
  static void pause(uint32_t us) { uint32_t start = TIME; while (TIME - start < us) {} }
  /** Both PLLs, at 125 and 48 MHz, and the clocks as everybody has them. */
  static void clocks_init(void) {
    REG(0x40028008) = 125; REG(0x4002800c) = 6 << 16 | 2 << 12; REG(0x40028004) = 0;
    REG(0x4002c008) = 100; REG(0x4002c00c) = 5 << 16 | 5 << 12; REG(0x4002c004) = 0;
    REG(CLOCKS + 0x30) = 2; REG(CLOCKS + 0x3c) = 1; REG(CLOCKS + 0x48) = 1 << 11; REG(CLOCKS + 0x54) = 1 << 11; REG(CLOCKS + 0x60) = 1 << 11;
    REG(CLOCKS + 0x70) = 1024 << 8; REG(CLOCKS + 0x6c) = 1 << 11;
  }
  static uint32_t count(int source, int interval) {
    REG(CLOCKS + 0x80) = 12000; REG(CLOCKS + 0x90) = interval; REG(CLOCKS + 0x94) = source;
    while (!(REG(CLOCKS + 0x98) & 1 << 4)) {}
    return REG(CLOCKS + 0x9c);
  }
`;
const start = (body: string, rest = ''): ReturnType<typeof boot> => boot(`${CLOCKS} ${rest} int main(void) { clocks_init(); ${body} done(); }`).run(1e9);
const run = (body: string, rest = ''): number[] => (start(body, rest).trace.match(/.{8}/g) ?? []).map((text) => parseInt(text, 16));

describe('the frequency counter', () => {
  it('counts every clock, as exactly as its interval lets it', () => {
    const found = run('for (int source = 1; source < 14; source++) if (source < 6 || source > 7) hex(count(source, 10));').map((result) => result / 32);
    assert.deepEqual(found, [125_000, 48_000, 6500, 6500, 12_000, 12_000, 125_000, 125_000, 48_000, 48_000, 46]);
    assert.deepEqual(run('hex(count(13, 15));').map((result) => result / 32), [46.875]);
  });

  it('takes its time, and says whether the frequency is within limits', () => {
    const [running, took, pass, slow, fast] = run(`
      REG(CLOCKS + 0x80) = 12000; uint32_t from = TIME; REG(CLOCKS + 0x94) = 9; hex(REG(CLOCKS + 0x98)); while (!(REG(CLOCKS + 0x98) & 1 << 4)) {} hex(TIME - from);
      hex(REG(CLOCKS + 0x98)); REG(CLOCKS + 0x84) = 200000; count(9, 1); hex(REG(CLOCKS + 0x98)); REG(CLOCKS + 0x84) = 0; REG(CLOCKS + 0x88) = 1000; count(9, 1); hex(REG(CLOCKS + 0x98));`);
    assert.equal(running, 1 << 8);
    assert.ok((took as number) >= 249 && (took as number) <= 252);
    assert.deepEqual([pass, slow, fast], [0x11, 0x110010, 0x1010010]);
  });

  it('counts nothing of a clock that stands still', () => {
    const stopped = 'REG(CLOCKS + 0x6c) = 0; hex(count(13, 10)); hex(REG(CLOCKS + 0x98)); REG(0x40028004) = 0x2d; hex(count(1, 10)); hex(count(0, 10));';
    assert.deepEqual(run(`REG(CLOCKS + 0x3c) = 0; REG(CLOCKS + 0x84) = 1; ${stopped}`), [0, 0x110010, 0, 0]);
  });
});

describe('a clock at a pin', () => {
  it('has the frequency of its source, divided', () => {
    const bench = start('REG(0x400140ac) = 8; REG(CLOCKS + 4) = 10 << 8; REG(CLOCKS) = 1 << 11 | 6 << 5; REG(0x400140cc) = 8; REG(CLOCKS + 0x28) = 10 << 8; REG(CLOCKS + 0x24) = 1 << 11 | 9 << 5; pause(2000);');
    const [first = 0, second = 0, third = 0] = bench.edgesOf(21);
    assert.ok(Math.abs(third - first - 80) < 1e-3 && second > first && second < third);
    const slow = bench.edgesOf(25);
    assert.ok(Math.abs((slow[2] ?? 0) - (slow[0] ?? 0) - 10e9 / 46_875) < 1);
    assert.deepEqual(bench.pico.unknownRegisters, []);
  });

  it('stays low where it is disabled, and where it is too fast to be shown', () => {
    assert.deepEqual(start('REG(0x400140ac) = 8; REG(CLOCKS) = 6 << 5; pause(10);').edgesOf(21), []);
    const bench = start('REG(0x400140ac) = 8; REG(CLOCKS) = 1 << 11 | 6 << 5; pause(10);');
    assert.deepEqual(bench.edgesOf(21), []);
    assert.match(bench.pico.unknownRegisters[0]?.text ?? '', /^wrote to CLOCKS\+0x0 /);
    const late = start('REG(CLOCKS) = 1 << 11 | 6 << 5; REG(0x400140ac) = 8; pause(10);');
    assert.match(late.pico.unknownRegisters[0]?.text ?? '', /^wrote to IO_BANK0\+0xac /);
  });

  it('may be too fast until its divider or its pin is set', () => {
    const bench = start('REG(CLOCKS) = 1 << 11 | 6 << 5; REG(CLOCKS + 4) = 10 << 8; REG(0x400140ac) = 8; pause(10);');
    assert.ok(bench.edgesOf(21).length > 100);
    assert.deepEqual(bench.pico.unknownRegisters, []);
  });
});

describe('the system clock', () => {
  it('is put back to the reference where its source stops', () => {
    const found = run(
      `REG(CLOCKS + 0xbc) = 1; REG(0xe000e100) = 1 << 17; REG(CLOCKS + 0x78) = 1 << 8 | 0xff; hex(REG(CLOCKS + 0x7c));
       REG(0x40028004) = 0x2d; hex(seen); hex(count(9, 10) / 32);
       REG(0x40028004) = 0; REG(CLOCKS + 0x78) = 1 << 16; hex(REG(CLOCKS + 0x7c)); hex(count(9, 10) / 32);`,
      'static volatile uint32_t seen; void irq17(void) { seen = REG(CLOCKS + 0x7c) | REG(CLOCKS + 0xc4) << 4; REG(CLOCKS + 0xbc) = 0; }',
    );
    assert.deepEqual(found, [0, 0x11, 12_000, 0, 125_000]);
  });

  it('can be put back by force', () => {
    assert.deepEqual(run('REG(CLOCKS + 0x78) = 1 << 12; hex(REG(CLOCKS + 0x7c)); hex(count(9, 10) / 32);'), [1, 12_000]);
  });
});

describe('the registers of the clocks', () => {
  it('keep what is written, all bits of it', () => {
    assert.deepEqual(run('REG(CLOCKS + 0x34) = 3 << 8; hex(REG(CLOCKS + 0x34)); hex(REG(CLOCKS + 0x70)); REG(CLOCKS + 0xa8) = 5; hex(REG(CLOCKS + 0xa8)); hex(REG(CLOCKS + 0xa4)); hex(REG(CLOCKS + 0xb4)); hex(REG(CLOCKS + 0x38)); hex(REG(CLOCKS + 0x44));'), [
      0x300, 1024 << 8, 5, 0x7fff, 0x7fff, 4, 2,
    ]);
  });

  it('tell of a clock that comes in at a pin', () => {
    assert.match(start('REG(CLOCKS + 0x60) = 4 << 5;').pico.unknownRegisters[0]?.text ?? '', /^wrote to CLOCKS\+0x60 /);
  });
});
