import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { longestStepOf, notableSteps, sentenceOf } from '../../../page/src/instruments/longest-step.js';
import { TaskLane } from '../../../page/src/instruments/task-lane.js';

const MS = 1e6;

describe('the longest step', () => {
  it('is that of all tasks, over or not', () => {
    const [main, blink] = [new TaskLane(1), new TaskLane(2)];
    assert.equal(longestStepOf([main, blink], 0), undefined);
    main.step(0, 3 * MS);
    main.step(10 * MS, 12 * MS);
    blink.step(5 * MS, 7 * MS);
    assert.deepEqual(longestStepOf([main, blink], 20 * MS), { lane: main, start: 0, end: 3 * MS, isOpen: false });
    blink.runningSince = 20 * MS;
    const open = longestStepOf([main, blink], 24 * MS);
    assert.deepEqual(open, { lane: blink, start: 20 * MS, end: 24 * MS, isOpen: true });
    assert.deepEqual(notableSteps(blink, 21 * MS).map(({ isOpen }) => isOpen), [true, false]);
    blink.name = 'blink';
    assert.equal(sentenceOf(open), 'blink has run for 4.00 ms without a break');
  });

  it('is not told twice, if a look at the tasks has told of it while it goes on', () => {
    const lane = new TaskLane(1);
    lane.runningSince = 5 * MS;
    lane.longest = { start: 5 * MS, nanos: 2 * MS };
    assert.deepEqual(notableSteps(lane, 9 * MS), [{ lane, start: 5 * MS, end: 9 * MS, isOpen: true }]);
  });
});
