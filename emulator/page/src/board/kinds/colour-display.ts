import { type Connection, GND, type Part, type SimulatedKind, type Supply, V3 } from './kind.js';

/** A colour display on SPI. */
export interface ColourDisplayPart extends Part {
  readonly sck: number;
  readonly mosi: number;
  readonly cs: number;
  readonly dc: number;
  readonly rst: number | undefined;
}

export interface St7735Part extends ColourDisplayPart {
  readonly type: 'st7735';
}

export interface Ili9341Part extends ColourDisplayPart {
  readonly type: 'ili9341';
}

const TERMINALS: readonly (Connection | Supply)[] = [
  V3,
  GND,
  { field: 'cs', name: 'CS' },
  { field: 'rst', name: 'RST', isOptional: true },
  { field: 'dc', name: 'DC' },
  { field: 'mosi', name: 'MOSI', pins: 'mosi', isShared: true },
  { field: 'sck', name: 'SCK', pins: 'sck', isShared: true },
];

function colourDisplay<P extends ColourDisplayPart>(title: string): SimulatedKind<P> {
  return {
    title,
    label: 'Display',
    color: 'blue',
    terminals: TERMINALS,
    isSimulated: true,
    read: (part) => ({ ...part.spi(), cs: part.pin('cs'), dc: part.pin('dc'), rst: part.has('rst') ? part.pin('rst') : undefined }) as Omit<P, keyof Part>,
  };
}

/** A display of 128 by 160 pixels. */
export const ST7735 = colourDisplay<St7735Part>('Colour display, small');
/** A display of 240 by 320 pixels. */
export const ILI9341 = colourDisplay<Ili9341Part>('Colour display, large');
