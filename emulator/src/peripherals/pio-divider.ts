const ONE = 256;
const LARGEST = 65536 * ONE;

/**
 * The clock divider of a state machine: it runs whether the machine is enabled or not, and only a restart puts its phase back (RP2040 datasheet 3.5.5, and
 * CLKDIV_RESTART in 3.7). A tick is a cycle of the system clock in which the machine executes.
 */
export class PioDivider {
  private divisor = ONE;
  /** Cycles that have gone in at a cycle, in units of 1/256, since a tick. */
  private phase = 0;
  private since = 0;

  /** @param register INT in the upper half, FRAC in the byte below */
  set(register: number, now: number): void {
    const divisor = register >>> 8 || LARGEST;
    if (divisor === this.divisor) return;
    this.phase = (this.phase + (now - this.since) * ONE) % this.divisor;
    this.since = now;
    this.divisor = divisor;
  }

  restart(now: number): void {
    this.phase = 0;
    this.since = now;
  }

  /** The cycle of a tick after a cycle: the first one for 1. */
  tickAfter(cycle: number, count: number): number {
    const { divisor, phase, since } = this;
    if (divisor === ONE) return cycle + count;
    const ticks = Math.floor((phase + (cycle - since) * ONE) / divisor) + count;
    return since + Math.ceil((ticks * divisor - phase) / ONE);
  }

  /** How many ticks come after a cycle, up to another and with it. */
  ticksBetween(from: number, to: number): number {
    const { divisor, phase, since } = this;
    if (divisor === ONE) return to - from;
    return Math.floor((phase + (to - since) * ONE) / divisor) - Math.floor((phase + (from - since) * ONE) / divisor);
  }
}
