import { BOARD_PINS } from '../pinout.js';
import type { PinUse } from './kind.js';

const FITS: Readonly<Record<PinUse, (gpio: number) => boolean>> = {
  any: () => true,
  analog: (gpio) => gpio >= 26,
  sda: (gpio) => gpio % 2 === 0,
  scl: (gpio) => gpio % 2 === 1,
  sck: (gpio) => gpio % 4 === 2,
  mosi: (gpio) => gpio % 4 === 3,
};

/** Whether a GPIO can do what a terminal needs. The pins of a bus also have to be those of the same one. */
export function fits(gpio: number, use: PinUse = 'any'): boolean {
  return FITS[use](gpio);
}

/** The pins at the edge of the board, by their GPIO, that can do what a terminal needs. */
export function pinsFor(use: PinUse = 'any'): readonly number[] {
  return BOARD_PINS.flatMap(({ gpio }) => (gpio !== undefined && fits(gpio, use) ? [gpio] : []));
}
