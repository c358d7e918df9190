import { PC, type RomCaller, type RomFunction } from './rom-call.js';

/** Bytes between two moments at which an interrupt is taken: on silicon that is each instruction. */
const PIECE = 32;
const WORD = 4;
/** Estimates; the datasheet gives none that hold for each alignment. */
const CYCLES = { call: 8, setByte: 5, copyByte: 6, word: 4 } as const;

/** A function of two parts: each is told where the other is once the ROM is laid out. */
export interface TwoParts {
  readonly first: (second: number) => RomFunction;
  readonly second: (first: number) => RomFunction;
}

/**
 * Fills and copies memory: RP2040 datasheet 2.8.3.1.2. `MS` and `MC` take any alignment; `S4` and `C4` take words, and fault
 * where these are not aligned. All return their first argument, as the functions of C do.
 *
 * While they run, r3 is the next address to write, r1 the value or the next address to read, and r2 what is left.
 */
export const MEMORY_FUNCTIONS: Readonly<Record<string, TwoParts>> = {
  MS: { first: begin, second: () => pieceOf(set, false) },
  S4: { first: begin, second: () => pieceOf(set, true) },
  MC: { first: begin, second: () => pieceOf(copy, false) },
  C4: { first: begin, second: () => pieceOf(copy, true) },
};

function begin(second: number): RomFunction {
  return ({ registers }) => {
    if (registers[2] === 0) return CYCLES.call;
    registers[3] = registers[0] as number;
    registers[PC] = second;
    return -CYCLES.call;
  };
}

/** Does one unit of work at r3, and gives its cycles. */
type Unit = (caller: RomCaller, size: 1 | 4) => number;

function pieceOf(unit: Unit, wantsWords: boolean): RomFunction {
  return (caller) => {
    const { registers } = caller;
    let cycles = 0;
    const end = Math.max(0, (registers[2] as number) - PIECE);
    while ((registers[2] as number) > end) {
      const left = registers[2] as number;
      const size = left >= WORD && (wantsWords || areWords(caller, unit)) ? WORD : 1;
      cycles += unit(caller, size);
      registers[3] = (registers[3] as number) + size;
      registers[2] = left - size;
    }
    return registers[2] === 0 ? cycles : -cycles;
  };
}

function areWords({ registers }: RomCaller, unit: Unit): boolean {
  return ((registers[3] as number) & 3) === 0 && (unit === set || ((registers[1] as number) & 3) === 0);
}

function set(caller: RomCaller, size: 1 | 4): number {
  const [address, value] = [caller.registers[3] as number, (caller.registers[1] as number) & 0xff];
  if (size === 1) {
    caller.writeUint8(address, value);
    return CYCLES.setByte;
  }
  caller.writeUint32(address, (value * 0x01010101) >>> 0);
  return CYCLES.word;
}

function copy(caller: RomCaller, size: 1 | 4): number {
  const { registers } = caller;
  const [to, from] = [registers[3] as number, registers[1] as number];
  if (size === 1) caller.writeUint8(to, caller.readUint8(from));
  else caller.writeUint32(to, caller.readUint32(from));
  registers[1] = from + size;
  return size === 1 ? CYCLES.copyByte : CYCLES.word;
}
