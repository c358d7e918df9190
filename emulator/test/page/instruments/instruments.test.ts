import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { formatDuration, formatMoment } from '../../../page/src/instruments/duration.js';
import { cover, fold, type Spans, runsOf } from '../../../page/src/instruments/folding.js';
import { bottomOf, layOut, rowAt, shorten } from '../../../page/src/instruments/lanes.js';
import { PinTrace } from '../../../page/src/instruments/pin-trace.js';
import { Ring } from '../../../page/src/instruments/ring.js';
import { cellsOf, waitOf } from '../../../page/src/instruments/task-cells.js';
import { roundStep, ticksOf } from '../../../page/src/instruments/ticks.js';
import { TimeView } from '../../../page/src/instruments/time-view.js';
import { NewestEdges } from '../../../page/src/worker/newest-edges.js';
import type { TaskInfo } from '../../../src/tasks/model.js';

const MS = 1e6;

describe('a duration', () => {
  it('has three digits and the unit that suits it', () => {
    const said = [0, 8, 999, 1040, 12_345, 999_499, 999_500, 1.2e9, 59.99e9, 200e9, 3600e9].map(formatDuration);
    assert.deepEqual(said, ['0 ns', '8 ns', '999 ns', '1.04 µs', '12.3 µs', '999 µs', '1.00 ms', '1.20 s', '60.0 s', '3 min 20 s', '60 min 00 s']);
    assert.equal(formatDuration(-5), '-5 ns');
  });

  it('never has a fourth digit when it is rounded up', () => {
    assert.deepEqual([9994, 9996, 99_960, 999_600, 999.6].map(formatDuration), ['9.99 µs', '10.0 µs', '100 µs', '1.00 ms', '1.00 µs']);
  });
});

describe('a moment', () => {
  it('is as exact as it has to be', () => {
    assert.deepEqual([1e9, 1e8, 1e3, 1].map((resolution) => formatMoment(1_234_567_891, resolution)), ['1 s', '1.2 s', '1.234\u2009568 s', '1.234\u2009567\u2009891 s']);
  });
});

describe('the axis', () => {
  it('has marks at round times', () => {
    const ticks = ticksOf({ start: 0.95e9, end: 2.05e9 }, 500, 90);
    assert.deepEqual(ticks.map(({ label }) => label), ['1.0 s', '1.2 s', '1.4 s', '1.6 s', '1.8 s', '2.0 s']);
    assert.equal(ticks[1]?.nanos, 1.2e9);
  });

  it('has labels that differ, and room for them, at any scale', () => {
    for (let span = 500; span < 1e14; span *= 3.7) {
      const ticks = ticksOf({ start: 12.345e9, end: 12.345e9 + span }, 900, 92);
      assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
      assert.ok(ticks.length >= 1 && ticks.length <= 900 / 92 + 1, `${ticks.length} marks for ${span} ns`);
    }
  });

  it('steps by 1, 2 or 5', () => {
    assert.deepEqual([0.1, 1, 1.1, 3, 5, 5.1, 10, 2e6, 2.1e6].map(roundStep), [1, 1, 2, 5, 5, 10, 10, 2e6, 5e6]);
  });
});

describe('the view', () => {
  const view = (now: number): TimeView => {
    const result = new TimeView();
    result.setNow(now);
    return result;
  };

  it('follows the present', () => {
    const moving = view(1e9);
    assert.deepEqual(moving.state, { start: 0, end: 2e9, following: true });
    moving.setNow(5e9);
    assert.deepEqual(moving.state, { start: 3e9, end: 5e9, following: true });
  });

  it('stays where it is moved to, and follows again once it is moved back', () => {
    const moved = view(5e9);
    moved.pan(-1e9);
    moved.setNow(6e9);
    assert.deepEqual(moved.state, { start: 2e9, end: 4e9, following: false });
    moved.pan(-9e9);
    assert.equal(moved.start, 0);
    moved.pan(9e9);
    assert.deepEqual(moved.state, { start: 4e9, end: 6e9, following: true });
  });

  it('zooms about a moment, or about the present while it follows that', () => {
    const zoomed = view(10e9);
    zoomed.zoom(2, 8.5e9);
    assert.deepEqual(zoomed.state, { start: 9e9, end: 10e9, following: true });
    zoomed.state = { start: 2e9, end: 4e9, following: false };
    zoomed.zoom(4, 3.5e9);
    assert.deepEqual(zoomed.state, { start: 3.125e9, end: 3.625e9, following: false });
    for (let times = 0; times < 100; times++) zoomed.zoom(10, 3e9);
    assert.equal(zoomed.end - zoomed.start, 500);
  });

  it('shows everything, or what is asked for', () => {
    const all = view(10e9);
    all.showAll();
    assert.ok(all.start === 0 && all.end >= 10e9);
    all.state = { start: 1e9, end: 2e9, following: false };
    all.reveal(1.5e9);
    assert.equal(all.start, 1e9);
    all.reveal(7e9);
    assert.ok(all.start < 7e9 && all.end > 7e9 && !all.state.following);
  });
});

