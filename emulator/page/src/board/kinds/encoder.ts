import { GND, type Key, type Kind, type Part, V3 } from './kind.js';

/** A KY-040: two contacts that close one after the other, and a third that closes when the knob is pressed. */
export interface EncoderPart extends Part {
  readonly type: 'encoder';
  readonly clk: number;
  readonly dt: number;
  readonly sw: number | undefined;
  /** Presses the knob. */
  readonly key: Key | undefined;
}

export const ENCODER: Kind<EncoderPart> = {
  title: 'Rotary encoder',
  label: 'Encoder',
  color: 'purple',
  terminals: [
    { field: 'clk', name: 'CLK', isDriven: true },
    { field: 'dt', name: 'DT', isDriven: true },
    { field: 'sw', name: 'SW', isOptional: true, isDriven: true },
    V3,
    GND,
  ],
  fields: ['key'],
  read(part) {
    const sw = part.has('sw') ? part.pin('sw') : undefined;
    const key = part.key();
    if (key !== undefined && sw === undefined) throw part.error('key', 'presses the knob, which needs the pin "sw"');
    return { clk: part.pin('clk'), dt: part.pin('dt'), sw, key };
  },
};
