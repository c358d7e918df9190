import type { SourcePlace, TaskSnapshot } from '../../src/tasks/model.js';
import { formatDuration, formatMoment } from './instruments/duration.js';

/** A task whose step goes on for too long. */
export interface OngoingHog {
  readonly task: string;
  readonly since: number;
  readonly nanos: number;
  /** Where it is just now; undefined where that is not known. */
  readonly place: SourcePlace | undefined;
}

/** The task that has not let go for the longest time, if that is as long as a limit. */
export function ongoingHog({ nanos, tasks }: TaskSnapshot, limitNanos: number): OngoingHog | undefined {
  const hogs = tasks.flatMap(({ name, loop, state, since, place }): OngoingHog[] => {
    if (state !== 'running' || since === undefined || nanos - since < limitNanos) return [];
    return [{ task: loop === undefined ? name : `${name} on ${loop}`, since, nanos: nanos - since, place }];
  });
  return hogs.sort((a, b) => b.nanos - a.nanos)[0];
}

/** Says which task it is, for how long and since when; where it is follows. */
export function sentenceOfHog({ task, since, nanos, place }: OngoingHog): string {
  return `${task} has not let go for ${formatDuration(nanos)}, since ${formatMoment(since, 1e6)}${place === undefined ? '' : ', at'}`;
}

/** The same for the title of the window, which has little room and says the line first. */
export function titleOfHog({ task, since, nanos, place }: OngoingHog): string {
  const line = place === undefined ? '' : ` at ${shortPlace(place)}`;
  return `${task} has not let go${line} for ${formatDuration(nanos)}, since ${formatMoment(since, 1e6)}`;
}

/** `blink.cpp:7`. */
export function shortPlace({ file, line }: SourcePlace): string {
  return `${file.split('/').at(-1)}:${line}`;
}
