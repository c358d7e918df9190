import { Ssd1306 } from '../../../../src/devices/ssd1306.js';
import type { DisplayPart } from '../../board/kinds/ssd1306.js';
import { i2cOf } from './i2c.js';
import type { Simulate } from './simulation.js';

export const simulateDisplay: Simulate<DisplayPart> = (pico, part) => {
  const display = new Ssd1306();
  let hasChanged = true;
  display.onChange = () => (hasChanged = true);
  i2cOf(pico, part).attach(part.address, display, part);
  return {
    takePixels() {
      if (!hasChanged) return undefined;
      hasChanged = false;
      const { width, height, pixels } = display;
      return { width, height, pixels };
    },
  };
};
