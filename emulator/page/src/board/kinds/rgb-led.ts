import { COM, COMMONS, type Common, type Part, type SimulatedKind } from './kind.js';

/** Three lamps in one, each on a pin of its own. */
export interface RgbLedPart extends Part {
  readonly type: 'rgb_led';
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly common: Common;
}

export const RGB_LED: SimulatedKind<RgbLedPart> = {
  title: 'RGB LED',
  label: 'RGB LED',
  color: 'gray',
  terminals: [
    { field: 'red', name: 'R', color: '#e03131' },
    { field: 'green', name: 'G', color: '#2f9e44' },
    { field: 'blue', name: 'B', color: '#1c7ed6' },
    COM,
  ],
  fields: ['common'],
  isSimulated: true,
  read: (part) => ({ red: part.pin('red'), green: part.pin('green'), blue: part.pin('blue'), common: part.oneOf('common', COMMONS, 'cathode') }),
};
