import { GND, type Part, type SimulatedKind } from './kind.js';

/** A passive buzzer between a pin and ground: it sounds at the frequency of the pin. */
export interface BuzzerPart extends Part {
  readonly type: 'buzzer';
  readonly pin: number;
}

export const BUZZER: SimulatedKind<BuzzerPart> = {
  title: 'Buzzer',
  label: 'Buzzer',
  color: 'gray',
  terminals: [{ field: 'pin' }, GND],
  isSimulated: true,
  read: (part) => ({ pin: part.pin('pin') }),
};
