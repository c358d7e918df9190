import { GND, type Key, type Part, type SimulatedKind, V5 } from './kind.js';

/** A passive infrared sensor: its output is high while something moves, and for some time after that. */
export interface PirPart extends Part {
  readonly type: 'pir';
  readonly pin: number;
  /** How long its output stays high. */
  readonly seconds: number;
  /** Moves in front of it. */
  readonly key: Key | undefined;
}

const MOST_SECONDS = 600;

export const PIR: SimulatedKind<PirPart> = {
  title: 'Motion sensor (PIR)',
  label: 'Motion',
  color: 'blue',
  terminals: [V5, { field: 'pin', name: 'OUT', isDriven: true }, GND],
  fields: ['seconds', 'key'],
  isSimulated: true,
  read: (part) => ({ pin: part.pin('pin'), seconds: part.seconds('seconds', 3, MOST_SECONDS), key: part.key() }),
};
