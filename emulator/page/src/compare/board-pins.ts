import type { Board } from '../board/board-file.js';
import { wiresOf } from '../board/kinds/index.js';
import type { BoardPins } from './figure-rows.js';

/** Which pins of a board are driven from outside, and whether there is a button. */
export function boardPinsOf({ parts }: Board): BoardPins {
  const inputs = parts.flatMap(wiresOf).filter(({ connection }) => connection.isDriven === true);
  return { hasButton: parts.some(({ type }) => type === 'pushbutton'), inputs: new Set(inputs.map(({ pin }) => pin)) };
}
