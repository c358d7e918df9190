import { GND, type Part, type SimulatedKind, V5 } from './kind.js';

/** A hobby servo, which pulses tell where to go. */
export interface ServoPart extends Part {
  readonly type: 'servo';
  readonly pin: number;
}

export const SERVO: SimulatedKind<ServoPart> = {
  title: 'Servo',
  label: 'Servo',
  color: 'orange',
  terminals: [GND, V5, { field: 'pin', name: 'PWM' }],
  isSimulated: true,
  read: (part) => ({ pin: part.pin('pin') }),
};
