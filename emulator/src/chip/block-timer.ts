import type { CycleClock } from '../clock.js';
import { RAW_LOWER, RAW_UPPER, type Timer, UPPER } from '../peripherals/timer.js';

/**
 * What a block may read of the timer: its raw halves, at the cycle of the instruction that loads them. To read them changes nothing, and many
 * programs wait by reading them again and again.
 */
export class BlockTimer {
  /** How far behind the clock's cycle the block starts. */
  spent = 0;

  constructor(
    private readonly clock: CycleClock,
    private readonly timer: Timer,
  ) {}

  loads(address: number): boolean {
    return address === RAW_LOWER || address === RAW_UPPER;
  }

  /** @param cycles from the block's start up to the instruction */
  load(address: number, cycles: number): number {
    const { clock } = this;
    const micros = this.timer.microsAt(clock.nanosAt(clock.cycles + this.spent + cycles));
    return address === RAW_LOWER ? micros >>> 0 : Math.floor(micros / UPPER);
  }
}

/** For blocks that run while the other core does, which may be ahead of the clock. */
export const NO_TIMER = { loads: () => false } as const;
