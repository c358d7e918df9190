import type { Request } from '../protocol.js';
import type { Figures } from './figures.js';
import type { ImageSize } from './image-size.js';
import type { Line } from './lockstep.js';
import type { PythonPhase } from './python-run.js';

/** What the page says to the worker with MicroPython: what is done to the board, and with which program it begins. */
export type PythonRequest =
  | {
      readonly kind: 'begin';
      /** MicroPython's image: an ELF or UF2 file. */
      readonly file: Uint8Array;
      readonly program: string;
      /** To the worker with the other program. */
      readonly line: Line;
    }
  | Request;

/** What the worker tells, some 30 times a second while anything happens. */
export interface PythonReply {
  readonly phase: PythonPhase;
  /** What is wrong, in a sentence; empty if nothing is. */
  readonly failure: string;
  /** What the program has printed since the reply before. */
  readonly output: Uint8Array;
  /** Of an image that cannot be run there are none. */
  readonly figures: Figures | undefined;
  readonly size: ImageSize | undefined;
}
