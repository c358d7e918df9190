import { Keypad } from '../../../../src/devices/keypad.js';
import { columnsOf, KEYPAD_KEYS, type KeypadPart, rowsOf } from '../../board/kinds/keypad.js';
import type { Simulate, Values } from './simulation.js';

/** Senses 1 for each key that is held, by its name. */
export const simulateKeypad: Simulate<KeypadPart> = (pico, part, values) => {
  const keypad = new Keypad(rowsOf(part), columnsOf(part));
  pico.attach(keypad);
  const sense = (sensed: Values): void => {
    KEYPAD_KEYS.forEach((names, row) => names.forEach((name, column) => {
      if (sensed[name] !== undefined) keypad.press(row, column, sensed[name] === 1);
    }));
  };
  sense(values);
  return { sense };
};
