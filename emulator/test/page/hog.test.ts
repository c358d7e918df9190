import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { ongoingHog, sentenceOfHog, titleOfHog } from '../../page/src/hog.js';
import { newsOf } from '../../page/src/news.js';
import type { TaskInfo } from '../../src/tasks/model.js';

const MS = 1e6;

const task = (name: string, changes: Partial<TaskInfo>): TaskInfo => ({
  id: 1, address: 0x20000000, name, state: 'running', waitsFor: undefined, object: undefined, deadline: undefined, since: undefined,
  place: undefined, bytes: undefined, coroutines: [], activity: undefined, ...changes,
});

const place = { file: '/home/me/examples/02b_starving.cpp', line: 21 };

describe('a task that does not let go', () => {
  it('is the one that has run for the longest time, beyond the limit', () => {
    const tasks = [
      task('ready', { state: 'ready', since: 0 }),
      task('short', { since: 95 * MS }),
      task('long', { since: 50 * MS, loop: 'core 1' }),
      task('longest', { since: 20 * MS, place }),
      task('unknown', {}),
    ];
    assert.deepEqual(ongoingHog({ nanos: 100 * MS, tasks }, 10 * MS), { task: 'longest', since: 20 * MS, nanos: 80 * MS, place });
    assert.equal(ongoingHog({ nanos: 100 * MS, tasks: tasks.slice(0, 3) }, 10 * MS)?.task, 'long on core 1');
    assert.equal(ongoingHog({ nanos: 100 * MS, tasks: tasks.slice(0, 2) }, 10 * MS), undefined);
    assert.equal(ongoingHog({ nanos: 100 * MS, tasks }, 80 * MS)?.task, 'longest'); // where the run pauses
    assert.equal(ongoingHog({ nanos: 100 * MS, tasks }, 81 * MS), undefined);
  });

  it('is told of with its line, where that is known', () => {
    const hog = { task: 'async_main', since: 83 * MS, nanos: 226 * MS, place };
    assert.equal(sentenceOfHog(hog), 'async_main has not let go for 226 ms, since 0.083 s, at');
    assert.equal(sentenceOfHog({ ...hog, place: undefined }), 'async_main has not let go for 226 ms, since 0.083 s');
    assert.equal(titleOfHog(hog), 'async_main has not let go at 02b_starving.cpp:21 for 226 ms, since 0.083 s');
    assert.equal(titleOfHog({ ...hog, place: undefined }), 'async_main has not let go for 226 ms, since 0.083 s');
  });
});

describe('the news', () => {
  const hog = { task: 'async_main', since: 0, nanos: 226 * MS, place };
  const longest = { task: 'blink', nanos: 1500 };

  it('are how the program ended, whatever else there is', () => {
    assert.deepEqual(newsOf({ state: 'ended', text: 'The program has ended: main() returned.', failed: false, isOver: true }, hog, longest), { kind: 'ended', text: 'The program has ended: main() returned.' });
    assert.deepEqual(newsOf({ state: 'ended', text: undefined, failed: true, isOver: true }, undefined, undefined), { kind: 'failed', text: 'The program has ended.' });
  });

  it('are that the program ended though the chip goes on, unless a task of the other core does not let go', () => {
    const state = { state: 'running', text: 'The program has ended: main() returned. The other core or a peripheral goes on.', failed: false, isOver: true } as const;
    assert.deepEqual(newsOf(state, undefined, longest), { kind: 'ended', text: state.text });
    assert.equal(newsOf(state, hog, longest).kind, 'hog');
  });

  it('are the hog, running or paused, or why it pauses', () => {
    for (const state of ['running', 'paused'] as const) {
      assert.deepEqual(newsOf({ state, text: 'Paused: why.', failed: false, isOver: false }, hog, longest), { kind: 'hog', text: sentenceOfHog(hog), place });
    }
    assert.deepEqual(newsOf({ state: 'paused', text: 'Paused: why.', failed: false, isOver: false }, undefined, longest), { kind: 'hog', text: 'Paused: why.' });
  });

  it('are the longest step at other times', () => {
    assert.deepEqual(newsOf({ state: 'paused', text: undefined, failed: false, isOver: false }, undefined, longest), { kind: 'quiet', text: 'Longest step so far: blink, 1.50 µs.' });
    assert.deepEqual(newsOf(undefined, undefined, undefined), { kind: 'quiet', text: 'No task has run yet.' });
  });
});
