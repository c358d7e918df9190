import type { SourcePlace } from '../../../src/tasks/model.js';
import type { FrameReply } from '../protocol.js';

/**
 * An element that shows something of the running firmware: the console, the board, a timeline.
 *
 * One that wants to show a place of the source dispatches a bubbling {@link ShowSource} event.
 */
export interface Instrument extends HTMLElement {
  /** Called with every frame, in order; often, so what costs time is put off to the next animation frame. */
  showFrame(frame: FrameReply): void;
  /** Another firmware was loaded, or the board was reset: all that was shown belongs to an earlier run. */
  clear(): void;
}

/** Asks the page to show a line of the source. */
export class ShowSource extends CustomEvent<SourcePlace> {
  constructor(place: SourcePlace) {
    super('show-source', { bubbles: true, composed: true, detail: place });
  }
}
