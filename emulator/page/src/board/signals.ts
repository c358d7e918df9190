import { PIN_COUNT } from '../../../src/board/events.js';
import type { FrameReply } from '../protocol.js';
import type { Common } from './kinds/kind.js';

/** Shares of time are told apart in steps of this, so that nothing is drawn anew for what nobody sees. */
const STEPS = 32;
/** A pin with so many edges in a frame is modulated; one with fewer has been switched. */
const MODULATED_EDGES = 3;

/** What the pins do, as far as an eye can follow. */
export class Signals {
  private readonly shares = new Float32Array(PIN_COUNT);
  private nanos = -1;

  /** The share of time in which a pin is high, from 0 to 1; of one that is not modulated, its level. */
  share(gpio: number): number {
    return this.shares[gpio] ?? 0;
  }

  update({ nanos, levels, duty, edges }: FrameReply): void {
    const counts = new Uint16Array(PIN_COUNT);
    for (const { pin } of edges) counts[pin] = (counts[pin] as number) + 1;
    const hasStoodStill = nanos === this.nanos;
    this.nanos = nanos;
    if (hasStoodStill && edges.length === 0) {
      // Nothing is known of what a modulated pin does between two frames of the same time, but an input may have been changed.
      levels.forEach((level, pin) => {
        if (this.shares[pin] === 0 || this.shares[pin] === 1) this.shares[pin] = level;
      });
      return;
    }
    levels.forEach((level, pin) => {
      this.shares[pin] = (counts[pin] as number) >= MODULATED_EDGES ? Math.round((duty[pin] as number) * STEPS) / STEPS : level;
    });
  }
}

/** How bright that share looks: an eye is more sensitive to little light. */
export function brightnessOf(share: number): number {
  return Math.sqrt(share);
}

/** A lamp's state in words. */
export function stateOf(share: number): string {
  if (share === 0) return 'off';
  return share === 1 ? 'on' : `on, ${Math.max(1, Math.round(share * 10)) * 10} %`;
}

/** The share of time in which a lamp is lit, of one whose other side is where `common` says. */
export function litShare(share: number, common: Common): number {
  return common === 'anode' ? 1 - share : share;
}

/** The state of several lamps in one, in words. */
export function lampsInWords(names: readonly string[], shares: readonly number[]): string {
  const lit = names.flatMap((name, index) => {
    const share = shares[index] ?? 0;
    return share === 0 ? [] : [`${name}${stateOf(share).replace(/^on,?/, '')}`];
  });
  return lit.length === 0 ? 'off' : lit.join(', ');
}
