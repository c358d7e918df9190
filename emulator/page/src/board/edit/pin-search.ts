import { parseBoard } from '../board-file.js';
import { BoardError, type Fields } from '../board-reader.js';
import { kindOf, type PartType, wiresOf } from '../kinds/index.js';
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

/** The fields that are to get pins, and the pins to be tried for each, in this order. */
type Open = readonly (readonly [field: string, gpios: readonly number[]])[];

/** Where UART0 writes what a program prints: the last that are taken for a part. */
const CONSOLE_PINS = [0, 1];
/** Far more than any part needs that can be wired at all. */
const MOST_TRIES = 500;
/** Farther than any two pins. */
const FAR = 100;

/** Finds pins for a part beside others, which are right. Whether a wire is right is for parseBoard() to say. */
export class PinSearch {
  /** Those of the others. */
  private readonly wires: ReturnType<typeof wiresOf>;
  private readonly connections: readonly Connection[];
  private tries = 0;

  constructor(
    private readonly others: readonly Fields[],
    private readonly type: PartType,
  ) {
    this.wires = parseBoard(JSON.stringify({ parts: others })).parts.flatMap((part) => wiresOf(part));
    this.connections = connectionsOf(type);
  }

  /** What is wrong with the part. */
  refusal(part: Fields): BoardError | undefined {
    try {
      parseBoard(JSON.stringify({ parts: [...this.others, part] })); // the last is the one that is said to be wrong
      return undefined;
    } catch (error) {
      if (error instanceof BoardError) return error;
      throw error;
    }
  }

  /**
   * A new part with the first free pins that fit; on a bus that is there already, if it has an address to spare.
   *
   * @throws BoardError
   */
  wireNew(part: Fields): Fields {
    const refusal = this.refusal(part);
    if (refusal !== undefined && refusal.field === undefined) throw refusal; // that has nothing to do with its pins
    const free = ({ field, pins }: Connection): readonly number[] => {
      const all = pinsFor(pins).filter((gpio) => !this.isTaken(field, gpio));
      return [...all.filter((gpio) => !CONSOLE_PINS.includes(gpio)), ...all.filter((gpio) => CONSOLE_PINS.includes(gpio))];
    };
    const onBus = this.connections.map((connection) => [connection.field, connection.isShared === true ? this.pinsOfBus(connection.field) : free(connection)] as const);
    const anywhere = this.connections.map((connection) => [connection.field, [...this.pinsOfBus(connection.field), ...free(connection)]] as const);
    const addresses = addressesOf(this.type).map((address, index): Fields => (index === 0 ? {} : { address }));
    for (const open of [onBus, anywhere]) {
      for (const address of addresses.length === 0 ? [{}] : addresses) {
        const found = this.find({ ...part, ...address }, open);
        if (found !== undefined) return found;
      }
    }
    throw new BoardError(`there are no free pins for another ${kindOf(this.type).title}: remove or rewire a part first`);
  }

  /** What becomes of each pin at the edge if a terminal of the part is wired to it. */
  choices(part: Fields, field: string): readonly PinChoice[] {
    return pinsFor().map((gpio) => this.choice(part, field, gpio));
  }

  /** What becomes of one pin. */
  choice(part: Fields, field: string, gpio: number): PinChoice {
    const wired = { ...part, [field]: nameOf(gpio) };
    const refusal = this.refusal(wired);
    if (refusal === undefined) return { gpio, part: wired, reason: '' };
    const use = this.connections.find((connection) => connection.field === field)?.pins;
    const moved = fits(gpio, use) && !this.isTaken(field, gpio) ? this.moveAlong(part, wired, field) : undefined;
    return { gpio, part: moved, reason: moved === undefined ? sentenceOn(gpio, reasonOf(refusal)) : '' };
  }

  /** Finds the other wires of the part pins: those that may stay, do; one whose pin is taken away gets the one that is let go of, or one close by. */
  private moveAlong(part: Fields, wired: Fields, field: string): Fields | undefined {
    const rest = this.connections.filter((other) => other.field !== field && Object.hasOwn(part, other.field));
    const used = rest.map((other) => part[other.field]);
    const distance = (gpio: number): number => (part[field] === nameOf(gpio) ? -1 : Math.abs(gpio - gpioOf(wired[field])) + (used.includes(nameOf(gpio)) ? FAR : 0));
    const open = rest.map((other) => {
      const current = gpioOf(part[other.field]);
      const free = pinsFor(other.pins).filter((gpio) => gpio !== current && !this.isTaken(other.field, gpio));
      return [other.field, [current, ...[...free].sort((a, b) => distance(a) - distance(b))]] as const;
    });
    const bare = Object.fromEntries(Object.entries(wired).filter(([name]) => !open.some(([opened]) => opened === name)));
    const found = this.find(bare, open);
    return found && Object.fromEntries(Object.keys(wired).map((name) => [name, found[name]]));
  }

  private find(part: Fields, open: Open): Fields | undefined {
    this.tries = 0;
    return this.complete(part, open);
  }

  /** The part with all its fields, the first that is right: tries pins for one after the other, and goes back where none is left. */
  private complete(part: Fields, [next, ...rest]: Open): Fields | undefined {
    if (next === undefined) return this.isRefused(part, []) ? undefined : part;
    const [field, gpios] = next;
    for (const gpio of gpios) {
      if (this.tries > MOST_TRIES) return undefined;
      const name = nameOf(gpio);
      if (Object.values(part).includes(name)) continue;
      const tried = { ...part, [field]: name };
      if (rest.length > 0 && this.isRefused(tried, rest.map(([later]) => later))) continue;
      const found = this.complete(tried, rest);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether anything is wrong but that fields are missing. */
  private isRefused(part: Fields, missing: readonly string[]): boolean {
    this.tries++;
    const refusal = this.refusal(part);
    return refusal !== undefined && (refusal.field === undefined || !missing.includes(refusal.field));
  }

  /** Whether another part has a pin for itself, or for another line of a bus. */
  private isTaken(field: string, gpio: number): boolean {
    return this.wires.some(({ connection, pin }) => pin === gpio && !(connection.isShared === true && connection.field === field));
  }

  /** The pins that this line of a bus is on already. */
  private pinsOfBus(field: string): readonly number[] {
    return [...new Set(this.wires.flatMap(({ connection, pin }) => (connection.isShared === true && connection.field === field ? [pin] : [])))];
  }
}

/** The terminals of a type that lead to pins. */
export function connectionsOf(type: PartType): readonly Connection[] {
  return kindOf(type).terminals.flatMap((terminal) => (terminal.field === undefined ? [] : [terminal]));
}

/** What is wrong, without the part and the field where those are known anyway. */
export function reasonOf({ message }: BoardError): string {
  return message.replace(/^part "[^"]*"(, field "[^"]*")?:? /, '');
}

export function nameOf(gpio: number): string {
  return `GP${gpio}`;
}

/** Most reasons begin with the pin's name. */
function sentenceOn(gpio: number, reason: string): string {
  return reason.startsWith(`${nameOf(gpio)} `) ? reason : `${nameOf(gpio)} cannot be used: ${reason}`;
}

function gpioOf(name: unknown): number {
  return Number(String(name).slice(2));
}
