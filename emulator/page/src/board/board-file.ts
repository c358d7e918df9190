import { printable } from '../../../src/printable.js';
import { BoardError, type Fields, PartReader, quote } from './board-reader.js';
import { type BoardPart, fieldsOf, keysOf, kindOf, PART_TYPES, wiresOf } from './kinds/index.js';

export { BoardError } from './board-reader.js';

/** What is around the Pico. */
export interface Board {
  readonly parts: readonly BoardPart[];
}

/** For a program that does not say what it wants: a button, and the Pico's own LED. */
export const DEFAULT_BOARD: Board = {
  parts: [{ id: 'button', type: 'pushbutton', label: 'Button', color: '#e03131', pin: 15, key: ' ' }],
};

/** The same as a board file. */
export const DEFAULT_BOARD_TEXT = '{ "parts": [{ "id": "button", "type": "pushbutton", "pin": "GP15", "key": "Space" }] }';

const MOST_PARTS = 24;

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
  const type = reader.oneOf('type', PART_TYPES);
  const known = fieldsOf(type);
  const unknown = Object.keys(part).find((field) => !known.includes(field));
  if (unknown !== undefined) throw new BoardError(`part ${quote(id)} has an unknown field ${quote(unknown)}; a part of type ${quote(type)} has ${known.join(', ')}`);
  const kind = kindOf(type);
  return { type, id, label: reader.label(kind.label), color: reader.color(kind.color), ...kind.read(reader) } as BoardPart;
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
  const users = new Map<number, { id: string; field: string }>();
  for (const part of parts) {
    for (const { connection, pin } of wiresOf(part)) {
      const { field, isShared } = connection;
      const user = users.get(pin);
      if (user !== undefined && !(isShared === true && user.field === field)) {
        const other = user.id === part.id ? `its own field ${quote(user.field)}` : `part ${quote(user.id)}`;
        throw new BoardError(`part ${quote(part.id)}, field ${quote(field)}: GP${pin} is taken by ${other}`);
      }
      users.set(pin, { id: part.id, field });
    }
  }
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
  const users = new Map<string, string>();
  for (const part of parts) {
    for (const key of keysOf(part)) {
      const user = users.get(key);
      const [field, which] = 'key' in part ? ['key', 'the same key'] : ['keys', `the key ${quote(key)}`];
      if (user !== undefined) throw new BoardError(`part ${quote(part.id)}, field "${field}": ${which} is taken by part ${quote(user)}`);
      users.set(key, part.id);
    }
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
