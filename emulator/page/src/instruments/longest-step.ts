import { formatDuration } from './duration.js';
import type { TaskLane } from './task-lane.js';

/** A step that is told of by itself, as it ran for long. */
export interface Hog {
  readonly lane: TaskLane;
  readonly start: number;
  readonly end: number;
  /** Whether it still goes on. */
  readonly isOpen: boolean;
}

/** The longest step of a task, also if it is no longer remembered, and the one that goes on. */
export function notableSteps(lane: TaskLane, now: number): Hog[] {
  const { runningSince, longest } = lane;
  // A look at the tasks may have told of the one that goes on as the longest.
  const isOver = longest !== undefined && longest.start !== runningSince;
  return [
    ...(runningSince === undefined ? [] : [{ lane, start: runningSince, end: now, isOpen: true }]),
    ...(isOver ? [{ lane, start: longest.start, end: longest.start + longest.nanos, isOpen: false }] : []),
  ];
}

/** The longest step of all; undefined before the first. */
export function longestStepOf(lanes: readonly TaskLane[], now: number): Hog | undefined {
  return lanes.flatMap((lane) => notableSteps(lane, now)).sort((a, b) => b.end - b.start - (a.end - a.start))[0];
}

/** Says what is wrong with a hog. */
export function sentenceOf({ lane, start, end, isOpen }: Hog): string {
  const long = formatDuration(end - start);
  return isOpen ? `${lane.name} has run for ${long} without a break` : `${lane.name} ran for ${long} without a break`;
}
