import { parseBoard } from '../board-file.js';
import { BoardError, type Fields } from '../board-reader.js';
import { type BoardPart, kindOf, type PartType, wiresOf } from '../kinds/index.js';
import type { Connection } from '../kinds/kind.js';
import { fits, pinsFor } from '../kinds/pin-use.js';
import { addressesOf } from './part-fields.js';

/** A pin at the edge that a terminal could be wired to. */
export interface PinChoice {
  readonly gpio: number;
  /** The part with that wire: its other wires are moved where the pin asks for it, as the two of a bus do. Undefined if it cannot be. */
  readonly part: Fields | undefined;
  /** Why it cannot be, in a sentence without its full stop. */
  readonly reason: string;
}

/** Where UART0 writes what a program prints: the last that are taken for a part. */
const CONSOLE_PINS = [0, 1];
/** Far more than any part needs that can be wired at all. */
const MOST_TRIES = 500;
/** Farther than any two pins. */
const FAR = 100;

/** The terminals of a type that lead to pins. */
export function connectionsOf(type: PartType): readonly Connection[] {
  return kindOf(type).terminals.flatMap((terminal) => (terminal.field === undefined ? [] : [terminal]));
}

/** What is wrong with a part beside others, which are right. */
export function refusalOf(others: readonly Fields[], part: Fields): BoardError | undefined {
  try {
    parseBoard(JSON.stringify({ parts: [...others, part] })); // the last is the one that is said to be wrong
    return undefined;
  } catch (error) {
    if (error instanceof BoardError) return error;
    throw error;
  }
}

/** The same without the part and the field, where those are known anyway. */
export function reasonOf({ message }: BoardError): string {
  return message.replace(/^part "[^"]*"(, field "[^"]*")?:? /, '');
}

/**
 * A new part with the first free pins that fit; on a bus that is there already, if it has an address to spare.
 *
 * @throws BoardError
 */
export function wireNew(others: readonly Fields[], part: Fields, type: PartType): Fields {
  const refusal = refusalOf(others, part);
  if (refusal !== undefined && refusal.field === undefined) throw refusal; // that has nothing to do with its pins
  const board = parseBoard(JSON.stringify({ parts: others }));
  const taken = new Set(board.parts.flatMap((other) => wiresOf(other).map(({ pin }) => pin)));
  const connections = connectionsOf(type);
  const free = ({ pins }: Connection): readonly number[] => {
    const all = pinsFor(pins).filter((gpio) => !taken.has(gpio));
    return [...all.filter((gpio) => !CONSOLE_PINS.includes(gpio)), ...all.filter((gpio) => CONSOLE_PINS.includes(gpio))];
  };
  const shared = ({ field, isShared }: Connection): readonly number[] => (isShared === true ? pinsInField(board.parts, field) : []);
  const onBus = connections.map((connection) => [connection.field, connection.isShared === true ? shared(connection) : free(connection)] as const);
  const anywhere = connections.map((connection) => [connection.field, [...shared(connection), ...free(connection)]] as const);
  const search = new Search(others);
  const addresses = addressesOf(type).map((address, index): Fields => (index === 0 ? {} : { address }));
  for (const pins of [onBus, anywhere]) {
    for (const address of addresses.length === 0 ? [{}] : addresses) {
      const found = search.complete({ ...part, ...address }, pins);
      if (found !== undefined) return found;
    }
  }
  throw new BoardError(`there are no free pins for another ${kindOf(type).title}: remove or rewire a part first`);
}

/** What becomes of each pin at the edge if a terminal of a part is wired to it. */
export function pinChoices(others: readonly Fields[], part: Fields, type: PartType, field: string): readonly PinChoice[] {
  return pinsFor().map((gpio) => pinChoice(others, part, type, field, gpio));
}

