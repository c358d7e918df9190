import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { PinTrace } from '../../../page/src/instruments/pin-trace.js';

const MS = 1e6;

describe('a pin', () => {
  const blinking = (): PinTrace => {
    const trace = new PinTrace(25);
    for (let index = 0; index < 10; index++) trace.push((index + 1) * MS, (index + 1) % 2);
    return trace;
  };

  it('has a level, a pulse and a period at any moment', () => {
    const trace = blinking();
    assert.deepEqual([0.5, 1, 1.5, 2, 10.5].map((ms) => trace.levelAt(ms * MS)), [0, 1, 1, 0, 0]);
    assert.deepEqual(trace.pulseAt(3.5 * MS), { level: 1, start: 3 * MS, end: 4 * MS, period: 2 * MS });
    assert.deepEqual(trace.pulseAt(10.5 * MS), { level: 0, start: 10 * MS, end: undefined, period: 2 * MS });
    assert.deepEqual(trace.pulseAt(0), { level: 0, start: undefined, end: 1 * MS, period: undefined });
    assert.deepEqual([trace.edgeBeside(3 * MS, 1), trace.edgeBeside(3 * MS, -1), trace.edgeBeside(10 * MS, 1)], [4 * MS, 2 * MS, undefined]);
  });

  it('is drawn edge by edge where there is room', () => {
    assert.deepEqual(blinking().wave({ start: 0, end: 4 * MS }, 40, 3.5 * MS), [
      { start: 0, end: 10, level: 0 },
      { start: 10, end: 20, level: 1 },
      { start: 20, end: 30, level: 0 },
      { start: 30, end: 35, level: 1 },
    ]);
  });

  it('is drawn as a block where there are too many', () => {
    const trace = new PinTrace(0);
    for (let index = 0; index < 10_000; index++) trace.push(40 * MS + index * 1000, (index + 1) % 2);
    assert.deepEqual(trace.wave({ start: 0, end: 100 * MS }, 100, 100 * MS), [
      { start: 0, end: 40, level: 0 },
      { start: 40, end: 50, level: 'both' },
      { start: 50, end: 100, level: 0 },
    ]);
  });

  it('is drawn as a block where edges came too fast to be recorded', () => {
    const trace = new PinTrace(0);
    trace.push(1 * MS, 1);
    trace.miss(1000);
    for (const ms of [5, 6, 7, 8]) trace.push(ms * MS, ms % 2);
    assert.equal(trace.edgeCount, 1005);
    assert.deepEqual(trace.wave({ start: 0, end: 8 * MS }, 80, 6.5 * MS), [
      { start: 0, end: 10, level: 0 },
      { start: 10, end: 50, level: 'both' },
      { start: 50, end: 60, level: 1 },
      { start: 60, end: 65, level: 0 },
    ]);
    assert.equal(trace.pulseAt(3 * MS).level, 'unknown');
    assert.deepEqual(trace.pulseAt(5.5 * MS), { level: 1, start: 5 * MS, end: 6 * MS, period: 2 * MS });
    assert.deepEqual(trace.pulseAt(9 * MS), { level: 0, start: 8 * MS, end: undefined, period: 2 * MS });
    assert.equal(trace.pulseAt(0).end, 1 * MS);
  });

  it('is not drawn before the oldest edge that is remembered', () => {
    const trace = new PinTrace(0);
    for (let index = 1; index <= 100_010; index++) trace.push(index * 1000, index % 2);
    assert.deepEqual(trace.wave({ start: 0, end: 20_000 }, 20, 1e9).map(({ start }) => start), [11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert.equal(trace.pulseAt(5000).level, 'forgotten');
    assert.equal(trace.edgeCount, 100_010);
  });

  it('knows its level without an edge', () => {
    const trace = new PinTrace(15);
    trace.start(1);
    assert.deepEqual(trace.wave({ start: 0, end: 10 }, 10, 5), [{ start: 0, end: 5, level: 1 }]);
  });

  it('counts the edges that were missed in a stretch of time', () => {
    const trace = new PinTrace(3);
    trace.push(10, 1);
    trace.miss(7);
    trace.push(20, 0);
    trace.push(30, 1);
    assert.equal(trace.missedIn({ start: 0, end: 15 }), 0);
    assert.equal(trace.missedIn({ start: 15, end: 25 }), 7);
    assert.equal(trace.knownFrom, 0);
  });
});
