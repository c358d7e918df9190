import type { PixelOrder } from '../../../src/devices/neopixel.js';
import { printable } from '../../../src/printable.js';
import { BoardError, type Fields, PartReader, quote } from './board-reader.js';

export { BoardError } from './board-reader.js';

interface Part {
  /** Names the part in messages, and a device to the emulator. */
  readonly id: string;
  /** What stands beside it on the page. */
  readonly label: string;
  /** A colour as CSS writes it, for the wires and for the part where it has one. */
  readonly color: string;
}

/** A key of the keyboard, as `KeyboardEvent.key` has it. */
type Key = string;

/** Between a pin and ground, over a resistor: lit while the pin is high. */
export interface LedPart extends Part {
  readonly type: 'led';
  readonly pin: number;
}

/** Between a pin and ground. */
export interface PushbuttonPart extends Part {
  readonly type: 'pushbutton';
  readonly pin: number;
  readonly key: Key | undefined;
}

/** From 3.3 V to ground, its wiper on an input of the converter. */
export interface PotentiometerPart extends Part {
  readonly type: 'potentiometer';
  readonly pin: number;
  /** Where it stands at first, from 0 to 1. */
  readonly value: number;
}

/** A KY-040: two contacts that close one after the other, and a third that closes when the knob is pressed. */
export interface EncoderPart extends Part {
  readonly type: 'encoder';
  readonly clk: number;
  readonly dt: number;
  readonly sw: number | undefined;
  /** Presses the knob. */
  readonly key: Key | undefined;
}

interface I2cPart extends Part {
  readonly sda: number;
  readonly scl: number;
  readonly address: number;
}

/** A display of 128 by 64 pixels. */
export interface DisplayPart extends I2cPart {
  readonly type: 'ssd1306';
}

/** A sensor of temperature, pressure and humidity. */
export interface WeatherPart extends I2cPart {
  readonly type: 'bme280';
}

/** A strip of WS2812 on one wire. */
export interface NeoPixelPart extends Part {
  readonly type: 'neopixel';
  /** The pin to DIN of the first pixel. */
  readonly din: number;
  /** How many pixels there are. */
  readonly pixels: number;
  readonly order: PixelOrder;
}

export type BoardPart = LedPart | PushbuttonPart | PotentiometerPart | EncoderPart | DisplayPart | WeatherPart | NeoPixelPart;

/** What is around the Pico. */
export interface Board {
  readonly parts: readonly BoardPart[];
}

/** For a program that does not say what it wants: a button, and the Pico's own LED. */
export const DEFAULT_BOARD: Board = {
  parts: [{ id: 'button', type: 'pushbutton', label: 'Button', color: '#e03131', pin: 15, key: ' ' }],
};

const MOST_PARTS = 24;
const MOST_PIXELS = 64;
const PIXEL_ORDERS: readonly PixelOrder[] = ['grb', 'rgb', 'grbw'];

const READERS: Readonly<Record<BoardPart['type'], (part: PartReader) => BoardPart>> = {
  led: (part) => ({ type: 'led', ...common(part, 'LED', 'red'), pin: part.pin('pin') }),
  pushbutton: (part) => ({ type: 'pushbutton', ...common(part, 'Button', 'red'), pin: part.pin('pin'), key: part.key() }),
  potentiometer: (part) => ({ type: 'potentiometer', ...common(part, 'Potentiometer', 'orange'), pin: part.analogPin('pin'), value: part.share('value', 0.5) }),
  encoder: (part) => {
    const sw = part.has('sw') ? part.pin('sw') : undefined;
    const key = part.key();
    if (key !== undefined && sw === undefined) throw part.error('key', 'presses the knob, which needs the pin "sw"');
    return { type: 'encoder', ...common(part, 'Encoder', 'purple'), clk: part.pin('clk'), dt: part.pin('dt'), sw, key };
  },
  ssd1306: (part) => ({ type: 'ssd1306', ...common(part, 'Display', 'blue'), ...part.i2c([0x3c, 0x3d]) }),
  bme280: (part) => ({ type: 'bme280', ...common(part, 'Weather', 'green'), ...part.i2c([0x76, 0x77]) }),
  neopixel: (part) => ({
    type: 'neopixel',
    ...common(part, 'NeoPixel', 'green'),
    din: part.pin('din'),
    pixels: part.count('pixels', MOST_PIXELS),
    order: part.has('order') ? (part.oneOf('order', PIXEL_ORDERS) as PixelOrder) : 'grb',
  }),
};

