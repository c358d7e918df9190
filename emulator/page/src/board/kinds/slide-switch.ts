import { GND, type Part, type SimulatedKind, V3 } from './kind.js';

/** Connects its pin to ground or to 3.3 V. */
export interface SlideSwitchPart extends Part {
  readonly type: 'slide_switch';
  readonly pin: number;
  /** The level at which it stands at first. */
  readonly value: 0 | 1;
}

export const SLIDE_SWITCH: SimulatedKind<SlideSwitchPart> = {
  title: 'Slide switch',
  label: 'Switch',
  color: 'yellow',
  terminals: [GND, { field: 'pin', isDriven: true }, V3],
  fields: ['value'],
  isSimulated: true,
  read: (part) => ({ pin: part.pin('pin'), value: part.level('value') }),
};
