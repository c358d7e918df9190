import { GND, type Kind, type Part, V3 } from './kind.js';

/** From 3.3 V to ground, its wiper on an input of the converter. */
export interface PotentiometerPart extends Part {
  readonly type: 'potentiometer';
  readonly pin: number;
  /** Where it stands at first, from 0 to 1. */
  readonly value: number;
}

export const POTENTIOMETER: Kind<PotentiometerPart> = {
  title: 'Potentiometer',
  label: 'Potentiometer',
  color: 'orange',
  terminals: [{ field: 'pin', name: 'SIG', pins: 'analog' }, V3, GND],
  fields: ['value'],
  read: (part) => ({ pin: part.analogPin('pin'), value: part.share('value', 0.5) }),
};
