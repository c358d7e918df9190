import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { edgesBetween } from '../../src/board/edge-range.js';
import { formatVcdRange } from '../../src/board/vcd.js';
import type { Edge } from '../../src/board/events.js';
import type { TaskEvent } from '../../src/tasks/model.js';
import type { TraceEvent } from '../../src/tasks/perfetto.js';
import { formatTraceRange } from '../../src/tasks/trace-range.js';
import { thin } from '../../src/tasks/trace-thinning.js';

const EVENTS: readonly TaskEvent[] = [
  { kind: 'created', nanos: 0, id: 1, name: 'main' },
  { kind: 'step', nanos: 100, end: 200, id: 1 },
  { kind: 'woken', nanos: 900, id: 1, by: { kind: 'timer' } },
  { kind: 'step', nanos: 1000, end: 2000, id: 1 },
  { kind: 'woken', nanos: 3000, id: 1, by: { kind: 'timer' } },
  { kind: 'step', nanos: 3100, end: 3300, id: 1 },
  { kind: 'ended', nanos: 3300, id: 1, how: 'returned' },
];
const EDGES: readonly Edge[] = [
  { pin: 2, nanos: 50, level: 1 },
  { pin: 3, nanos: 1500, level: 0 },
  { pin: 2, nanos: 2500, level: 0 },
  { pin: 2, nanos: 9000, level: 1 },
];
const read = (text: string): { traceEvents: TraceEvent[]; otherData?: { note: string } } => JSON.parse(text);

/** A second in which two tasks wake each other all the time, and a pin changes with each step. */
function busySecond(): { events: TaskEvent[]; edges: Edge[] } {
  const events: TaskEvent[] = [1, 2].map((id) => ({ kind: 'created', nanos: 0, id, name: `producer_of_numbers_${id}` }));
  const edges: Edge[] = [];
  for (let nanos = 0, id = 1; nanos < 1e9; nanos += 10_000, id = 3 - id) {
    events.push({ kind: 'step', nanos, end: nanos + 8000, id }, { kind: 'woken', nanos: nanos + 4000, id: 3 - id, by: { kind: 'task', id } });
    edges.push({ pin: 25, nanos: nanos + 2000, level: edges.length % 2 });
  }
  return { events, edges };
}

describe('a trace of a part of the time', () => {
  it('has what reaches into it, and the levels at its start', () => {
    const { text, resolution } = formatTraceRange({ events: EVENTS, edges: EDGES }, { startNanos: 1200, endNanos: 3050, mostBytes: 1e6 });
    const { traceEvents, otherData } = read(text);
    assert.deepEqual(traceEvents.filter(({ ph }) => ph === 'X').map((event) => event.ph === 'X' && [event.name, event.ts]), [['main', 1], ['main', 3]]);
    assert.deepEqual(traceEvents.filter(({ ph }) => ph === 'C').map((event) => event.ph === 'C' && [event.name, event.ts, event.args.level]), [
      ['GP2', 1.2, 1], ['GP3', 1.2, 1], ['GP3', 1.5, 0], ['GP2', 2.5, 0],
    ]);
    assert.equal(traceEvents.some((event) => event.ph === 'M' && event.args['name'] === 'main'), true);
    assert.equal(resolution, 0);
    assert.equal(otherData, undefined);
  });

  it('is as long as is allowed at most, and says what is left out', () => {
    const busy = busySecond();
    const { text, resolution } = formatTraceRange(busy, { startNanos: 0, endNanos: 1e9, mostBytes: 5e6, notes: ['a note'] });
    assert.ok(text.length <= 5e6, `${text.length} bytes`);
    assert.ok(text.length > 1.5e6, `no more than needed: ${text.length} bytes`);
    const { traceEvents, otherData } = read(text);
    assert.match(otherData?.note ?? '', new RegExp(`^a note; of what is closer together than ${Math.round(resolution)} ns, only a part is told$`));
    const steps = traceEvents.reduce((sum, event) => sum + (event.ph === 'X' ? event.args?.steps ?? 1 : 0), 0);
    assert.equal(steps, 100_000, 'each step is counted');
    const short = formatTraceRange(busy, { startNanos: 0, endNanos: 1e6, mostBytes: 5e6 });
    assert.equal(short.resolution, 0, 'a short part is told whole');
  });

  it('ends, however little is allowed', () => {
    const { text } = formatTraceRange({ events: EVENTS, edges: EDGES }, { startNanos: 0, endNanos: 4000, mostBytes: 10 });
    assert.ok(read(text).traceEvents.length > 0);
  });
});

describe('what is close together', () => {
  it('becomes one, but for steps that reach out of a piece of time', () => {
    const steps: TaskEvent[] = [[0, 10], [20, 30], [40, 120], [130, 140], [150, 160]].map(([nanos, end]) => ({ kind: 'step', nanos: nanos as number, end: end as number, id: 1 }));
    const { events } = thin({ events: steps, edges: [] }, 100);
    assert.deepEqual(events.map((event) => event.kind === 'step' && [event.nanos, event.end, event.steps ?? 1]), [[0, 30, 2], [40, 120, 1], [130, 160, 2]]);
  });

  it('keeps the first and the last edge of a pin, and one wake by each', () => {
    const edges = [10, 20, 30, 40, 150].map((nanos, index) => ({ pin: 1, nanos, level: index % 2 }));
    const woken = [10, 20, 110].map((nanos): TaskEvent => ({ kind: 'woken', nanos, id: 1, by: { kind: 'timer' } }));
    const thinned = thin({ edges, events: woken }, 100);
    assert.deepEqual(thinned.edges.map(({ nanos }) => nanos), [10, 40, 150]);
    assert.deepEqual(thinned.events.map(({ nanos }) => nanos), [10, 110]);
  });
});

describe('a dump of a part of the time', () => {
  it('begins with the levels of the pins', () => {
    const text = formatVcdRange(edgesBetween(EDGES, 1200, 3050), ['2 edges of GP3 are missing']);
    assert.match(text, /\$comment 2 edges of GP3 are missing \$end/);
    assert.match(text, /#1200\n\$dumpvars\n1#\n1\$\n\$end\n#1500\n0\$\n#2500\n0#\n#3050\n$/);
  });
});
