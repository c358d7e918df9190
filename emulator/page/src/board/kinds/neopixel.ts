import type { PixelOrder } from '../../../../src/devices/neopixel.js';
import { GND, type Part, type SimulatedKind, V5 } from './kind.js';

/** A strip of WS2812 on one wire. */
export interface NeoPixelPart extends Part {
  readonly type: 'neopixel';
  /** The pin to DIN of the first pixel. */
  readonly din: number;
  /** How many pixels there are. */
  readonly pixels: number;
  readonly order: PixelOrder;
}

const MOST_PIXELS = 64;
const ORDERS: readonly PixelOrder[] = ['grb', 'rgb', 'grbw'];

export const NEOPIXEL: SimulatedKind<NeoPixelPart> = {
  title: 'NeoPixel strip',
  label: 'NeoPixel',
  color: 'green',
  terminals: [{ field: 'din', name: 'DIN' }, V5, GND],
  fields: ['pixels', 'order'],
  initial: { pixels: 8 },
  isSimulated: true,
  read: (part) => ({
    din: part.pin('din'),
    pixels: part.count('pixels', MOST_PIXELS),
    order: part.oneOf('order', ORDERS, 'grb'),
  }),
};
