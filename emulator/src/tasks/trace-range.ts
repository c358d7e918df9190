import { edgesBetween } from '../board/edge-range.js';
import type { TaskEvent } from './model.js';
import { formatChromeTrace, type TraceOptions } from './perfetto.js';
import { thin, type TraceContents } from './trace-thinning.js';

/** Of which part of the time a trace is to be. */
export interface TraceRange {
  readonly startNanos: number;
  readonly endNanos: number;
  /** No trace is longer: of what is close together, only a part is told then. */
  readonly mostBytes: number;
  readonly running?: TraceOptions['running'];
  /** What a reader is to know besides. */
  readonly notes?: readonly string[];
}

/** A trace, and how exact it is. */
export interface RangeTrace {
  readonly text: string;
  /** What is closer together than this, in nanoseconds, was left out; 0 if nothing was. */
  readonly resolution: number;
}

// What each takes in the file, about: enough to begin with a resolution that is not far off.
const STEP_BYTES = 70;
const WAKE_BYTES = 170;
const EDGE_BYTES = 62;
/** Time is cut in this many pieces at the finest. */
const MOST_PIECES = 1 << 20;

/**
 * Writes what happened between two moments as a Chrome trace of a limited size.
 *
 * @param contents in order of time; what is outside of the range is left out, but for the names of tasks
 */
export function formatTraceRange(contents: TraceContents, { startNanos, endNanos, mostBytes, running, notes = [] }: TraceRange): RangeTrace {
  const { levels, edges } = edgesBetween(contents.edges, startNanos, endNanos);
  const whole = { events: contents.events.filter((event) => isInside(event, startNanos, endNanos)), edges };
  let resolution = 0;
  let part: TraceContents = whole;
  for (;;) {
    const isLeast = resolution > endNanos - startNanos; // mostly names
    if (isLeast || estimate(part) <= 1.5 * mostBytes) {
      const told = resolution === 0 ? notes : [...notes, `of what is closer together than ${Math.round(resolution)} ns, only a part is told`];
      const note = told.length === 0 ? undefined : told.join('; ');
      const text = formatChromeTrace(part.events, part.edges, { startNanos, endNanos, levels, note, ...(running === undefined ? {} : { running }) });
      if (isLeast || text.length <= mostBytes) return { text, resolution };
    }
    resolution = Math.max(2 * resolution, (endNanos - startNanos) / MOST_PIECES, 1);
    part = thin(part, resolution); // the same as of the whole, as pieces of time become two of those before
  }
}

function isInside(event: TaskEvent, startNanos: number, endNanos: number): boolean {
  if (event.kind === 'created') return true;
  if (event.kind === 'step') return event.nanos < endNanos && event.end > startNanos;
  return event.nanos >= startNanos && event.nanos <= endNanos;
}

function estimate({ events, edges }: TraceContents): number {
  let bytes = edges.length * EDGE_BYTES;
  for (const { kind } of events) bytes += kind === 'woken' ? WAKE_BYTES : STEP_BYTES;
  return bytes;
}
