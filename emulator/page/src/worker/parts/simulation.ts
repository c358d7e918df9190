import type { Pico } from '../../../../src/board/pico.js';
import type { Part } from '../../board/kinds/kind.js';
import type { DisplayPixels } from '../../protocol.js';

/** What a part is made to sense, or does, by the names that its type has. */
export type Values = Readonly<Record<string, number>>;

/** A part on a board that is powered on. */
export interface Simulation {
  /** Senses something else. Names that are not given stay as they are. */
  sense?(values: Values): void;
  /** What it shows, if that has changed since it was last asked; something at the first time. */
  takePixels?(): Omit<DisplayPixels, 'id'> | undefined;
  /** What it does since it was last asked. */
  takeReadings?(): Values;
}

/**
 * Connects a part to a board that is powered on.
 *
 * @param values what it has been made to sense so far
 */
export type Simulate<P extends Part> = (pico: Pico, part: P, values: Values) => Simulation;
