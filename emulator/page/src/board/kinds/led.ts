import { GND, type Kind, type Part } from './kind.js';

/** Between a pin and ground, over a resistor: lit while the pin is high. */
export interface LedPart extends Part {
  readonly type: 'led';
  readonly pin: number;
}

export const LED: Kind<LedPart> = {
  title: 'LED',
  label: 'LED',
  color: 'red',
  terminals: [{ field: 'pin' }, GND],
  read: (part) => ({ pin: part.pin('pin') }),
};
