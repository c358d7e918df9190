import type { Edge } from '../board/events.js';
import type { TaskEvent, Waker } from './model.js';

/** What else a trace tells. */
export interface TraceOptions {
  /** Up to when steps that still go on are drawn. */
  readonly endNanos?: number;
  /** The levels of pins at the start, where they are known; others are taken from the first edge. */
  readonly levels?: ReadonlyMap<number, number>;
  /** When the trace begins: the pins have their first level from then on. */
  readonly startNanos?: number;
  /** What a reader is to know. */
  readonly note?: string | undefined;
  /** The tasks that are in the middle of a step at the end, and since when. */
  readonly running?: readonly { readonly id: number; readonly since: number }[];
}

/** An event of the trace event format. Times are in microseconds. */
export type TraceEvent =
  | { readonly ph: 'M'; readonly name: string; readonly pid: number; readonly tid?: number; readonly args: Readonly<Record<string, string | number>> }
  | { readonly ph: 'X'; readonly name: string; readonly pid: number; readonly tid: number; readonly ts: number; readonly dur: number; readonly args?: { readonly steps: number } }
  | { readonly ph: 'i'; readonly name: string; readonly pid: number; readonly tid: number; readonly ts: number; readonly s: 't' }
  | { readonly ph: 's' | 'f'; readonly name: string; readonly cat: string; readonly id: number; readonly pid: number; readonly tid: number; readonly ts: number; readonly bp?: 'e' }
  | { readonly ph: 'C'; readonly name: string; readonly pid: number; readonly ts: number; readonly args: { readonly level: number } };

// What the format calls processes are the groups of tracks. Viewers want the numbers of the tracks to differ between them, too.
const TASKS = 1;
const WAKERS = 2;
const PINS = 3;

/** An interrupt takes no time that is known here, but an arrow can only begin at a slice: the shortest there is, a nanosecond. */
const INSTANT = 0.001;

type Step = Extract<TaskEvent, { kind: 'step' }>;
type Woken = Extract<TaskEvent, { kind: 'woken' }>;

/**
 * Writes what happened to the tasks and pins as a Chrome trace, which Perfetto and `chrome://tracing` open.
 *
 * A track for each task with its steps, one for each timer and interrupt, an arrow from each wake to the step that it led to, and a
 * counter for each pin.
 *
 * @param events in any order
 * @param edges in the order in which they happened
 */
export function formatChromeTrace(events: readonly TaskEvent[], edges: readonly Edge[], options: TraceOptions = {}): string {
  const trace = [...chromeTraceEvents(events, edges, options)].map((event) => JSON.stringify(event));
  const about = options.note === undefined ? '' : `"otherData":{"note":${JSON.stringify(options.note)}},`;
  return `{"displayTimeUnit":"ns",${about}"traceEvents":[\n${trace.join(',\n')}\n]}\n`;
}

/** The same, as objects: first the names, then the others in order of time. */
export function chromeTraceEvents(events: readonly TaskEvent[], edges: readonly Edge[], options: TraceOptions = {}): TraceEvent[] {
  const trace = new Trace(events, options);
  return [...trace.names(edges, (options.levels?.size ?? 0) > 0), ...[...trace.steps(), ...trace.wakes(), ...trace.ends(), ...counters(edges, options)].sort((a, b) => timeOf(a) - timeOf(b))];
}

class Trace {
  private readonly stepsOf = new Map<number, Step[]>();
  private readonly woken: Woken[] = [];
  private readonly ended: Extract<TaskEvent, { kind: 'ended' }>[] = [];
  private readonly taskNames = new Map<number, string>();
  /** The tracks, by what they show. */
  private readonly tracks = new Map<string, number>();

  constructor(events: readonly TaskEvent[], { endNanos = 0, running = [] }: TraceOptions) {
    for (const event of events) {
      if (!this.taskNames.has(event.id)) this.taskNames.set(event.id, `task ${event.id}`);
      if (event.kind === 'created') this.taskNames.set(event.id, event.name);
      else if (event.kind === 'step') this.addStep(event);
      else if (event.kind === 'woken') this.woken.push(event);
      else this.ended.push(event);
    }
    for (const { id, since } of running) {
      if (since < endNanos) this.addStep({ kind: 'step', id, nanos: since, end: endNanos });
    }
    for (const steps of this.stepsOf.values()) steps.sort((a, b) => a.nanos - b.nanos);
    for (const id of [...this.taskNames.keys()].sort((a, b) => a - b)) this.track(`task ${id}`);
  }

