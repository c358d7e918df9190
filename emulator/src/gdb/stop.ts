import type { Ending } from '../chip/ending.js';

/** Signals as gdb numbers them, with what they stand for here. */
export const SIGNAL = {
  /** Ctrl-C. */
  interrupt: 2,
  /** A breakpoint, a watchpoint, a step, `bkpt`. */
  trap: 5,
  /** The emulator failed. */
  abort: 6,
  /** A fault. */
  fault: 11,
  /** Nothing will ever happen again. */
  stop: 17,
  /** The time given with --until is up. */
  timeUp: 24,
} as const;

/** Why the firmware stands. */
export interface Stop {
  readonly signal: number;
  /** The core that was stopped first; both stand. */
  readonly core: number;
  /** Where the watchpoint is that stopped it. */
  readonly watched?: number;
  /** What happened, in words, where gdb cannot know. */
  readonly text?: string;
}

const SIGNAL_OF: Record<Ending['kind'], number> = {
  breakpoint: SIGNAL.trap,
  returned: SIGNAL.trap,
  asleep: SIGNAL.stop,
  stuck: SIGNAL.stop,
  bootsel: SIGNAL.stop,
  crashed: SIGNAL.fault,
  lockup: SIGNAL.fault,
  'boot rom': SIGNAL.fault,
  emulator: SIGNAL.abort,
};

/** A firmware that will not go on is to gdb one that got a signal. */
export function stopOfEnding({ kind, text }: Ending): Omit<Stop, 'core'> {
  return { signal: SIGNAL_OF[kind], text };
}
