import { type Edge, PIN_COUNT } from '../../../src/board/events.js';
import { Newest } from './newest.js';

/** Keeps the newest edges of each pin, so that one that changes all the time does not push out what happens on the others. */
export class NewestEdges {
  private readonly pins: readonly Newest<Edge>[];

  /** @param limit of each pin */
  constructor(limit: number) {
    this.pins = Array.from({ length: PIN_COUNT }, () => new Newest<Edge>(limit));
  }

  push(edge: Edge): void {
    this.pins[edge.pin]?.push(edge);
  }

  /** Hands over what came since the last time, in order of time, and how many of each pin were left out before it. */
  take(): { items: Edge[]; dropped: Uint32Array } {
    const taken = this.pins.map((pin) => pin.take());
    const items = taken.flatMap((pin) => pin.items).sort((a, b) => a.nanos - b.nanos);
    return { items, dropped: Uint32Array.from(taken, ({ dropped }) => dropped) };
  }
}
