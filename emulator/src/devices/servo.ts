import type { PinDevice } from './device.js';

/** Pulses from one end to the other, in nanoseconds. */
const SHORTEST = 500e3;
const LONGEST = 2500e3;
/** What is a little beyond the ends is taken for them; what is farther is no pulse for a servo. */
const TOLERANCE = 100e3;
/** Pulses come every 20 ms. Digital servos take them more often, up to 333 times a second. */
const SHORTEST_PERIOD = 3e6;
const DEGREES = 180;

/**
 * A hobby servo: the width of a pulse says where its horn goes, from 500 us for 0 degrees to 2500 us for 180. It goes there at once, and stays
 * there without pulses.
 */
export class Servo implements PinDevice {
  /** Where the horn is, from 0 to 180. */
  degrees = 0;

  private roseAt: number | undefined;
  private isTooSoon = false;

  edge(level: number, nanos: number): void {
    const { roseAt } = this;
    if (level === 1) {
      this.isTooSoon = roseAt !== undefined && nanos - roseAt < SHORTEST_PERIOD;
      this.roseAt = nanos;
      return;
    }
    if (roseAt === undefined || this.isTooSoon) return;
    const width = nanos - roseAt;
    if (width < SHORTEST - TOLERANCE || width > LONGEST + TOLERANCE) return;
    const share = (width - SHORTEST) / (LONGEST - SHORTEST);
    this.degrees = DEGREES * Math.min(1, Math.max(0, share));
  }
}
