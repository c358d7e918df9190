import { printable } from '../../../src/printable.js';
import { LED_GPIO, pinOfGpio } from './pinout.js';

/** A board file that cannot be understood, with the reason in words for the user. */
export class BoardError extends Error {
  override readonly name = 'BoardError';

  /** @param field of the part that cannot be understood by itself, where it is one */
  constructor(message: string, readonly field?: string) {
    super(message);
  }
}

export type Fields = Readonly<Record<string, unknown>>;

const LONGEST_ID = 32;
const LONGEST_LABEL = 24;
const PINS = 'the pins at the edge are GP0 to GP22 and GP26 to GP28';

/** Colours by name, chosen so that wires of all of them can be told apart, in light and dark. */
const COLORS: Readonly<Record<string, string>> = {
  red: '#e03131',
  orange: '#f08c00',
  yellow: '#fcc419',
  green: '#2f9e44',
  blue: '#1c7ed6',
  purple: '#9c36b5',
  white: '#f1f3f5',
  gray: '#868e96',
};

/** Keys whose names are not what they type, as board files write them and as `KeyboardEvent.key` does. */
const KEYS: Readonly<Record<string, string>> = {
  ' ': ' ',
  Space: ' ',
  Enter: 'Enter',
  ArrowUp: 'ArrowUp',
  ArrowDown: 'ArrowDown',
  ArrowLeft: 'ArrowLeft',
  ArrowRight: 'ArrowRight',
};

export const COLOR_NAMES: readonly string[] = Object.keys(COLORS);
/** As board files write them. */
export const KEY_NAMES: readonly string[] = Object.keys(KEYS).slice(1);

/** What is read from a board file is quoted in messages, but not at any length or depth. */
export function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = printable(JSON.stringify(value) ?? String(value));
  return text.length > 40 ? `${text.slice(0, 36)}..."` : text;
}

/** Reads the fields of a part. What is wrong with one is thrown as a BoardError that names both. */
export class PartReader {
  constructor(
    private readonly fields: Fields,
    private readonly index: number,
  ) {}

  error(field: string, problem: string): BoardError {
    const { id } = this.fields;
    const part = typeof id === 'string' && field !== 'id' ? quote(id) : String(this.index + 1);
    return new BoardError(`part ${part}, field ${quote(field)}: ${problem}`, field);
  }

  has(field: string): boolean {
    return Object.hasOwn(this.fields, field);
  }