  *names(edges: readonly Edge[], hasLevels: boolean): Generator<TraceEvent> {
    yield { ph: 'M', name: 'process_name', pid: TASKS, args: { name: 'tasks' } };
    for (const [id, name] of this.taskNames) {
      const tid = this.track(`task ${id}`);
      yield { ph: 'M', name: 'thread_name', pid: TASKS, tid, args: { name } };
      yield { ph: 'M', name: 'thread_sort_index', pid: TASKS, tid, args: { sort_index: tid } };
    }
    const sources = new Map(this.woken.filter(({ by }) => by.kind !== 'task').map(({ by }) => [sourceOf(by), by]));
    if (sources.size > 0) yield { ph: 'M', name: 'process_name', pid: WAKERS, args: { name: 'timers and interrupts' } };
    for (const source of sources.keys()) {
      yield { ph: 'M', name: 'thread_name', pid: WAKERS, tid: this.track(source), args: { name: source } };
    }
    if (edges.length > 0 || hasLevels) yield { ph: 'M', name: 'process_name', pid: PINS, args: { name: 'pins' } };
  }

  *steps(): Generator<TraceEvent> {
    for (const [id, steps] of this.stepsOf) {
      const [name, tid] = [this.nameOf(id), this.track(`task ${id}`)];
      for (const { nanos, end, steps: count } of steps) {
        const together = count === undefined ? {} : { args: { steps: count } };
        yield { ph: 'X', name, pid: TASKS, tid, ts: micros(nanos), dur: micros(Math.round(end) - Math.round(nanos)), ...together };
      }
    }
  }

  /** An arrow for each wake of which both ends are known, else a mark. */
  *wakes(): Generator<TraceEvent> {
    let flow = 0;
    for (const woken of this.woken) {
      const { id, nanos, by } = woken;
      const tid = this.track(`task ${id}`);
      const ts = micros(nanos);
      if (by.kind !== 'task') {
        yield { ph: 'X', name: this.nameOf(id), pid: WAKERS, tid: this.track(sourceOf(by)), ts, dur: INSTANT };
      }
      const next = this.stepAfter(woken);
      if (next === undefined || (by.kind === 'task' && !this.isRunning(by.id, nanos))) {
        yield { ph: 'i', name: 'woken', pid: TASKS, tid, ts, s: 't' };
        continue;
      }
      const from = by.kind === 'task' ? { pid: TASKS, tid: this.track(`task ${by.id}`) } : { pid: WAKERS, tid: this.track(sourceOf(by)) };
      flow++;
      yield { ph: 's', name: 'w', cat: 'w', id: flow, ...from, ts };
      yield { ph: 'f', name: 'w', cat: 'w', id: flow, pid: TASKS, tid, ts: micros(next.nanos), bp: 'e' };
    }
  }

  *ends(): Generator<TraceEvent> {
    for (const { id, nanos, how } of this.ended) {
      yield { ph: 'i', name: how, pid: TASKS, tid: this.track(`task ${id}`), ts: micros(nanos), s: 't' };
    }
  }

  private addStep(step: Step): void {
    const steps = this.stepsOf.get(step.id);
    if (steps === undefined) this.stepsOf.set(step.id, [step]);
    else steps.push(step);
  }

  /** The first step of a task that begins at or after it was woken. */
  private stepAfter({ id, nanos }: Woken): Step | undefined {
    const steps = this.stepsOf.get(id) ?? [];
    return steps[firstFrom(steps, nanos)];
  }

  private isRunning(id: number, nanos: number): boolean {
    const steps = this.stepsOf.get(id) ?? [];
    const next = firstFrom(steps, nanos);
    return [steps[next], steps[next - 1]].some((step) => step !== undefined && step.nanos <= nanos && nanos < step.end);
  }

  private nameOf(id: number): string {
    return this.taskNames.get(id) ?? `task ${id}`;
  }

  private track(what: string): number {
    const known = this.tracks.get(what);
    if (known !== undefined) return known;
    const tid = this.tracks.size + 1;
    this.tracks.set(what, tid);
    return tid;
  }
}

/** The level of each pin over time, from the start. */
function* counters(edges: readonly Edge[], { levels = new Map<number, number>(), startNanos = 0 }: TraceOptions): Generator<TraceEvent> {
  const seen = new Set(levels.keys());
  for (const [pin, level] of levels) yield { ph: 'C', name: `GP${pin}`, pid: PINS, ts: micros(startNanos), args: { level } };
  for (const { pin, nanos, level } of edges) {
    const name = `GP${pin}`;
    if (!seen.has(pin)) yield { ph: 'C', name, pid: PINS, ts: micros(startNanos), args: { level: 1 - level } };
    seen.add(pin);
    yield { ph: 'C', name, pid: PINS, ts: micros(nanos), args: { level } };
  }
}

function sourceOf(by: Waker): string {
  return by.kind === 'interrupt' ? `interrupt ${by.name}` : 'timer';
}

/** The first step that begins at or after a moment. */
function firstFrom(steps: readonly Step[], nanos: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] as Step).nanos < nanos) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Microseconds with a resolution of a nanosecond, which is what viewers keep. */
function micros(nanos: number): number {
  return Math.round(nanos) / 1000;
}

function timeOf(event: TraceEvent): number {
  return 'ts' in event ? event.ts : 0;
}
