import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { LongSteps } from '../../../page/src/worker/long-steps.js';

function steps(limitNanos?: number): LongSteps {
  const result = new LongSteps((id) => `task ${id}`);
  if (limitNanos !== undefined) result.limitNanos = limitNanos;
  return result;
}

describe('steps that take too long', () => {
  it('are noticed at the limit while they go on, and once', () => {
    const long = steps(10);
    const step = { id: 1, since: 100 };
    assert.equal(long.dueAt([step], 105), 110);
    long.goOn([step], 109);
    assert.equal(long.take(), undefined);
    long.goOn([step], 110);
    assert.deepEqual(long.take(), { id: 1, since: 100, name: 'task 1', nanos: 10, isOpen: true });
    assert.equal(long.dueAt([step], 110), Infinity);
    long.goOn([step], 500);
    long.end(step, 600);
    assert.equal(long.take(), undefined);
    long.goOn([{ id: 1, since: 600 }], 611);
    assert.equal(long.take()?.since, 600);
  });

  it('are noticed when they are over, if nobody has looked before', () => {
    const long = steps(10);
    long.end({ id: 2, since: 0 }, 10);
    assert.equal(long.take(), undefined);
    long.end({ id: 2, since: 20 }, 31);
    long.end({ id: 3, since: 40 }, 80);
    assert.deepEqual(long.take(), { id: 2, since: 20, name: 'task 2', nanos: 11, isOpen: false });
    assert.equal(long.take(), undefined);
  });

  it('are due at the first of several', () => {
    assert.equal(steps(10).dueAt([{ id: 1, since: 5 }, { id: 2, since: 3 }], 12), 13);
    assert.equal(steps(10).dueAt([], 12), Infinity);
  });

  it('are not noticed without a limit', () => {
    const long = steps();
    long.goOn([{ id: 1, since: 0 }], 1e12);
    long.end({ id: 1, since: 0 }, 1e12);
    assert.equal(long.take(), undefined);
    assert.equal(long.dueAt([{ id: 1, since: 0 }], 5), Infinity);
  });
});