describe('a ring', () => {
  it('keeps the newest rows, in order', () => {
    const ring = new Ring(2, 100);
    for (let value = 0; value < 250; value++) ring.push(value, -value);
    assert.equal(ring.length, 100);
    assert.equal(ring.dropped, 150);
    assert.deepEqual([ring.at(0, 0), ring.at(0, 1), ring.at(99, 0)], [150, -150, 249]);
    assert.deepEqual([ring.firstFrom(0, 0), ring.firstFrom(0, 199.5), ring.firstFrom(0, 250)], [0, 50, 100]);
  });
});

describe('folding', () => {
  const spansOf = (...list: readonly [number, number][]): Spans => ({
    length: list.length,
    start: (index) => (list[index] as [number, number])[0],
    end: (index) => (list[index] as [number, number])[1],
    firstEndingFrom: (nanos) => list.filter(([, end]) => end < nanos).length,
  });
  const folded = (spans: Spans, start: number, end: number, columns = 10): number[] => {
    const result = new Float32Array(columns);
    fold(spans, { start, end }, result);
    return [...result].map((share) => Math.round(share * 1000) / 1000);
  };

  it('finds the share of each column that is covered', () => {
    assert.deepEqual(folded(spansOf([10, 25], [30, 31], [99, 200]), 0, 100), [0, 1, 0.5, 0.1, 0, 0, 0, 0, 0, 0.1]);
    assert.deepEqual(folded(spansOf([0, 1000]), 500, 600), Array(10).fill(1));
    assert.deepEqual(folded(spansOf([0, 10], [90, 100]), 20, 80), Array(10).fill(0));
    assert.deepEqual(folded(spansOf([NaN, 50]), 0, 100), Array(10).fill(0));
  });

  it('loses nothing, however narrow', () => {
    const columns = new Float32Array(10);
    fold(spansOf([55e9, 55e9 + 8]), { start: 0, end: 100e9 }, columns);
    assert.ok((columns[5] as number) > 0);
    assert.deepEqual(runsOf(columns), [{ start: 5, end: 6, level: 1 }]);
  });

  it('puts columns that look the same together, however many spans there were', () => {
    const list = Array.from({ length: 50_000 }, (_, index): [number, number] => [index * 2, index * 2 + 1]);
    const columns = new Float32Array(1000);
    fold(spansOf(...list), { start: 0, end: 100_000 }, columns);
    const runs = runsOf(columns);
    assert.ok(runs.length < 10, `${runs.length} runs`);
    assert.ok(runs.every(({ level }) => level >= 4 && level <= 5));
    assert.deepEqual([runs[0]?.start, runs.at(-1)?.end], [0, 1000]);
  });

  it('stays within the columns', () => {
    const columns = new Float32Array(4);
    cover(columns, -5, -1);
    cover(columns, 4, 9);
    assert.deepEqual([...columns], [0, 0, 0, 0]);
    cover(columns, -5, 9);
    assert.deepEqual([...columns], [1, 1, 1, 1]);
  });
});

describe('the rows', () => {
  it('are below each other, and found by where they are', () => {
    const rows = layOut(['a', 'b'], 20, (lane) => (lane === 'a' ? 10 : 30));
    assert.deepEqual(rows.map(({ top }) => top), [20, 30]);
    assert.deepEqual([19, 20, 29, 30, 59, 60].map((y) => rowAt(rows, y)?.lane), [undefined, 'a', 'a', 'b', 'b', undefined]);
    assert.equal(bottomOf(rows, 20), 60);
    assert.equal(bottomOf([], 20), 20);
  });

  it('have names that fit', () => {
    const measure = (text: string): number => text.length;
    assert.deepEqual([9, 8, 4, 1, 0].map((width) => shorten('async_main', width + 1, measure)), ['async_main', 'async_ma…', 'asyn…', 'a…', '']);
  });
});

