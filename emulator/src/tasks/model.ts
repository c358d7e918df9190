import type { SourcePlace } from '../firmware/dwarf/place.js';

export type { SourcePlace };

/** What can be told of the tasks of a firmware, seen from outside. All times are simulated nanoseconds since power-on. */

/** One of the nested coroutines of a task, or the task's own. */
export interface CoroutineInfo {
  /** The function's name, `blink`, or its address where the image has no symbols. */
  readonly name: string;
  /** The `co_await` at which it is suspended; undefined where that is not known. */
  readonly place: SourcePlace | undefined;
  /** Bytes of its frame; undefined without debug information. */
  readonly frameBytes: number | undefined;
}

export type TaskState = 'running' | 'ready' | 'waiting' | 'sleeping' | 'ending';

export interface TaskInfo {
  /** Unique among all tasks of a run. */
  readonly id: number;
  /** The address of its control block. */
  readonly address: number;
  readonly name: string;
  /** What runs its loop: `core 1`, `IRQ 26 of core 0`. Undefined in a firmware with one loop. */
  readonly loop?: string | undefined;
  readonly state: TaskState;
  /** In words, what it waits for: `sleep`, `Queue::get`, `task blink`. Undefined while it is ready or runs. */
  readonly waitsFor: string | undefined;
  /** The object that it waits for, where that has a name: `queue`. */
  readonly object: string | undefined;
  /** The task that holds the lock that it waits for. */
  readonly heldBy?: string | undefined;
  /** Its level, with what it inherits through a lock; undefined if that is 0. */
  readonly level?: number | undefined;
  /** The task of a higher level that is ready too, or runs, so that this one, which is ready, has to wait. */
  readonly behind?: string | undefined;
  /** When its sleep or timeout is over. */
  readonly deadline: number | undefined;
  /** Since when it is in its state; undefined where nobody watched. */
  readonly since: number | undefined;
  /** The `co_await` of the innermost coroutine. */
  readonly place: SourcePlace | undefined;
  /** All its memory: the control block and the frames of all its coroutines; undefined without debug information. */
  readonly bytes: number | undefined;
  /** Its coroutines, outermost first. */
  readonly coroutines: readonly CoroutineInfo[];
  /** What only an emulator sees; undefined on a board. */
  readonly activity: TaskActivity | undefined;
}

export interface TaskActivity {
  /** Time in its steps, those of interrupts that came in between included. */
  readonly runNanos: number;
  readonly steps: number;
  readonly wakes: number;
  readonly longestStep: number;
  /** When its longest step began. */
  readonly longestStepAt: number | undefined;
}

export interface TaskSnapshot {
  readonly nanos: number;
  readonly tasks: readonly TaskInfo[];
}

/** Where the time of a step went, as found by looking at many moments of it. */
export interface StepProfile {
  /** The task's number. */
  readonly id: number;
  readonly since: number;
  readonly nanos: number;
  /** How many moments were looked at. */
  readonly samples: number;
  /** Those with the greatest shares, the greatest first; other lines have the rest. */
  readonly parts: readonly StepPart[];
}

/** A line, or a function of which no line is known, and its share of a step, from 0 to 1. */
export interface StepPart {
  readonly place: SourcePlace | undefined;
  readonly name: string | undefined;
  readonly share: number;
}

/** Who made a task ready: another task, an interrupt (`UART0`), or the loop's timers. */
export type Waker = { readonly kind: 'task'; readonly id: number } | { readonly kind: 'interrupt'; readonly name: string } | { readonly kind: 'timer' };

/** What happens to tasks. In the order in which it becomes known: a step when it ends. */
export type TaskEvent =
  | { readonly kind: 'created'; readonly nanos: number; readonly id: number; readonly name: string }
  /** It ran without a pause from `nanos` to `end`: one step, or where told together, so many that followed each other at once. */
  | { readonly kind: 'step'; readonly nanos: number; readonly end: number; readonly id: number; readonly steps?: number }
  | { readonly kind: 'woken'; readonly nanos: number; readonly id: number; readonly by: Waker }
  | { readonly kind: 'ended'; readonly nanos: number; readonly id: number; readonly how: string };
