import type { TimeSpan } from './time-view.js';

/** Stretches of time in order that do not overlap. One whose start is not a number is not there. */
export interface Spans {
  readonly length: number;
  start(index: number): number;
  end(index: number): number;
  /** The first that ends at or after a moment; `length` if none does. */
  firstEndingFrom(nanos: number): number;
}

/** Columns next to each other that look the same. */
export interface Run {
  readonly start: number;
  readonly end: number;
  /** How much of the columns is filled: 1 to `LEVELS`. */
  readonly level: number;
}

/** Degrees of filling that one can tell apart. */
export const LEVELS = 8;

/** Adds a trace to each column that something touches, so that what is much narrower than a column stays visible. */
const TRACE = 1e-6;

/**
 * Finds what share of each column of pixels is covered.
 *
 * A million short stretches so take no more than a few thousand rectangles to draw, and a single one is never lost.
 *
 * @param columns is overwritten: 0 where nothing is, above 0 where anything is, up to 1
 */
export function fold(spans: Spans, view: TimeSpan, columns: Float32Array): void {
  columns.fill(0);
  const scale = columns.length / (view.end - view.start);
  for (let index = spans.firstEndingFrom(view.start); index < spans.length; index++) {
    const start = spans.start(index);
    if (start >= view.end) break;
    if (!Number.isNaN(start)) cover(columns, (start - view.start) * scale, (spans.end(index) - view.start) * scale);
  }
}

/** Adds one stretch, from column `start` to `end`. */
export function cover(columns: Float32Array, start: number, end: number): void {
  const from = Math.max(0, start);
  const to = Math.min(columns.length, end);
  if (end < 0 || from >= columns.length) return;
  const last = Math.max(Math.floor(from), Math.ceil(to) - 1);
  for (let column = Math.floor(from); column <= last; column++) {
    const share = Math.max(0, Math.min(to, column + 1) - Math.max(from, column));
    columns[column] = Math.min(1, (columns[column] as number) + share + TRACE);
  }
}

/** Puts columns that look the same together. */
export function runsOf(columns: Float32Array): Run[] {
  const runs: Run[] = [];
  let start = 0;
  let level = 0;
  for (let column = 0; column <= columns.length; column++) {
    const next = column === columns.length ? 0 : levelOf(columns[column] as number);
    if (next === level) continue;
    if (level > 0) runs.push({ start, end: column, level });
    start = column;
    level = next;
  }
  return runs;
}

function levelOf(share: number): number {
  return share <= 0 ? 0 : Math.min(LEVELS, 1 + Math.floor(share * LEVELS));
}
