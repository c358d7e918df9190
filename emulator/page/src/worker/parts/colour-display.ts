import type { Pico } from '../../../../src/board/pico.js';
import { Ili9341 } from '../../../../src/devices/ili9341.js';
import type { MipiDisplay } from '../../../../src/devices/mipi-display.js';
import { St7735 } from '../../../../src/devices/st7735.js';
import { spiOf } from '../../board/board-reader.js';
import type { ColourDisplayPart, Ili9341Part, St7735Part } from '../../board/kinds/colour-display.js';
import type { Simulate, Simulation } from './simulation.js';

export const simulateSt7735: Simulate<St7735Part> = (pico, part) => attach(pico, part, new St7735());
export const simulateIli9341: Simulate<Ili9341Part> = (pico, part) => attach(pico, part, new Ili9341());

function attach(pico: Pico, { sck, cs, dc, rst }: ColourDisplayPart, display: MipiDisplay): Simulation {
  let hasChanged = true;
  display.onChange = () => (hasChanged = true);
  pico.spi(spiOf(sck)).attach(display, { cs, dc, ...(rst !== undefined && { reset: rst }) });
  return {
    takePixels() {
      if (!hasChanged) return undefined;
      hasChanged = false;
      const { width, height, pixels } = display;
      return { width, height, pixels };
    },
  };
}
