import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { roundStep, ticksOf } from '../../../page/src/instruments/ticks.js';

describe('the axis', () => {
  it('has marks at round times', () => {
    const ticks = ticksOf({ start: 0.95e9, end: 2.05e9 }, 500, 90);
    assert.deepEqual(ticks.map(({ label }) => label), ['1.0 s', '1.2 s', '1.4 s', '1.6 s', '1.8 s', '2.0 s']);
    assert.equal(ticks[1]?.nanos, 1.2e9);
  });

  it('has labels that differ, and room for them, at any scale', () => {
    for (let span = 500; span < 1e14; span *= 3.7) {
      const ticks = ticksOf({ start: 12.345e9, end: 12.345e9 + span }, 900, 92);
      assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
      assert.ok(ticks.length >= 1 && ticks.length <= 900 / 92 + 1, `${ticks.length} marks for ${span} ns`);
    }
  });

  it('steps by 1, 2 or 5', () => {
    assert.deepEqual([0.1, 1, 1.1, 3, 5, 5.1, 10, 2e6, 2.1e6].map(roundStep), [1, 1, 2, 5, 5, 10, 10, 2e6, 5e6]);
  });
});
