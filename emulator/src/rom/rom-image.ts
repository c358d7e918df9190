import type { TwoParts } from './memory-functions.js';
import type { RomFunction } from './rom-call.js';

const ROM_BYTES = 0x4000;
/** Functions take no room in this ROM but for their addresses; the tables and texts come behind them. */
const FIRST_FUNCTION = 0x200;
const FIRST_TABLE = 0x800;
/** What stands where a function is: a return, though nothing ever executes it. */
const BX_LR = 0x4770;
const FUNCTION_BYTES = 2;
const THUMB = 1;
const END_OF_TABLE = 0;

/** A function with its place in the ROM. */
interface Placed {
  readonly name: string;
  readonly run: RomFunction;
}

/** The contents of a ROM while they are laid out: functions by their addresses, words, texts and tables. */
export class RomImage {
  readonly words = new Uint32Array(ROM_BYTES / 4);

  private readonly view = new DataView(this.words.buffer);
  private readonly placed: (Placed | undefined)[] = [];
  private nextFunction = FIRST_FUNCTION;
  private nextTable = FIRST_TABLE;

  /** The function that begins at an address, or goes on there. */
  functionAt(address: number): Placed | undefined {
    return this.placed[address >>> 1];
  }

  /** Puts a function somewhere. @returns its address, to call it */
  addFunction(name: string, run: RomFunction): number {
    const address = this.nextFunction;
    this.nextFunction += FUNCTION_BYTES;
    this.placed[address >>> 1] = { name, run };
    this.view.setUint16(address, BX_LR, true);
    return address | THUMB;
  }

  addTwoParts(name: string, { first, second }: TwoParts): number {
    const address = this.nextFunction;
    const begin = this.addFunction(name, first(address + FUNCTION_BYTES));
    this.addFunction(name, second(address));
    return begin;
  }

  /** Puts instructions at an address, which the core executes as any other. */
  setCode(address: number, ...instructions: number[]): void {
    instructions.forEach((instruction, index) => this.view.setUint16(address + 2 * index, instruction, true));
  }

  setBytes(address: number, ...bytes: number[]): void {
    bytes.forEach((byte, index) => this.view.setUint8(address + index, byte));
  }

  setHalfword(address: number, value: number): void {
    this.view.setUint16(address, value, true);
  }

  setWord(address: number, value: number): void {
    this.view.setUint32(address, value, true);
  }

  addWords(values: readonly number[]): number {
    const address = this.reserve(4 * values.length);
    values.forEach((value, index) => this.setWord(address + 4 * index, value));
    return address;
  }

  /** A text that ends with a zero. */
  addText(text: string): number {
    const address = this.reserve(text.length + 1);
    this.setBytes(address, ...new TextEncoder().encode(text));
    return address;
  }

  /** A table for the look-up function: pairs of two letters and a 16-bit pointer. */
  addTable(entries: Readonly<Record<string, number>>): number {
    const pairs = Object.entries(entries).flatMap(([letters, pointer]) => [codeOf(letters), pointer]);
    const address = this.reserve(2 * (pairs.length + 1));
    [...pairs, END_OF_TABLE].forEach((value, index) => this.setHalfword(address + 2 * index, value));
    return address;
  }

  private reserve(bytes: number): number {
    const address = this.nextTable;
    this.nextTable += (bytes + 3) & ~3;
    return address;
  }
}

/** Two letters as a program asks for them. */
export function codeOf(letters: string): number {
  return letters.charCodeAt(0) | (letters.charCodeAt(1) << 8);
}
