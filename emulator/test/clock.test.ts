import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { CycleClock } from '../src/clock.js';

describe('the clock', () => {
  it('fires alarms with equal deadlines in the order in which they were set', () => {
    const clock = new CycleClock();
    const fired: string[] = [];
    for (const name of ['a', 'b', 'c']) clock.createAlarm(() => fired.push(name)).schedule(100);
    clock.runUntil(100);
    assert.deepEqual(fired, ['a', 'b', 'c']);
  });

  it('lets time pass though an alarm sets itself again at once', () => {
    const clock = new CycleClock();
    let count = 0;
    const alarm = clock.createAlarm(() => {
      count++;
      alarm.schedule(0);
    });
    alarm.schedule(0);
    clock.runCycles(10);
    assert.equal(count, 10);
  });

  it('goes on at a whole cycle after a sleep', () => {
    const clock = new CycleClock();
    clock.runCycles(1);
    clock.runUntil(1001);
    assert.equal(clock.nanos, 1008);
    assert.equal(clock.cycles, 126);
  });

  it('never reaches an alarm that is due at no time', () => {
    const clock = new CycleClock();
    let fired = false;
    for (const nanos of [Infinity, NaN, -Infinity]) clock.createAlarm(() => (fired = true)).schedule(nanos);
    assert.equal(clock.nextAlarm, undefined);
    clock.runUntil(1000);
    assert.deepEqual([fired, clock.nanos], [false, 1000]);
  });
});
