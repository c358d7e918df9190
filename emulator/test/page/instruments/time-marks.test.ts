import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { NameFilter } from '../../../page/src/instruments/name-filter.js';
import { percentOf, sumOf, sumsOf } from '../../../page/src/instruments/range-sums.js';
import { TaskLane } from '../../../page/src/instruments/task-lane.js';
import { describeMarks, markNear, NO_MARKS, rangeOf } from '../../../page/src/instruments/time-marks.js';

const MS = 1e6;

describe('the two cursors', () => {
  it('enclose a stretch of time, whichever comes first', () => {
    assert.equal(rangeOf(NO_MARKS), undefined);
    assert.equal(rangeOf({ a: 5, b: undefined }), undefined);
    assert.equal(rangeOf({ a: 5, b: 5 }), undefined);
    assert.deepEqual(rangeOf({ a: 5, b: 3 }), { start: 3, end: 5 });
  });

  it('are said with the time between them', () => {
    assert.equal(describeMarks(NO_MARKS, 1e6), '');
    assert.equal(describeMarks({ a: undefined, b: 20 * MS }, 1e6), 'B 0.020 s');
    assert.equal(describeMarks({ a: 300 * MS, b: 100 * MS }, 1e6), 'A 0.300 s, B 0.100 s: 200 ms, 5.00 Hz');
  });

  it('are taken hold of within reach, the nearer one', () => {
    assert.equal(markNear({ a: 100, b: 110 }, 104, 5), 'a');
    assert.equal(markNear({ a: 100, b: 110 }, 106, 5), 'b');
    assert.equal(markNear({ a: 100, b: undefined }, 106, 5), undefined);
  });
});

describe('the sums of a stretch of time', () => {
  it('count steps as far as they are inside', () => {
    const lane = new TaskLane(1);
    for (const [from, to] of [[0, 10], [20, 24], [40, 60]] as const) lane.step(from * MS, to * MS);
    const { ran, share, steps, longest, isWhole } = sumOf(lane, { start: 5 * MS, end: 45 * MS });
    assert.deepEqual({ ran, share, steps, longest, isWhole }, { ran: 14 * MS, share: 0.35, steps: 3, longest: 5 * MS, isWhole: true });
  });

  it('leave out a step that only touches an end', () => {
    const lane = new TaskLane(1);
    for (const [from, to] of [[0, 10], [20, 30]] as const) lane.step(from * MS, to * MS);
    assert.equal(sumOf(lane, { start: 10 * MS, end: 20 * MS }).steps, 0);
  });

  it('include the step that goes on', () => {
    const lane = new TaskLane(1);
    lane.runningSince = 20 * MS;
    assert.deepEqual(sumOf(lane, { start: 0, end: 50 * MS }), { lane, ran: 30 * MS, share: 0.6, steps: 1, longest: 30 * MS, isWhole: true });
    assert.equal(sumOf(lane, { start: 0, end: 20 * MS }).steps, 0);
  });

  it('say if what happened first is no longer remembered', () => {
    const lane = new TaskLane(1);
    for (let ms = 0; ms < 20_000; ms++) lane.step(ms * MS, (ms + 0.5) * MS);
    assert.equal(sumOf(lane, { start: 0, end: 20_000 * MS }).isWhole, false);
    assert.equal(sumOf(lane, { start: 19_000 * MS, end: 20_000 * MS }).isWhole, true);
  });

  it('are those of the tasks that were there, the busiest first', () => {
    const [early, idle, busy] = [new TaskLane(1), new TaskLane(2), new TaskLane(3)];
    early.end(5 * MS, 'returned');
    idle.create(0, 'idle');
    busy.step(12 * MS, 14 * MS);
    assert.deepEqual(sumsOf([early, idle, busy], { start: 10 * MS, end: 20 * MS }).map(({ lane, share }) => [lane.id, share]), [[3, 0.2], [2, 0]]);
    assert.equal(percentOf(0.0004), 'below 0.1 %');
    assert.equal(percentOf(0), '0.0 %');
  });
});

describe('a filter of names', () => {
  it('wants all words, in any order', () => {
    const filter = new NameFilter(' Main  async');
    assert.equal(filter.matches('async_main'), true);
    assert.equal(filter.matches('async_mail'), false);
    assert.equal(new NameFilter('  ').matches(''), true);
  });
});
