import type { Pico } from '../../../../src/board/pico.js';
import type { I2cBus } from '../../../../src/board/surroundings.js';
import type { I2cPart } from '../../board/kinds/kind.js';

/** The bus that a part is on. */
export function i2cOf(pico: Pico, { sda }: I2cPart): I2cBus {
  return pico.i2c(((sda >> 1) & 1) as 0 | 1);
}