const FIELDS: Readonly<Record<BoardPart['type'], readonly string[]>> = {
  led: ['pin'],
  pushbutton: ['pin', 'key'],
  potentiometer: ['pin', 'value'],
  encoder: ['clk', 'dt', 'sw', 'key'],
  ssd1306: ['sda', 'scl', 'address'],
  bme280: ['sda', 'scl', 'address'],
  neopixel: ['din', 'pixels', 'order'],
};

/**
 * Reads a board file: JSON, described in docs/board_file.md.
 *
 * @throws BoardError that names the part and the field
 */
export function parseBoard(text: string): Board {
  const file = parseJson(text);
  if (!isObject(file)) throw new BoardError('a board is an object with the field "parts"');
  const unknown = Object.keys(file).find((field) => field !== 'parts');
  if (unknown !== undefined) throw new BoardError(`a board has no field ${quote(unknown)}; all it has is "parts"`);
  const { parts } = file;
  if (!Array.isArray(parts)) throw new BoardError(parts === undefined ? 'the field "parts" is missing' : '"parts" is not a list');
  if (parts.length > MOST_PARTS) throw new BoardError(`there are ${parts.length} parts; at most ${MOST_PARTS} have room`);
  const board = { parts: parts.map((part: unknown, index) => parsePart(part, index)) };
  checkIds(board);
  checkPins(board);
  checkAddresses(board);
  checkKeys(board);
  return board;
}

/** The pins that a part is wired to, by the names of its own connections. */
export function wiresOf(part: BoardPart): readonly (readonly [name: string, pin: number])[] {
  switch (part.type) {
    case 'led':
    case 'pushbutton':
    case 'potentiometer':
      return [['pin', part.pin]];
    case 'encoder':
      return [['clk', part.clk], ['dt', part.dt], ...(part.sw === undefined ? [] : [['sw', part.sw] as const])];
    case 'neopixel':
      return [['din', part.din]];
    case 'ssd1306':
    case 'bme280':
      return [['sda', part.sda], ['scl', part.scl]];
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const message = printable((error as Error).message);
    const position = /position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? '' : `, line ${text.slice(0, Number(position)).split('\n').length}`;
    throw new BoardError(`not JSON${line}: ${message}`);
  }
}

function parsePart(part: unknown, index: number): BoardPart {
  if (!isObject(part)) throw new BoardError(`part ${index + 1} is not an object`);
  const reader = new PartReader(part, index);
  const id = reader.id();
  const type = reader.oneOf('type', Object.keys(READERS)) as BoardPart['type'];
  const known = ['id', 'type', 'label', 'color', ...FIELDS[type]];
  const unknown = Object.keys(part).find((field) => !known.includes(field));
  if (unknown !== undefined) throw new BoardError(`part ${quote(id)} has an unknown field ${quote(unknown)}; a part of type ${quote(type)} has ${known.join(', ')}`);
  return READERS[type](reader);
}

function common(part: PartReader, label: string, color: string): Part {
  return { id: part.id(), label: part.label(label), color: part.color(color) };
}

function checkIds({ parts }: Board): void {
  const seen = new Set<string>();
  for (const { id } of parts) {
    if (seen.has(id)) throw new BoardError(`part ${quote(id)}, field "id": another part has this name`);
    seen.add(id);
  }
}

/** Only the pins of a bus are for more than one. */
function checkPins({ parts }: Board): void {
  const users = new Map<number, { id: string; name: string }>();
  for (const part of parts) {
    for (const [name, pin] of wiresOf(part)) {
      const user = users.get(pin);
      if (user !== undefined && !(isBusPin(name) && user.name === name)) {
        const other = user.id === part.id ? `its own field ${quote(user.name)}` : `part ${quote(user.id)}`;
        throw new BoardError(`part ${quote(part.id)}, field ${quote(name)}: GP${pin} is taken by ${other}`);
      }
      users.set(pin, { id: part.id, name });
    }
  }
}

function isBusPin(name: string): boolean {
  return name === 'sda' || name === 'scl';
}

function checkAddresses({ parts }: Board): void {
  const users = new Map<string, string>();
  for (const part of parts) {
    if (!('address' in part)) continue;
    const place = `${(part.sda >> 1) & 1}:${part.address}`;
    const user = users.get(place);
    if (user !== undefined) throw new BoardError(`part ${quote(part.id)}, field "address": part ${quote(user)} answers to 0x${part.address.toString(16)} on the same bus`);
    users.set(place, part.id);
  }
}

function checkKeys({ parts }: Board): void {
  const users = new Map<Key, string>();
  for (const part of parts) {
    if (!('key' in part) || part.key === undefined) continue;
    const user = users.get(part.key);
    if (user !== undefined) throw new BoardError(`part ${quote(part.id)}, field "key": the same key is taken by part ${quote(user)}`);
    users.set(part.key, part.id);
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
