import { describe, expect, it } from 'vitest';
import { Bursts } from '../../../page/src/worker/bursts.js';
import type { TaskEvent } from '../../../src/tasks/model.js';

function told(...events: TaskEvent[]): TaskEvent[] {
  const result: TaskEvent[] = [];
  const bursts = new Bursts((event) => result.push(event));
  events.forEach((event) => bursts.push(event));
  bursts.flush();
  return result;
}

const step = (id: number, nanos: number, end: number): TaskEvent => ({ kind: 'step', id, nanos, end });

describe('steps that follow each other at once', () => {
  it('are told together, with their number', () => {
    expect(told(step(1, 0, 10), step(1, 10, 20), step(1, 20, 30))).toEqual([{ ...step(1, 0, 30), steps: 3 }]);
  });

  it('are told apart after a pause, of another task, and around another event', () => {
    const apart = [step(1, 0, 10), step(1, 11, 20), step(2, 20, 30), { kind: 'woken', id: 1, nanos: 25, by: { kind: 'timer' } } as const, step(2, 30, 40)];
    expect(told(...apart)).toEqual(apart);
  });

  it('are never together as long as a step that takes too long, and a long one stays alone', () => {
    expect(told(step(1, 0, 600_000), step(1, 600_000, 1_100_000))).toHaveLength(2);
    expect(told(step(1, 0, 50e6), step(1, 50e6, 50e6 + 10))).toEqual([step(1, 0, 50e6), step(1, 50e6, 50e6 + 10)]);
  });
});
