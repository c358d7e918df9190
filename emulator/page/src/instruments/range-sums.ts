import type { TaskLane } from './task-lane.js';
import type { TimeSpan } from './time-view.js';

/** What a task did in a stretch of time. */
export interface TaskSum {
  readonly lane: TaskLane;
  /** How long it ran, in nanoseconds; a step that reaches beyond the stretch counts as far as it is inside. */
  readonly ran: number;
  /** The same as a share of the stretch, 0 to 1. */
  readonly share: number;
  /** Steps of which at least a part is inside; the one that goes on is one of them. */
  readonly steps: number;
  /** The longest of these parts, in nanoseconds; of steps that are told together, their mean. */
  readonly longest: number;
  /** False if steps at the beginning of the stretch are no longer remembered: the true sums are larger. */
  readonly isWhole: boolean;
}

/** Sums up what a task did between two moments. Takes time that grows with its steps in between. */
export function sumOf(lane: TaskLane, { start, end }: TimeSpan): TaskSum {
  const { runningSince } = lane;
  const isOn = runningSince !== undefined && runningSince < end;
  let ran = isOn ? Math.max(0, end - Math.max(start, runningSince)) : 0;
  let longest = ran;
  let steps = isOn ? 1 : 0;
  for (let index = lane.firstStepFrom(start); index < lane.stepCount; index++) {
    const step = lane.stepAt(index);
    if (step.start >= end) break;
    if (step.end === start) continue;
    const nanos = Math.min(end, step.end) - Math.max(start, step.start);
    ran += nanos;
    longest = Math.max(longest, nanos / step.count);
    steps += step.count;
  }
  return { lane, ran, share: end > start ? ran / (end - start) : 0, steps, longest, isWhole: lane.knownFrom <= start };
}

/** The sums of all tasks that were there, the busiest first. */
export function sumsOf(lanes: readonly TaskLane[], span: TimeSpan): TaskSum[] {
  const present = lanes.filter(({ created, ended }) => (created ?? 0) <= span.end && (ended ?? Infinity) >= span.start);
  return present.map((lane) => sumOf(lane, span)).sort((a, b) => b.ran - a.ran || a.lane.id - b.lane.id);
}

/** A share in words: `12.5 %`, `below 0.1 %`. */
export function percentOf(share: number): string {
  return share > 0 && share < 0.001 ? 'below 0.1 %' : `${(100 * share).toFixed(1)} %`;
}
