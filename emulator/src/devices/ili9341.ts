import { MipiDisplay } from './mipi-display.js';

/**
 * A colour display of 240 by 320 pixels with an ILI9341, on SPI. As modules have it mounted, the first pixel is at the top left, and the colours are right,
 * with MADCTL 0x48 (columns mirrored, blue first).
 */
export class Ili9341 extends MipiDisplay {
  constructor() {
    super({
      width: 240,
      height: 320,
      upright: 0x48,
      formats: [5, 6],
      bitNanos: 100, // "Display Serial Interface Timing": the cycle of a write
      resetNanos: 5e6, // "Software Reset"
      sleepNanos: 5e6, // "Enter Sleep Mode", "Sleep Out"
      turnNanos: 120e6,
      leastResetNanos: 10_000, // "Reset Timing"
    });
  }
}
