import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { type Moment, nextSecond } from '../../src/peripherals/calendar.js';

const at = (year: number, month: number, day: number, weekday = 0, hour = 23, minute = 59, second = 59): Moment => ({ year, month, day, weekday, hour, minute, second });
const dateAfter = (moment: Moment, isNeverLeap = false): number[] => {
  const { year, month, day } = nextSecond(moment, isNeverLeap);
  return [year, month, day];
};

describe('the calendar of the real-time clock', () => {
  it('goes from second to second, minute to minute, hour to hour', () => {
    assert.deepEqual(nextSecond(at(2024, 1, 1, 1, 0, 0, 0), false), at(2024, 1, 1, 1, 0, 0, 1));
    assert.deepEqual(nextSecond(at(2024, 1, 1, 1, 0, 0, 59), false), at(2024, 1, 1, 1, 0, 1, 0));
    assert.deepEqual(nextSecond(at(2024, 1, 1, 1, 0, 59, 59), false), at(2024, 1, 1, 1, 1, 0, 0));
  });

  it('goes from day to day, with the day of the week', () => {
    assert.deepEqual(nextSecond(at(2024, 4, 30, 6), false), at(2024, 5, 1, 0, 0, 0, 0));
    assert.deepEqual(dateAfter(at(2024, 12, 31)), [2025, 1, 1]);
    assert.deepEqual(dateAfter(at(4095, 12, 31)), [0, 1, 1]);
  });

  it('has a leap year every four years, unless it is told otherwise', () => {
    assert.deepEqual(dateAfter(at(2023, 2, 28)), [2023, 3, 1]);
    assert.deepEqual(dateAfter(at(2024, 2, 28)), [2024, 2, 29]);
    assert.deepEqual(dateAfter(at(2024, 2, 29)), [2024, 3, 1]);
    assert.deepEqual(dateAfter(at(2100, 2, 28)), [2100, 2, 29]); // which has none: that is what telling it is for
    assert.deepEqual(dateAfter(at(2100, 2, 28), true), [2100, 3, 1]);
  });
});
