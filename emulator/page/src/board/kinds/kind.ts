import type { PartReader } from '../board-reader.js';

/** What all parts have. */
export interface Part {
  readonly type: string;
  /** Names the part in messages, and to the emulator. */
  readonly id: string;
  /** What stands beside it on the page. */
  readonly label: string;
  /** A colour as CSS writes it, for the wires and for the part where it has one. */
  readonly color: string;
}

/** A key of the keyboard, as `KeyboardEvent.key` has it. */
export type Key = string;

/** What a pin has to be able to do; every pin at the edge of the board is `any`. */
export type PinUse = 'any' | 'analog' | 'sda' | 'scl' | 'sck' | 'mosi';

/** A terminal that a wire leads to a pin from. */
export interface Connection {
  /** The field of the board file that says which pin. */
  readonly field: string;
  /** What is printed beside the terminal; that of the pin where there is nothing. */
  readonly name?: string;
  readonly isOptional?: true;
  /** Whether several parts may have the same pin in this field, as on a bus. */
  readonly isShared?: true;
  /** Whether the part sets the level of the pin, always or at times: not all of its edges are the program's. */
  readonly isDriven?: true;
  /** That of its wire, as CSS writes it, where it is not the part's. */
  readonly color?: string;
  /** `any` if it is not given. A pin for `analog` carries a voltage, so it has no level. */
  readonly pins?: PinUse;
}

/** A terminal for ground or supply. Its wire is not drawn, and it has no field. `COM` is on the side that {@link Common} says. */
export interface Supply {
  readonly name: 'GND' | '3V3' | '5V' | 'COM';
  readonly field?: undefined;
}

/** A type of part: all that is to be known of it but how it looks and how it is simulated. */
export interface Kind<P extends Part> {
  /** In a list of parts to choose from. */
  readonly title: string;
  /** What a part has that the board file gives no label. */
  readonly label: string;
  /** What a part has that the board file gives no colour, as the board file writes it. */
  readonly color: string;
  /** From left to right. */
  readonly terminals: readonly (Connection | Supply)[];
  /** The fields of the board file that are no pins. */
  readonly fields?: readonly string[];
  /** The values of fields that have no default, as the board file has them, for a part that is new. */
  readonly initial?: Readonly<Record<string, unknown>>;
  /** Whether the emulator has to simulate it: {@link SimulatedKind}. */
  readonly isSimulated?: true;
  /** The keys that hold something of a part down; that in its field `key` if this is not given. */
  keys?(part: P): readonly Key[];
  /** Reads what only this type has. */
  read(part: PartReader): Omit<P, keyof Part>;
}

/** A type of part whose parts the emulator gets as they were read, to simulate what they do. */
export interface SimulatedKind<P extends Part> extends Kind<P> {
  readonly isSimulated: true;
}

export const GND: Supply = { name: 'GND' };
export const V3: Supply = { name: '3V3' };
export const V5: Supply = { name: '5V' };
export const COM: Supply = { name: 'COM' };

/** What the lamps of a part have in common: ground, so that a lamp is lit while its pin is high, or 3.3 V, so that it is lit while that is low. */
export type Common = 'cathode' | 'anode';
export const COMMONS: readonly Common[] = ['cathode', 'anode'];

/** The terminals of a part on I2C. */
export const I2C: readonly (Connection | Supply)[] = [
  { field: 'sda', name: 'SDA', pins: 'sda', isShared: true },
  { field: 'scl', name: 'SCL', pins: 'scl', isShared: true },
  V3,
  GND,
];

/** A part on I2C. */
export interface I2cPart extends Part {
  readonly sda: number;
  readonly scl: number;
  readonly address: number;
}
