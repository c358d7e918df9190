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

  it('fires an alarm that is due at a whole cycle but for the noise of floating point', () => {
    for (const [hertz, nanos] of [[125e6, 1e6], [133e6, 1e6], [133e6, 3e11], [48e6, 7e12]] as const) {
      const clock = new CycleClock();
      clock.setFrequency(hertz);
      clock.runUntil(nanos);
      const start = clock.nanos;
      for (let cycles = 1; cycles < 100; cycles++) {
        const due = start + (cycles * 1e9) / hertz;
        let fired = 0;
        const alarm = clock.createAlarm(() => fired++);
        alarm.schedule(due * (1 + Number.EPSILON) - clock.nanos);
        clock.runUntil(clock.nextAlarm as number);
        assert.equal(fired, 1, `${hertz} ${nanos} ${cycles}`);
      }
    }
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
