import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

describe('the pulse-width modulator', () => {
  it('can be read back', () => {
    const PWM = 'REG(0x40050014 + 0x04) = 125 << 4; REG(0x40050014 + 0x10) = 999; REG(0x40050014 + 0x0c) = 250 << 16 | 1500; REG(0x40014014) = 4; REG(0x4001401c) = 4;';
    const bench = boot(`int main(void) { ${PWM} put('a'); REG(0x40050014) = 1; put('b'); REG(0x40050014) = 1 | 2 | 8; for (;;) __asm__ volatile("wfe"); }`);
    bench.run(2000);
    assert.deepEqual(bench.pico.pwm(3), { frequency: 500, duty: 0.75 });
    assert.deepEqual(bench.pico.pwm(2), { frequency: 500, duty: 1 });
    assert.equal(bench.pico.pwm(4), undefined);
    const still = boot(`int main(void) { ${PWM} for (;;) __asm__ volatile("wfe"); }`).run(2000);
    assert.equal(still.pico.pwm(3), undefined);
    const plain = boot(`int main(void) { ${PWM} REG(0x40050014) = 1; for (;;) __asm__ volatile("wfe"); }`).run(2000);
    assert.deepEqual(plain.pico.pwm(3), { frequency: 1000, duty: 0.25 });
  });

  it('has the duty that its edges have', () => {
    const bench = boot('int main(void) { REG(0x40050014 + 0x10) = 999; REG(0x40050014 + 0x0c) = 250 << 16; REG(0x4001401c) = 4; REG(0x40050014) = 1; for (;;) {} }').run(100_000);
    const edges = bench.edges.filter(({ pin }) => pin === 3).slice(-5);
    const start = edges.findIndex(({ level }) => level === 1);
    const [up, down, next] = edges.slice(start, start + 3).map(({ nanos }) => nanos) as [number, number, number];
    const pwm = bench.pico.pwm(3);
    assert.equal(Math.round(1e9 / (next - up)), pwm?.frequency);
    assert.equal((down - up) / (next - up), pwm?.duty);
  });

  const SLICE = (index: number): string => `(0x40050000 + 0x14 * ${index})`;
  const PAUSE = 'static void pause(uint32_t us) { uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < us) {} }';
  /** A board with GP0 and GP1 at slice 0, which is set up as told and then left alone. */
  const slice = (setup: string): ReturnType<typeof boot> =>
    boot(`int main(void) { REG(0x40014004) = 4; REG(0x4001400c) = 4; volatile uint32_t *s = (void *)0x40050000; ${setup} for (;;) {} }`);
  const widths = (bench: ReturnType<typeof boot>, pin: number): number[][] => {
    const edges = bench.edges.filter((edge) => edge.pin === pin);
    return edges.slice(1).map(({ nanos, level }, index) => [1 - level, nanos - (edges[index]?.nanos ?? 0)]);
  };

  it('counts up and down in phase-correct mode, with one wrap each period', () => {
    const bench = boot(`${PAUSE}
      static volatile int wraps;
      void irq4(void) { REG(0x400500a4) = 1; wraps++; }
      int main(void) {
        REG(0x40014004) = 4; REG(0x4001400c) = 4;
        REG(0x40050004) = 125 << 4; REG(0x40050010) = 99; REG(0x4005000c) = 75 << 16 | 25;
        REG(0x400500a8) = 1; REG(0xe000e100) = 1 << 4;
        REG(0x40050000) = 3; pause(2050); REG(0x40050000) = 0; hex(wraps); done(); }`).run(5e6);
    assert.equal(bench.trace, '0000000a');
    assert.deepEqual(widths(bench, 0).slice(1, 5), [[0, 150_000], [1, 50_000], [0, 150_000], [1, 50_000]]);
    assert.deepEqual(widths(bench, 1).slice(1, 5), [[0, 50_000], [1, 150_000], [0, 50_000], [1, 150_000]]);
  });

  it('has its levels from the moment on at which it is switched on, and new ones from a wrap on', () => {
    const bench = boot(`${PAUSE} int main(void) {
      REG(0x40014004) = 4; REG(0x40050004) = 125 << 4; REG(0x40050010) = 9; REG(0x4005000c) = 3;
      REG(0x40050000) = 1; pause(5); REG(0x4005000c) = 8; pause(1000); done(); }`).run(40_000);
    assert.deepEqual(widths(bench, 0).slice(0, 4), [[1, 3000], [0, 7000], [1, 8000], [0, 2000]]);
  });

  it('spreads the fraction of its divider', () => {
    const bench = slice('s[1] = 2 << 4 | 8; s[4] = 1; s[3] = 1; s[0] = 1;').run(20_000);
    const found = [...new Set(widths(bench, 0).map(([, nanos]) => nanos))].sort();
    assert.deepEqual(found, [16, 24]); // 2.5 cycles
    assert.equal(widths(bench, 0).slice(0, 100).reduce((sum, [, nanos = 0]) => sum + nanos, 0), 2000);
  });

  it('is always high above its top, always low at 0, and can be inverted', () => {
    assert.deepEqual(widths(slice('s[4] = 9; s[3] = 10; s[0] = 1;').run(20_000), 0), []);
    assert.equal(slice('s[4] = 9; s[3] = 10; s[0] = 1;').run(20_000).pico.level(0), 1);
    assert.equal(slice('s[4] = 9; s[3] = 0; s[0] = 1;').run(20_000).pico.level(0), 0);
    assert.equal(slice('s[4] = 9; s[3] = 0; s[0] = 1 | 4;').run(20_000).pico.level(0), 1);
  });

  it('drives only pins that are connected to it', () => {
    assert.deepEqual(slice('REG(0x40014004) = 31; s[4] = 9; s[3] = 5; s[0] = 1;').run(20_000).edgesOf(0), []);
  });

  it('counts the edges at pin B, through its divider', () => {
    for (const [mode, divider, expected] of [[2, 1, 3], [3, 1, 3], [2, 2, 1]] as const) {
      const bench = boot(`${PAUSE} int main(void) {
        REG(0x4001400c) = 4; REG(0x40050004) = ${divider} << 4; REG(0x40050000) = 1 | ${mode} << 4; pause(1000); hex(REG(0x40050008)); done(); }`);
      for (let press = 0; press < 3; press++) {
        bench.pico.scheduleDrive(1, 1, 100_000 + 100_000 * press);
        bench.pico.scheduleDrive(1, 0, 150_000 + 100_000 * press);
      }
      assert.equal(bench.run(5e6).trace, expected.toString(16).padStart(8, '0'));
    }
  });

  it('counts only while pin B is high, where that is its gate', () => {
    const bench = boot(`${PAUSE} int main(void) { REG(0x4001400c) = 4; REG(0x40050000) = 1 | 1 << 4; pause(1000); hex(REG(0x40050008)); done(); }`);
    bench.pico.scheduleDrive(1, 1, 100_000);
    bench.pico.scheduleDrive(1, 0, 100_000 + 40_000 * 8);
    assert.equal(bench.run(5e6).trace, (40_000).toString(16).padStart(8, '0'));
  });

  it('is switched on and off through the bits of all slices, and their aliases', () => {
    const bench = boot(`int main(void) {
      REG(${SLICE(2)}) = 1; REG(0x400520a0) = 1 << 5; hex(REG(0x400500a0)); hex(REG(${SLICE(5)}));
      REG(0x400530a0) = 1 << 2; hex(REG(0x400500a0)); REG(0x400510a0) = 0xff; hex(REG(0x400500a0)); done(); }`).run();
    assert.equal(bench.trace, ['24', '1', '20', 'df'].map((text) => text.padStart(8, '0')).join(''));
  });

  it('stands while it is off, whatever divider is written', () => {
    const bench = boot(`${PAUSE} int main(void) { REG(0x40050010) = 9; REG(0x40050008) = 4; REG(0x40050004) = 16; pause(50); hex(REG(0x40050008)); hex(REG(0x400500a4)); done(); }`);
    assert.equal(bench.run().trace, '0000000400000000');
  });

  it('can be put ahead or back by a count, which is done at once', () => {
    const late = (bits: number): number => {
      const bench = slice(`s[1] = 10 << 4; s[4] = 9; s[3] = 5; s[0] = 1; s[0] = 1 | ${bits};`).run(3000);
      const [first = 0, , second = 0] = bench.edgesOf(0);
      return second - first;
    };
    assert.equal(late(1 << 7) - late(0), -80);
    assert.equal(late(1 << 6) - late(0), 80);
    assert.equal(boot('int main(void) { REG(0x40050000) = 1 | 1 << 6 | 1 << 7; hex(REG(0x40050000)); done(); }').run().trace, '00000001');
  });

  it('keeps its pace where the frequency of the system clock changes', () => {
    const bench = slice(`s[4] = 99; s[3] = 50; s[0] = 1;
      for (volatile int i = 0; i < 50; i++) {}
      REG(0x4000803c) = 0; REG(0x40008030) = 2;`).run(1e6); // from 125 to 12 MHz, the crystal's
    const [high, low] = widths(bench, 0).slice(-3, -1).map(([, nanos = 0]) => nanos);
    assert.ok(Math.abs((high ?? 0) - (50 * 1e3) / 12) < 1e-3 && Math.abs((low ?? 0) - (50 * 1e3) / 12) < 1e-3);
  });

  it('forces interrupts, masks them, and shows both', () => {
    const bench = boot(`void irq4(void) { put('i'); REG(0x400500ac) = 0; } int main(void) {
      REG(0x400500ac) = 2; hex(REG(0x400500b0)); hex(REG(0x400500a4)); REG(0xe000e100) = 1 << 4; hex(REG(0x400500b0)); done(); }`).run();
    assert.equal(bench.trace, '0000000200000000' + 'i' + '00000000');
  });
});
