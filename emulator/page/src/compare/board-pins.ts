import type { Board } from '../board/board-file.js';
import type { BoardPins } from './figure-rows.js';

/** Which pins of a board are driven from outside, and whether there is a button. */
export function boardPinsOf({ parts }: Board): BoardPins {
  const inputs = parts.flatMap((part): (number | undefined)[] => {
    if (part.type === 'pushbutton') return [part.pin];
    return part.type === 'encoder' ? [part.clk, part.dt, part.sw] : [];
  });
  return { hasButton: parts.some(({ type }) => type === 'pushbutton'), inputs: new Set(inputs.filter((pin) => pin !== undefined)) };
}
