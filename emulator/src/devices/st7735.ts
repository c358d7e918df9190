import { MipiDisplay } from './mipi-display.js';

/**
 * A colour display of 128 by 160 pixels with an ST7735, on SPI. As modules have it mounted, the first pixel is at the top left with MADCTL 0xc0 (both mirrored), and
 * its colours are in the order that MADCTL says. Its memory is that of the panel, without the columns and rows that some modules leave out.
 */
export class St7735 extends MipiDisplay {
  constructor() {
    super({
      width: 128,
      height: 160,
      upright: 0xc0,
      formats: [3, 5, 6],
      bitNanos: 66, // "4-line serial interface": the cycle of a write
      resetNanos: 120e6, // "SWRESET"
      sleepNanos: 120e6, // "SLPIN", "SLPOUT"
      turnNanos: 120e6,
      leastResetNanos: 10_000, // "Reset Timing"
    });
  }
}
