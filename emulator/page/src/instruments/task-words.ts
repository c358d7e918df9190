import { formatDuration, formatMoment } from './duration.js';
import type { TaskHistory } from './history.js';
import { percentOf, sumOf } from './range-sums.js';
import type { TaskLane } from './task-lane.js';

/** Says how a task fared between two moments, for somebody who does not see the timeline. */
export function describeLane(lane: TaskLane, start: number, end: number): string {
  const { share, steps, longest } = sumOf(lane, { start, end });
  return `${lane.label} ran ${steps === 1 ? 'once' : `${steps} times`}; ${percentOf(share)} of the time; longest step ${formatDuration(longest)}`;
}

/** Says when a step was, how long it took and what led to it, a line each. */
export function describeStep(lane: TaskLane, index: number, history: TaskHistory): string[] {
  const { start, end, ready, waker, count } = lane.stepAt(index);
  const together = count === 1 ? '' : `, in ${count} steps without a pause`;
  const lines = [`${lane.name} ran for ${formatDuration(end - start)}${together}`, `at ${formatMoment(start, 1e3)}`];
  if (!Number.isNaN(waker)) lines.push(`woken by ${nameOf(history, waker)}`);
  if (!Number.isNaN(ready) && start > ready) lines.push(`waited ${formatDuration(start - ready)} for its turn`);
  return lines;
}

function nameOf(history: TaskHistory, code: number): string {
  const source = history.sourceOf(code);
  if (source === undefined) return `task ${code}`;
  if (source.kind === 'timer') return 'the timer';
  return source.kind === 'interrupt' ? `the interrupt ${source.name}` : source.name;
}
