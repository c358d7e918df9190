import type { Pico } from '../../../../src/board/pico.js';
import type { Simulation } from './simulation.js';

/** A part that pulls its pins up, as lamps do whose other side is at 3.3 V: it is off until the firmware drives them low. */
export function pullUp(pico: Pico, pins: readonly number[]): Simulation {
  for (const pin of pins) pico.drive(pin, 1);
  return {};
}
