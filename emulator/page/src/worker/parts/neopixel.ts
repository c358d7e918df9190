import { NeoPixel } from '../../../../src/devices/neopixel.js';
import type { NeoPixelPart } from '../../board/kinds/neopixel.js';
import type { Simulate } from './simulation.js';

export const simulateNeoPixel: Simulate<NeoPixelPart> = (pico, { din, pixels, order }) => {
  const strip = new NeoPixel(pixels, order);
  /** How often it had taken colours when it was last told. */
  let toldFrames: number | undefined;
  pico.pin(din).attach(strip);
  return {
    takePixels() {
      const { colours } = strip; // first, as it is then that it may find that it has taken some
      if (toldFrames === strip.frames) return undefined;
      toldFrames = strip.frames;
      const lamps = colours.flatMap(({ red, green, blue, white }) => [red, green, blue].map((lamp) => Math.min(255, lamp + white)));
      return { width: colours.length, height: 1, pixels: Uint8Array.from(lamps) };
    },
  };
};
