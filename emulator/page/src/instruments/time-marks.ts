import { formatDuration, formatFrequency, formatMoment } from './duration.js';
import type { TimeSpan } from './time-view.js';

export type MarkName = 'a' | 'b';

/** Where the two cursors are, in simulated nanoseconds; undefined where one was not set. */
export interface MarksState {
  readonly a: number | undefined;
  readonly b: number | undefined;
}

export const NO_MARKS: MarksState = { a: undefined, b: undefined };

/** The stretch between the two cursors, whichever comes first; undefined unless both are set, apart from each other. */
export function rangeOf({ a, b }: MarksState): TimeSpan | undefined {
  if (a === undefined || b === undefined || a === b) return undefined;
  return { start: Math.min(a, b), end: Math.max(a, b) };
}

/** The cursor that is nearest to a moment and no further from it than `reach`. */
export function markNear(marks: MarksState, nanos: number, reach: number): MarkName | undefined {
  const near = (['a', 'b'] as const).map((name) => ({ name, far: Math.abs((marks[name] ?? Infinity) - nanos) })).filter(({ far }) => far <= reach);
  return near.sort((one, other) => one.far - other.far)[0]?.name;
}

/**
 * Says where the cursors are and how far apart: `A 0.100 s, B 0.300 s: 200 ms, 5.00 Hz`.
 *
 * @param resolution how exactly, in nanoseconds
 */
export function describeMarks(marks: MarksState, resolution: number): string {
  const set = (['a', 'b'] as const).flatMap((name) => (marks[name] === undefined ? [] : [`${name.toUpperCase()} ${formatMoment(marks[name], resolution)}`]));
  const range = rangeOf(marks);
  if (range === undefined) return set.join(', ');
  const apart = range.end - range.start;
  return `${set.join(', ')}: ${formatDuration(apart)}, ${formatFrequency(1e9 / apart)}`;
}
