import type { Instrument } from '../instrument.js';
import type { FrameReply } from '../protocol.js';

/** A table of the tasks that are there. */
export class TasksElement extends HTMLElement implements Instrument {
  showFrame(_frame: FrameReply): void {}

  clear(): void {}
}
