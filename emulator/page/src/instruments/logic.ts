import type { Instrument } from '../instrument.js';
import type { FrameReply } from '../protocol.js';

/** The levels of the pins over time, as a logic analyser shows them. */
export class LogicElement extends HTMLElement implements Instrument {
  showFrame(_frame: FrameReply): void {}

  clear(): void {}
}
