import type { TaskEvent, TaskInfo, Waker } from '../../../src/tasks/model.js';
import type { Spans } from './folding.js';
import { Ring } from './ring.js';

/** Steps and wakes that are remembered of a task. */
const KEPT = 16_384;

// The fields of the rows.
const START = 0;
const END = 1;
const READY = 2;
const WAKER = 3;
const COUNT = 4;
const NANOS = 0;

/** A line of the timeline: a task, or something that wakes tasks. */
export type LaneOfTask = TaskLane | SourceLane;

/** One step of a task, and what led to it. */
export interface Step {
  readonly start: number;
  readonly end: number;
  /** Since when it was ready for it; not a number where that is not known. */
  readonly ready: number;
  /** Who woke it: the number of a task, or below 0 of a source. Not a number where that is not known. */
  readonly waker: number;
  /** How many steps it stands for, which followed each other at once. */
  readonly count: number;
}

/** What is remembered of one task. */
export class TaskLane {
  readonly kind = 'task';
  name: string;
  /** What runs its loop, where a firmware has several: `core 1`. */
  loop: string | undefined;
  created: number | undefined;
  ended: number | undefined;
  how = '';
  /** When the last thing happened that is known of it. */
  lastNanos = 0;
  /** When the step began in which it still is. */
  runningSince: number | undefined;
  /** Since when it waits for its turn. */
  readySince: number | undefined;
  /** The longest step of all, also of those that are no longer remembered. */
  longest: { readonly start: number; readonly nanos: number } | undefined;

  private readySource = NaN;
  private readonly steps = new Ring(5, KEPT);
  /** When it was woken, and by whom. */
  readonly wakes = new Ring(2, KEPT);

  constructor(readonly id: number) {
    this.name = `task ${id}`;
  }

  create(nanos: number, name: string): void {
    this.created = nanos;
    this.name = name;
    this.becomeReady(nanos, NaN);
  }

  /** A step, whole. What woke it for the next may have been told before it or is told after it. */
  step(start: number, end: number, count = 1): void {
    const wasReady = this.readySince !== undefined && this.readySince <= start;
    this.steps.push(start, end, wasReady ? (this.readySince as number) : NaN, wasReady ? this.readySource : NaN, count);
    this.readySince = undefined;
    const last = this.wakes.length - 1;
    if (last >= 0 && this.wakes.at(last, NANOS) > start) this.becomeReady(Math.max(end, this.wakes.at(last, NANOS)), this.wakes.at(last, 1));
    if (count === 1 && end - start > (this.longest?.nanos ?? -1)) this.longest = { start, nanos: end - start };
    this.runningSince = undefined;
    this.lastNanos = end;
  }

  wake(nanos: number, code: number): void {
    this.wakes.push(nanos, code);
    if (this.readySince === undefined) this.becomeReady(Math.max(nanos, this.lastNanos), code);
  }

  end(nanos: number, how: string): void {
    this.ended = nanos;
    this.how = how;
    this.runningSince = undefined;
    this.readySince = undefined;
    this.lastNanos = nanos;
  }

  /** Takes over what a look from outside shows. */
  observe({ name, loop, state, since, activity }: TaskInfo, nanos: number): void {
    this.name = name;
    this.loop = loop;
    this.ended = undefined;
    if (state === 'running') this.runningSince ??= Math.max(since ?? nanos, this.lastNanos);
    else this.runningSince = undefined;
    if (state === 'ready') this.readySince ??= since;
    else this.readySince = undefined;
    if (activity?.longestStepAt !== undefined && activity.longestStep > (this.longest?.nanos ?? 0)) {
      this.longest = { start: activity.longestStepAt, nanos: activity.longestStep };
    }
  }

  /** Its name, with its loop where there are several: `counter · core 1`. */
  get label(): string {
    return this.loop === undefined ? this.name : `${this.name} · ${this.loop}`;
  }

  get stepCount(): number {
    return this.steps.length;
  }

  stepAt(index: number): Step {
    const { steps } = this;
    return { start: steps.at(index, START), end: steps.at(index, END), ready: steps.at(index, READY), waker: steps.at(index, WAKER), count: steps.at(index, COUNT) };
  }

  /** Before when nothing is remembered any more: 0 while all is. */
  get knownFrom(): number {
    return this.steps.dropped > 0 ? this.steps.at(0, START) : 0;
  }

  /** The time in its steps, the one in which it is not included. */
  readonly ran: Spans = spansOf(this, (index) => this.steps.at(index, START), (index) => this.steps.at(index, END));

  /** The time that it waited for its turn before each step. */
  readonly waitedForTurn: Spans = spansOf(this, (index) => this.steps.at(index, READY), (index) => this.steps.at(index, START));

  /** The first step that ends at or after a moment. */
  firstStepFrom(nanos: number): number {
    return this.steps.firstFrom(END, nanos);
  }

  /** All that is remembered, in no particular order. */
  events(wakerOf: (code: number) => Waker | undefined): TaskEvent[] {
    const { id, name } = this;
    const events: TaskEvent[] = [];
    if (this.created !== undefined) events.push({ kind: 'created', nanos: this.created, id, name });
    for (let index = 0; index < this.wakes.length; index++) {
      const by = wakerOf(this.wakes.at(index, 1));
      if (by !== undefined) events.push({ kind: 'woken', nanos: this.wakes.at(index, NANOS), id, by });
    }
    for (let index = 0; index < this.steps.length; index++) {
      const { start, end, count } = this.stepAt(index);
      events.push({ kind: 'step', nanos: start, end, id, ...(count === 1 ? {} : { steps: count }) });
    }
    if (this.ended !== undefined) events.push({ kind: 'ended', nanos: this.ended, id, how: this.how });
    return events;
  }

  private becomeReady(nanos: number, code: number): void {
    this.readySince = nanos;
    this.readySource = code;
  }
}

/** The timers, or an interrupt, as far as they wake tasks. */
export class SourceLane {
  /** When it woke a task, and which. */
  readonly ticks = new Ring(2, KEPT);

  constructor(readonly kind: 'timer' | 'interrupt', readonly name: string) {}

  get label(): string {
    return this.name;
  }
}

function spansOf(lane: TaskLane, start: (index: number) => number, end: (index: number) => number): Spans {
  return {
    get length() {
      return lane.stepCount;
    },
    start,
    end,
    firstEndingFrom: (nanos) => lane.firstStepFrom(nanos),
  };
}
