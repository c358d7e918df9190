import type { Instrument } from '../instrument.js';
import type { FrameReply } from '../protocol.js';

/** When each task ran, waited and was woken, one lane a task. */
export class TimelineElement extends HTMLElement implements Instrument {
  showFrame(_frame: FrameReply): void {}

  clear(): void {}
}