  id(): string {
    const id = this.text('id');
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(id) || id.length > LONGEST_ID) {
      throw this.error('id', `${quote(id)} is not a name; one begins with a letter, and has at most ${LONGEST_ID} letters, digits, _ and -`);
    }
    return id;
  }

  label(otherwise: string): string {
    if (!this.has('label')) return otherwise;
    const label = this.text('label').trim();
    if (label === '') throw this.error('label', 'is empty');
    if (label.length > LONGEST_LABEL) throw this.error('label', `has ${label.length} characters; at most ${LONGEST_LABEL} have room`);
    return label;
  }

  color(otherwise: string): string {
    const color = this.has('color') ? this.text('color') : otherwise;
    const named = Object.hasOwn(COLORS, color) ? COLORS[color] : undefined;
    if (named !== undefined) return named;
    if (/^#[0-9a-f]{6}$/i.test(color)) return color.toLowerCase();
    throw this.error('color', `${quote(color)} is not a colour; write one of ${COLOR_NAMES.join(', ')}, or #rrggbb`);
  }

  /** @param otherwise where there is no such field; it has to be there without it */
  oneOf<T extends string>(field: string, choices: readonly T[], otherwise?: T): T {
    if (otherwise !== undefined && !this.has(field)) return otherwise;
    const value = this.text(field);
    const choice = choices.find((known) => known === value);
    if (choice === undefined) throw this.error(field, `${quote(value)} is not one of ${choices.join(', ')}`);
    return choice;
  }

  /** A GPIO that has a pin at the edge of the board. */
  pin(field: string): number {
    const value = this.text(field);
    const gpio = Number(/^GP(\d|1\d|2\d)$/i.exec(value)?.[1] ?? NaN);
    if (gpio === LED_GPIO) throw this.error(field, `GP${LED_GPIO} is the LED on the Pico, and has no pin at the edge; ${PINS}`);
    if (pinOfGpio(gpio) === undefined) throw this.error(field, `${quote(value)} is not a pin; ${PINS}`);
    return gpio;
  }

  analogPin(field: string): number {
    const gpio = this.pin(field);
    if (gpio < 26) throw this.error(field, `GP${gpio} has no analog input; GP26, GP27 and GP28 have`);
    return gpio;
  }

  /** A number from 0 to 1. */
  share(field: string, otherwise: number): number {
    if (!this.has(field)) return otherwise;
    const value = this.fields[field];
    if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw this.error(field, `${quote(value)} is not a number from 0 to 1`);
    return value;
  }

  /** A whole number from 1 on. */
  count(field: string, most: number): number {
    if (!this.has(field)) throw this.error(field, 'is missing');
    const value = this.fields[field];
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > most) throw this.error(field, `${quote(value)} is not a whole number from 1 to ${most}`);
    return value as number;
  }

  /** A level, 0 where there is none. */
  level(field: string): 0 | 1 {
    const value = this.has(field) ? this.fields[field] : 0;
    if (value !== 0 && value !== 1) throw this.error(field, `${quote(value)} is not 0 or 1`);
    return value;
  }

  /** False where there is none. */
  flag(field: string): boolean {
    if (!this.has(field)) return false;
    const value = this.fields[field];
    if (typeof value !== 'boolean') throw this.error(field, `${quote(value)} is not true or false`);
    return value;
  }

  /** A number of seconds, above 0. */
  seconds(field: string, otherwise: number, most: number): number {
    if (!this.has(field)) return otherwise;
    const value = this.fields[field];
    if (typeof value !== 'number' || !(value > 0 && value <= most)) throw this.error(field, `${quote(value)} is not a number of seconds, above 0 and at most ${most}`);
    return value;
  }

  key(): string | undefined {
    if (!this.has('key')) return undefined;
    const value = this.text('key');
    const named = Object.hasOwn(KEYS, value) ? KEYS[value] : undefined;
    if (named !== undefined) return named;
    if (/^[!-~]$/.test(value)) return value.toLowerCase();
    throw this.error('key', `${quote(value)} is not a key; write a character, or one of ${KEY_NAMES.join(', ')}`);
  }

  /** The pins of a bus, which must be those of the same controller, and an address on it: the first of the choices where there is none. */
  i2c(choices: readonly number[]): { sda: number; scl: number; address: number } {
    const [sda, scl] = [this.pin('sda'), this.pin('scl')];
    if (sda % 2 !== 0) throw this.error('sda', `GP${sda} is SCL of I2C${busOf(sda)}; SDA is on the pins with an even number`);
    if (scl % 2 === 0) throw this.error('scl', `GP${scl} is SDA of I2C${busOf(scl)}; SCL is on the pins with an odd number`);
    if (busOf(sda) !== busOf(scl)) throw this.error('scl', `GP${scl} is of I2C${busOf(scl)}, but SDA on GP${sda} is of I2C${busOf(sda)}`);
    if (!this.has('address')) return { sda, scl, address: choices[0] as number };
    const value = this.fields['address'];
    const address = typeof value === 'string' && /^0x[0-9a-f]{1,2}$/i.test(value) ? Number(value) : value;
    if (!choices.includes(address as number)) throw this.error('address', `${quote(value)} is not one of ${choices.map((choice) => `"0x${choice.toString(16)}"`).join(', ')}`);
    return { sda, scl, address: address as number };
  }

  /** The pins of a bus on which the chip only sends, which must be those of the same controller. */
  spi(): { sck: number; mosi: number } {
    const [sck, mosi] = [this.pin('sck'), this.pin('mosi')];
    if (sck % 4 !== 2) throw this.error('sck', `GP${sck} has no clock of SPI; GP2, 6, 10, 14, 18, 22 and 26 have`);
    if (mosi % 4 !== 3) throw this.error('mosi', `GP${mosi} sends nothing over SPI; GP3, 7, 11, 15, 19 and 27 do`);
    if (spiOf(sck) !== spiOf(mosi)) throw this.error('mosi', `GP${mosi} is of SPI${spiOf(mosi)}, but the clock on GP${sck} is of SPI${spiOf(sck)}`);
    return { sck, mosi };
  }

  private text(field: string): string {
    if (!this.has(field)) throw this.error(field, 'is missing');
    const value = this.fields[field];
    if (typeof value !== 'string') throw this.error(field, `${quote(value)} is not a text`);
    return value;
  }
}

/** Which of the two I2C controllers a pin belongs to. */
function busOf(gpio: number): number {
  return (gpio >> 1) & 1;
}

/** Which of the two SPI controllers a pin belongs to. */
export function spiOf(gpio: number): 0 | 1 {
  return ((gpio >> 3) & 1) as 0 | 1;
}
