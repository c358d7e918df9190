import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { TaskEvent } from '../../src/tasks/model.js';
import { chromeTraceEvents, formatChromeTrace, type TraceEvent } from '../../src/tasks/perfetto.js';

const EVENTS: readonly TaskEvent[] = [
  { kind: 'created', nanos: 8, id: 0, name: 'async_main' },
  { kind: 'step', nanos: 16, end: 2000, id: 0 },
  { kind: 'created', nanos: 1000, id: 1, name: 'blink' },
  { kind: 'step', nanos: 2400, end: 3000, id: 1 },
  { kind: 'woken', nanos: 40_000_000, id: 0, by: { kind: 'timer' } },
  { kind: 'woken', nanos: 40_000_000, id: 1, by: { kind: 'timer' } },
  { kind: 'step', nanos: 40_000_104.5, end: 40_004_000, id: 0 },
  { kind: 'woken', nanos: 40_001_000, id: 1, by: { kind: 'task', id: 0 } },
  { kind: 'step', nanos: 40_004_200, end: 40_004_900, id: 1 },
  { kind: 'ended', nanos: 40_004_900, id: 1, how: 'returned' },
  { kind: 'woken', nanos: 50_000_000, id: 0, by: { kind: 'interrupt', name: 'UART0' } },
];
const EDGES = [
  { pin: 25, nanos: 2500, level: 1 },
  { pin: 15, nanos: 9000, level: 0 },
  { pin: 25, nanos: 40_004_400, level: 0 },
];

/** What the format asks of each kind of event: "Trace Event Format", by the keys that have to be there. */
const REQUIRED: Record<string, readonly string[]> = {
  M: ['name', 'pid', 'args'],
  X: ['name', 'pid', 'tid', 'ts', 'dur'],
  i: ['name', 'pid', 'tid', 'ts', 's'],
  s: ['name', 'cat', 'id', 'pid', 'tid', 'ts'],
  f: ['name', 'cat', 'id', 'pid', 'tid', 'ts'],
  C: ['name', 'pid', 'ts', 'args'],
};

function checkFormat(text: string): TraceEvent[] {
  const { traceEvents, displayTimeUnit } = JSON.parse(text) as { traceEvents: TraceEvent[]; displayTimeUnit: string };
  assert.equal(displayTimeUnit, 'ns');
  const slices = new Map<string, { from: number; to: number }[]>();
  const starts = new Map<number, TraceEvent>();
  let time = 0;
  for (const event of traceEvents) {
    const record = event as unknown as Record<string, unknown>;
    const required = REQUIRED[event.ph];
    assert.ok(required, `unknown ph ${event.ph}`);
    for (const key of required) assert.ok(record[key] !== undefined, `${event.ph} without ${key}`);
    assert.ok(Number.isInteger(event.pid) && event.pid > 0);
    if ('tid' in event) assert.ok(Number.isInteger(event.tid) && (event.tid as number) > 0);
    if (event.ph === 'M') {
      assert.ok(['process_name', 'thread_name', 'thread_sort_index'].includes(event.name));
      assert.equal(time, 0, 'names come first');
      continue;
    }
    assert.ok(Number.isFinite(event.ts) && event.ts >= time, 'sorted by time');
    time = event.ts;
    const track = 'tid' in event ? `${event.pid}/${event.tid}` : '';
    if (event.ph === 'X') {
      assert.ok(event.dur >= 0);
      slices.set(track, [...(slices.get(track) ?? []), { from: nanosOf(event.ts), to: nanosOf(event.ts) + nanosOf(event.dur) }]);
    } else if (event.ph === 's' || event.ph === 'f') {
      // Either end of an arrow is in a slice that came before it in the file.
      assert.ok((slices.get(track) ?? []).some(({ from, to }) => from <= nanosOf(event.ts) && nanosOf(event.ts) < to), `flow ${event.id} (${event.ph}) outside of any slice`);
      if (event.ph === 's') assert.ok(!starts.has(event.id), 'a flow begins once');
      else assert.ok(starts.get(event.id)?.name === event.name && event.bp === 'e', 'a flow ends as it began');
      if (event.ph === 's') starts.set(event.id, event);
      else starts.delete(event.id);
    } else if (event.ph === 'C') {
      assert.ok(Object.values(event.args).every((value) => typeof value === 'number'));
    }
  }
  assert.equal(starts.size, 0, 'every flow ends');
  for (const list of slices.values()) {
    const sorted = [...list].sort((a, b) => a.from - b.from || b.to - a.to);
    sorted.forEach((slice, index) => {
      const before = sorted[index - 1];
      assert.ok(before === undefined || slice.from >= before.to || slice.to <= before.to, 'slices of a track are apart or nested');
    });
  }
  return traceEvents;
}

