import type { UnknownRegister } from '../chip/unknown-registers.js';
import type { ConsoleLine } from './console-line.js';

/** Number of GPIO pins of the RP2040: GP0 to GP29. */
export const PIN_COUNT = 30;

/** A change of the level on a pin, whoever caused it: the firmware, a peripheral, a button or a pull. */
export interface Edge {
  readonly pin: number;
  readonly nanos: number;
  readonly level: number;
}

/** What a {@link Pico} reports while it runs. */
export interface PicoEvents {
  onConsoleLine?(line: ConsoleLine): void;
  /** A byte of it as it comes, before the line is complete. `uart` as in a {@link ConsoleLine}. */
  onConsoleByte?(uart: number | null, byte: number): void;
  onEdge?(edge: Edge): void;
  /** The firmware accesses a register that is not emulated, for the first time. */
  onUnknownRegister?(register: UnknownRegister): void;
}
