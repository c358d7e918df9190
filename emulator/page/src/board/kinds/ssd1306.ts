import { I2C, type I2cPart, type SimulatedKind } from './kind.js';

/** A display of 128 by 64 pixels. */
export interface DisplayPart extends I2cPart {
  readonly type: 'ssd1306';
}

export const SSD1306: SimulatedKind<DisplayPart> = {
  title: 'OLED display',
  label: 'Display',
  color: 'blue',
  terminals: I2C,
  fields: ['address'],
  isSimulated: true,
  read: (part) => part.i2c([0x3c, 0x3d]),
};
