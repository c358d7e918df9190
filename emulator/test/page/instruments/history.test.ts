import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { TaskHistory } from '../../../page/src/instruments/history.js';
import type { TaskLane } from '../../../page/src/instruments/task-lane.js';
import { describeLane, describeStep } from '../../../page/src/instruments/task-words.js';
import type { TaskEvent, TaskInfo } from '../../../src/tasks/model.js';

const MS = 1e6;

const created = (id: number, ms: number, name: string): TaskEvent => ({ kind: 'created', nanos: ms * MS, id, name });
const step = (id: number, from: number, to: number): TaskEvent => ({ kind: 'step', nanos: from * MS, end: to * MS, id });
const byTimer = (id: number, ms: number): TaskEvent => ({ kind: 'woken', nanos: ms * MS, id, by: { kind: 'timer' } });
const byTask = (id: number, ms: number, waker: number): TaskEvent => ({ kind: 'woken', nanos: ms * MS, id, by: { kind: 'task', id: waker } });
const ended = (id: number, ms: number): TaskEvent => ({ kind: 'ended', nanos: ms * MS, id, how: 'returned' });

const info = (id: number, changes: Partial<TaskInfo>): TaskInfo => ({
  id, address: 0x20000000, name: `task ${id}`, state: 'waiting', waitsFor: undefined, object: undefined, deadline: undefined, since: undefined,
  place: undefined, bytes: undefined, coroutines: [], activity: undefined, ...changes,
});

function historyOf(...events: readonly TaskEvent[]): TaskHistory {
  const history = new TaskHistory();
  history.push(events);
  return history;
}

function stepsOf(lane: TaskLane | undefined): { ready: number; start: number }[] {
  return Array.from({ length: lane?.stepCount ?? 0 }, (_, index) => {
    const { start, ready } = (lane as TaskLane).stepAt(index);
    return { ready: ready / MS, start: start / MS };
  });
}

describe('the history of tasks', () => {
  it('knows since when a task was ready for each step', () => {
    const history = historyOf(created(1, 0, 'main'), step(1, 1, 2), byTimer(1, 5), step(1, 7, 8));
    assert.deepEqual(stepsOf(history.taskLanes[0]), [{ ready: 0, start: 1 }, { ready: 5, start: 7 }]);
    assert.equal(history.taskLanes[0]?.readySince, undefined);
  });

  it('takes a wake in the middle of a task\'s own step for one that counts from its end, told before or after it', () => {
    for (const events of [[byTask(1, 15, 1), step(1, 10, 20)], [step(1, 10, 20), byTask(1, 15, 1)]]) {
      const history = historyOf(created(1, 0, 'main'), ...events, step(1, 30, 31));
      assert.deepEqual(stepsOf(history.taskLanes[0]), [{ ready: 0, start: 10 }, { ready: 20, start: 30 }]);
    }
  });

  it('does not take a wake during the step for the one that led to it', () => {
    const history = historyOf(byTimer(1, 5), byTask(1, 15, 1), step(1, 10, 20));
    const lane = history.taskLanes[0] as TaskLane;
    assert.deepEqual(stepsOf(lane), [{ ready: 5, start: 10 }]);
    assert.equal(lane.readySince, 20 * MS);
  });

  it('says who woke a task', () => {
    const irq: TaskEvent = { kind: 'woken', nanos: 4 * MS, id: 2, by: { kind: 'interrupt', name: 'UART0' } };
    const history = historyOf(created(1, 0, 'main'), created(2, 0, 'log'), step(1, 1, 3), irq, step(2, 5, 6), step(1, 7, 8), byTask(2, 7.5, 1), step(2, 9, 10));
    const lane = history.taskLanes[1] as TaskLane;
    assert.deepEqual(describeStep(lane, 0, history), ['log ran for 1.00 ms', 'at 0.005\u2009000 s', 'waited 5.00 ms for its turn']);
    assert.deepEqual(describeStep(lane, 1, history).slice(2), ['woken by main', 'waited 1.50 ms for its turn']);
    assert.deepEqual(history.sourceLanes.map(({ name }) => name), ['UART0']);
  });

  it('sees the step that still goes on, and who waits meanwhile', () => {
    const history = historyOf(created(1, 0, 'main'), created(2, 1, 'blink'));
    history.update({ nanos: 500 * MS, tasks: [info(1, { name: 'main', state: 'running', since: 1 * MS }), info(2, { name: 'blink', state: 'ready', since: 1 * MS })] });
    const [main, blink] = history.taskLanes;
    assert.deepEqual([main?.runningSince, blink?.readySince], [1 * MS, 1 * MS]);
    assert.equal(describeLane(main as TaskLane, 0, 500 * MS), 'main ran once; 99.8 % of the time; longest step 499 ms');
    history.push([step(1, 1, 900)]);
    assert.equal(main?.runningSince, undefined);
    assert.deepEqual(main?.longest, { start: 1 * MS, nanos: 899 * MS });
  });

  it('ends tasks whose end was not told, and names those whose beginning was not', () => {
    const history = historyOf(step(1, 1, 2), step(2, 2, 3));
    assert.deepEqual(history.taskLanes.map(({ name }) => name), ['task 1', 'task 2']);
    history.update({ nanos: 10 * MS, tasks: [info(2, { name: 'blink' })] });
    assert.deepEqual(history.taskLanes.map(({ name, ended: at }) => [name, at]), [['task 1', 2 * MS], ['blink', undefined]]);
  });

  it('remembers a busy task without forgetting the others', () => {
    const history = historyOf(created(1, 0, 'main'), created(2, 0, 'blink'), step(2, 1, 2));
    for (let ms = 3; ms < 40_000; ms++) history.push([step(1, ms, ms + 0.5)]);
    assert.deepEqual(history.taskLanes.map(({ stepCount }) => stepCount), [16_384, 1]);
    assert.ok((history.taskLanes[0] as TaskLane).knownFrom > 0);
  });

  it('forgets the tasks that ended first when there are too many', () => {
    const history = historyOf(created(0, 0, 'main'));
    for (let id = 1; id <= 500; id++) history.push([created(id, id, 'child'), step(id, id, id + 0.5), ended(id, id + 0.5)]);
    assert.equal(history.taskLanes.length, 64);
    assert.equal(history.forgotten, 437);
    assert.deepEqual([history.taskLanes[0]?.id, history.taskLanes[1]?.id], [0, 438]);
  });

  it('tells again what it was told, in order of time', () => {
    const events = [created(1, 0, 'main'), step(1, 1, 3), byTask(1, 2, 1), byTimer(1, 4), step(1, 5, 6), ended(1, 6)];
    assert.deepEqual(historyOf(...events).events(), events);
  });

  it('names the loop of a task where there are several', () => {
    const history = historyOf(created(1, 0, 'count'));
    assert.equal(history.taskLanes[0]?.label, 'count');
    history.update({ nanos: MS, tasks: [info(1, { name: 'count', loop: 'core 1' })] });
    assert.equal(history.taskLanes[0]?.label, 'count · core 1');
  });
});