/** Exact, which microseconds with decimals are not. */
function nanosOf(micros: number): number {
  return Math.round(micros * 1000);
}

describe('a Chrome trace', () => {
  it('keeps to the format', () => {
    checkFormat(formatChromeTrace(EVENTS, EDGES));
    checkFormat(formatChromeTrace([], []));
    checkFormat(formatChromeTrace([], EDGES));
  });

  it('has the names, the steps in microseconds, and an arrow for each wake that led to a step', () => {
    const trace = chromeTraceEvents(EVENTS, EDGES);
    const names = trace.filter((event) => event.ph === 'M' && event.name === 'thread_name').map((event) => event.ph === 'M' && event.args['name']);
    assert.deepEqual(names, ['async_main', 'blink', 'timer', 'interrupt UART0']);
    const steps = trace.filter((event) => event.ph === 'X' && event.pid === 1).map((event) => event.ph === 'X' && [event.name, event.ts, event.dur]);
    assert.deepEqual(steps, [['async_main', 0.016, 1.984], ['blink', 2.4, 0.6], ['async_main', 40_000.105, 3.895], ['blink', 40_004.2, 0.7]]);
    assert.deepEqual(trace.filter(({ ph }) => ph === 's' || ph === 'f').map((event) => event.ph !== 'M' && [event.ph, event.ts]), [
      ['s', 40_000], ['s', 40_000], ['f', 40_000.105], ['s', 40_001], ['f', 40_004.2], ['f', 40_004.2],
    ]);
    assert.deepEqual(trace.filter(({ ph }) => ph === 'i').map(({ name }) => name), ['returned', 'woken']);
  });

  it('has the levels of the pins from power-on', () => {
    const counters = chromeTraceEvents(EVENTS, EDGES).filter(({ ph }) => ph === 'C');
    assert.deepEqual(counters.map((event) => event.ph === 'C' && [event.name, event.ts, event.args.level]), [
      ['GP25', 0, 0], ['GP15', 0, 1], ['GP25', 2.5, 1], ['GP15', 9, 0], ['GP25', 40_004.4, 0],
    ]);
  });

  it('shows a step that still goes on, and what it did', () => {
    const events: TaskEvent[] = [
      { kind: 'woken', nanos: 600, id: 2, by: { kind: 'task', id: 1 } },
      { kind: 'step', nanos: 2e9, end: 2e9, id: 2 },
    ];
    const without = checkFormat(formatChromeTrace(events, []));
    assert.equal(without.filter(({ ph }) => ph === 's').length, 0);
    const longer: TaskEvent[] = [events[0] as TaskEvent, { kind: 'step', nanos: 2e9, end: 2e9 + 8, id: 2 }];
    const trace = checkFormat(formatChromeTrace(longer, [], { endNanos: 3e9, running: [{ id: 1, since: 500 }] }));
    assert.deepEqual(trace.filter((event) => event.ph === 'X' && event.name === 'task 1').map((event) => event.ph === 'X' && event.dur), [2_999_999.5]);
    assert.equal(trace.filter(({ ph }) => ph === 's').length, 1);
  });

  it('keeps to the format whatever happens', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 0x7fffffff;
      return seed % below;
    };
    for (let round = 0; round < 50; round++) {
      const events: TaskEvent[] = [];
      let nanos = 0;
      for (let index = 0; index < 200; index++) {
        const id = random(5);
        const end = nanos + 8 + random(5000);
        if (random(3) > 0) events.push({ kind: 'step', nanos, end, id });
        const by = random(3) === 0 ? ({ kind: 'timer' } as const) : random(2) === 0 ? ({ kind: 'interrupt', name: 'UART0' } as const) : ({ kind: 'task', id } as const);
        events.push({ kind: 'woken', nanos: nanos + random(end - nanos), id: random(5), by });
        nanos = end + random(100);
      }
      checkFormat(formatChromeTrace(events, []));
    }
  });
});