describe('a pin', () => {
  const blinking = (): PinTrace => {
    const trace = new PinTrace(25);
    for (let index = 0; index < 10; index++) trace.push((index + 1) * MS, (index + 1) % 2);
    return trace;
  };

  it('has a level, a pulse and a period at any moment', () => {
    const trace = blinking();
    assert.deepEqual([0.5, 1, 1.5, 2, 10.5].map((ms) => trace.levelAt(ms * MS)), [0, 1, 1, 0, 0]);
    assert.deepEqual(trace.pulseAt(3.5 * MS), { level: 1, start: 3 * MS, end: 4 * MS, period: 2 * MS });
    assert.deepEqual(trace.pulseAt(10.5 * MS), { level: 0, start: 10 * MS, end: undefined, period: 2 * MS });
    assert.deepEqual(trace.pulseAt(0), { level: 0, start: undefined, end: 1 * MS, period: undefined });
    assert.deepEqual([trace.edgeBeside(3 * MS, 1), trace.edgeBeside(3 * MS, -1), trace.edgeBeside(10 * MS, 1)], [4 * MS, 2 * MS, undefined]);
  });

  it('is drawn edge by edge where there is room', () => {
    assert.deepEqual(blinking().wave({ start: 0, end: 4 * MS }, 40, 3.5 * MS), [
      { start: 0, end: 10, level: 0 },
      { start: 10, end: 20, level: 1 },
      { start: 20, end: 30, level: 0 },
      { start: 30, end: 35, level: 1 },
    ]);
  });

  it('is drawn as a block where there are too many', () => {
    const trace = new PinTrace(0);
    for (let index = 0; index < 10_000; index++) trace.push(40 * MS + index * 1000, (index + 1) % 2);
    assert.deepEqual(trace.wave({ start: 0, end: 100 * MS }, 100, 100 * MS), [
      { start: 0, end: 40, level: 0 },
      { start: 40, end: 50, level: 'both' },
      { start: 50, end: 100, level: 0 },
    ]);
  });

  it('is drawn as a block where edges came too fast to be recorded', () => {
    const trace = new PinTrace(0);
    trace.push(1 * MS, 1);
    trace.miss(1000);
    for (const ms of [5, 6, 7, 8]) trace.push(ms * MS, ms % 2);
    assert.equal(trace.edgeCount, 1005);
    assert.deepEqual(trace.wave({ start: 0, end: 8 * MS }, 80, 6.5 * MS), [
      { start: 0, end: 10, level: 0 },
      { start: 10, end: 50, level: 'both' },
      { start: 50, end: 60, level: 1 },
      { start: 60, end: 65, level: 0 },
    ]);
    assert.equal(trace.pulseAt(3 * MS).level, 'unknown');
    assert.deepEqual(trace.pulseAt(5.5 * MS), { level: 1, start: 5 * MS, end: 6 * MS, period: 2 * MS });
    assert.deepEqual(trace.pulseAt(9 * MS), { level: 0, start: 8 * MS, end: undefined, period: 2 * MS });
    assert.equal(trace.pulseAt(0).end, 1 * MS);
  });

  it('is not drawn before the oldest edge that is remembered', () => {
    const trace = new PinTrace(0);
    for (let index = 1; index <= 100_010; index++) trace.push(index * 1000, index % 2);
    assert.deepEqual(trace.wave({ start: 0, end: 20_000 }, 20, 1e9).map(({ start }) => start), [11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert.equal(trace.pulseAt(5000).level, 'forgotten');
    assert.equal(trace.edgeCount, 100_010);
  });

  it('knows its level without an edge', () => {
    const trace = new PinTrace(15);
    trace.start(1);
    assert.deepEqual(trace.wave({ start: 0, end: 10 }, 10, 5), [{ start: 0, end: 5, level: 1 }]);
  });
});

describe('the edges that are handed over', () => {
  it('are the newest of each pin, so that a fast one does not push out a press', () => {
    const edges = new NewestEdges(10);
    edges.push({ pin: 15, nanos: 5, level: 0 });
    for (let index = 0; index < 1000; index++) edges.push({ pin: 25, nanos: 10 + index, level: index % 2 });
    const { items, dropped } = edges.take();
    assert.deepEqual(items.map(({ pin, nanos }) => [pin, nanos]), [[15, 5], ...Array.from({ length: 10 }, (_, index) => [25, 1000 + index])]);
    assert.deepEqual([dropped[15], dropped[25], dropped.length], [0, 990, 30]);
    assert.deepEqual([edges.take().items, edges.take().dropped[25]], [[], 0]);
  });
});

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
    assert.equal(words({ state: 'running', waitsFor: undefined, deadline: undefined }), '');
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
