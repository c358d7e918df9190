import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { cellsOf, reasonForNone, waitOf } from '../../../page/src/instruments/task-cells.js';
import type { TaskInfo } from '../../../src/tasks/model.js';

const MS = 1e6;

describe('a row of the table of tasks', () => {
  const task: TaskInfo = {
    id: 1, address: 0x20000000, name: 'blink', state: 'sleeping', waitsFor: 'sleep', object: undefined, deadline: 112 * MS, since: 60 * MS,
    place: undefined, bytes: undefined, coroutines: [], activity: undefined,
  };
  const words = (changes: Partial<TaskInfo>): string => waitOf({ ...task, ...changes }, 100 * MS);

  it('says what a task waits for', () => {
    assert.equal(words({}), 'sleep, in 12.0 ms');
    assert.equal(words({ deadline: 100 * MS }), 'sleep, due');
    assert.equal(words({ state: 'waiting', waitsFor: 'Queue::get', object: 'queue', deadline: undefined }), 'Queue::get (queue)');
    assert.equal(words({ state: 'waiting', waitsFor: 'Event::wait', deadline: 101 * MS }), 'Event::wait, in 1.00 ms at the latest');
    assert.equal(words({ state: 'ready' }), 'its turn');
    assert.equal(words({ state: 'ready', behind: 'motor' }), 'its turn, behind motor');
    assert.equal(words({ state: 'waiting', waitsFor: 'Lock::acquire', object: 'lock', heldBy: 'logger', deadline: undefined }), 'Lock::acquire (lock), held by logger');
    assert.equal(words({ state: 'running', waitsFor: undefined, deadline: undefined }), '');
  });

  it('says on which of several loops a task is, and its level', () => {
    const state = (changes: Partial<TaskInfo>): string => cellsOf({ ...task, ...changes }, 100 * MS, 10 * MS).state.text;
    assert.deepEqual([state({}), state({ loop: 'core 1' }), state({ loop: 'core 0', level: 3 })], ['sleeping', 'sleeping, core 1', 'sleeping, core 0, level 3']);
  });

  it('leaves empty what is not known', () => {
    const cells = cellsOf(task, 100 * MS, 10 * MS);
    assert.deepEqual([cells.since.text, cells.share.text, cells.longest.text, cells.wakes.text, cells.bytes.text], ['40.0 ms', '', '', '', '']);
    assert.equal(cells.longest.isHog, false);
  });

  it('shows a hog while it still runs', () => {
    const activity = { runNanos: 90 * MS, steps: 3, wakes: 1234, longestStep: 2 * MS, longestStepAt: 0 };
    const calm = cellsOf({ ...task, activity }, 100 * MS, 10 * MS);
    assert.deepEqual([calm.longest, calm.share.text, calm.wakes.text], [{ text: '2.00 ms', isHog: false }, '90.0 %', '1,234']);
    const hog = cellsOf({ ...task, activity, state: 'running' }, 100 * MS, 10 * MS);
    assert.deepEqual(hog.longest, { text: '40.0 ms', isHog: true });
  });
});

describe('the reason for an empty table', () => {
  it('is told', () => {
    assert.equal(reasonForNone(true, false), 'No tasks yet.');
    assert.equal(reasonForNone(true, true), 'All tasks have ended. The timeline shows what they did.');
    assert.match(reasonForNone(false, false), /does not use uasync/);
  });
});
