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
});