/** What becomes of one pin. */
export function pinChoice(others: readonly Fields[], part: Fields, type: PartType, field: string, gpio: number): PinChoice {
  const wired = { ...part, [field]: nameOf(gpio) };
  const refusal = refusalOf(others, wired);
  if (refusal === undefined) return { gpio, part: wired, reason: '' };
  const use = connectionsOf(type).find((connection) => connection.field === field)?.pins;
  const moved = fits(gpio, use) && !isTaken(others, field, gpio) ? moveAlong(others, part, wired, type, field) : undefined;
  return { gpio, part: moved, reason: moved === undefined ? sentenceOn(gpio, reasonOf(refusal)) : '' };
}

/** Most reasons begin with the pin's name. */
function sentenceOn(gpio: number, reason: string): string {
  return reason.startsWith(`${nameOf(gpio)} `) ? reason : `${nameOf(gpio)} cannot be used: ${reason}`;
}

/** Finds the other wires of the part pins: those that may stay, do; one whose pin is taken away gets the one that is let go of, or one close by. */
function moveAlong(others: readonly Fields[], part: Fields, wired: Fields, type: PartType, field: string): Fields | undefined {
  const rest = connectionsOf(type).filter((other) => other.field !== field && Object.hasOwn(part, other.field));
  const used = rest.map((other) => part[other.field]);
  const distance = (gpio: number): number => (part[field] === nameOf(gpio) ? -1 : Math.abs(gpio - gpioOf(wired[field])) + (used.includes(nameOf(gpio)) ? FAR : 0));
  const open = rest.map((other) => {
    const current = gpioOf(part[other.field]);
    const free = pinsFor(other.pins).filter((gpio) => gpio !== current && !isTaken(others, other.field, gpio));
    return [other.field, [current, ...[...free].sort((a, b) => distance(a) - distance(b))]] as const;
  });
  const bare = Object.fromEntries(Object.entries(wired).filter(([name]) => !open.some(([opened]) => opened === name)));
  const found = new Search(others).complete(bare, open);
  return found && Object.fromEntries(Object.keys(wired).map((name) => [name, found[name]]));
}

/** Tries pins for one field after the other, and goes back where none is left. */
class Search {
  private tries = 0;

  constructor(private readonly others: readonly Fields[]) {}

  /** The part with all its fields, the first that is right. */
  complete(part: Fields, open: readonly (readonly [field: string, gpios: readonly number[]])[]): Fields | undefined {
    const [next, ...rest] = open;
    if (next === undefined) return this.refusal(part) === undefined ? part : undefined;
    const [field, gpios] = next;
    for (const gpio of gpios) {
      if (this.tries > MOST_TRIES) return undefined;
      const name = nameOf(gpio);
      if (Object.values(part).includes(name)) continue;
      const tried = { ...part, [field]: name };
      if (rest.length > 0 && !this.mayBecomeRight(tried, rest.map(([later]) => later))) continue;
      const found = this.complete(tried, rest);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether all that is wrong is that fields are missing. */
  private mayBecomeRight(part: Fields, missing: readonly string[]): boolean {
    const refusal = this.refusal(part);
    return refusal === undefined || (refusal.field !== undefined && missing.includes(refusal.field));
  }

  private refusal(part: Fields): BoardError | undefined {
    this.tries++;
    return refusalOf(this.others, part);
  }
}

function isTaken(others: readonly Fields[], field: string, gpio: number): boolean {
  const { parts } = parseBoard(JSON.stringify({ parts: others }));
  return parts.some((part) => wiresOf(part).some(({ connection, pin }) => pin === gpio && !(connection.isShared === true && connection.field === field)));
}

function pinsInField(parts: readonly BoardPart[], field: string): readonly number[] {
  return [...new Set(parts.flatMap((part) => wiresOf(part).flatMap(({ connection, pin }) => (connection.isShared === true && connection.field === field ? [pin] : []))))];
}

export function nameOf(gpio: number): string {
  return `GP${gpio}`;
}

function gpioOf(name: unknown): number {
  return Number(String(name).slice(2));
}
