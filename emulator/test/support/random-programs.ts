/** Random numbers that are the same in every run: xorshift, 32 bits. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (Math.imul(seed + 1, 0x9e3779b1) | 1) >>> 0;
    for (let i = 0; i < 4; i++) this.word();
  }

  word(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  /** 0 up to, but without, `limit`. */
  below(limit: number): number {
    return this.word() % limit;
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }
}

const RAM = 0x20000000;
/** Values at which something changes: in sums, in comparisons, or as the number of bits to shift by. */
export const EDGES = [0, 1, 2, 31, 32, 33, 255, 256, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];
/** Places of each kind of memory. Of the peripherals only those that do nothing by themselves. */
const PLACES = [
  RAM + 0x1000, RAM + 0x1100, RAM + 0x8000, RAM + 0x41f00, RAM + 0x41ffc, RAM, 0x10000100, 0x10000400, 0x10ffff00, 0x11000100, 0x100, 0x3ff0, 0x4000,
  0xd0000000, 0xd0000060, 0xd0000100, 0x40054028, 0x4005800c, 0xe000e010, 0xe000e100, 0xe000e200, 0xe000e280, 0xe000e400, 0xe000ed04, 0xe000ed1c, 0x15000000,
  0x1ffffffc, 0x30000000, 0x60000000, 0xfffffff9, 0xfffffff1,
];

/** A value that an instruction may get wrong. */
export function randomValue(dice: Dice, code: number): number {
  switch (dice.below(6)) {
    case 0:
      return dice.word();
    case 1:
      return dice.one(EDGES);
    case 2:
      return dice.one([0, 1, 31, 32, 33, 64, 255, dice.below(300)]);
    case 3:
      return (code + dice.below(256)) >>> 0;
    default:
      return (dice.one(PLACES) + (dice.below(4) === 0 ? dice.below(64) : 4 * dice.below(32))) >>> 0;
  }
}

/** Encodings with random operands, so that each is there often: the 32-bit ones are rare among random halfwords. */
export function randomInstruction(dice: Dice): number[] {
  const any = dice.word() & 0xffff;
  switch (dice.below(24)) {
    case 0:
      return [0xf000 | dice.below(0x800), 0xd000 | dice.below(0x1000) | 0x2000 * dice.below(2)]; // bl
    case 1:
      return [0xf3ef, 0x8000 | (dice.below(13) << 8) | dice.one([0, 1, 2, 3, 5, 6, 7, 8, 9, 16, 20, 77])]; // mrs
    case 2:
      return [0xf380 | dice.below(13), 0x8800 | dice.one([0, 1, 2, 3, 5, 8, 9, 9, 16, 20])]; // msr
    case 3:
      return [0xf3bf, dice.one([0x8f40, 0x8f50, 0x8f60]) | dice.below(16)]; // barriers
    case 4:
      return [0xd000 | dice.below(0xe00) & ~0xf0 | dice.below(4)]; // a short branch forward, with each condition
    case 5:
      return [0xd000 | (dice.below(14) << 8) | (0xf8 + dice.below(6))]; // or back
    case 6:
    case 7:
      return [0x4000 | dice.below(0x400)]; // data processing
    case 8:
    case 9:
      return [0x5000 | dice.below(0x1000)]; // loads and stores
    case 10:
    case 11:
      return [0x6000 | dice.below(0x4000)];
    case 12:
      return [dice.one([0xb400, 0xb500, 0xbc00, 0xbd00, 0xc000, 0xc800]) | dice.below(0x100)];
    case 13:
      return [0x4400 | dice.below(0x400)];
    case 14:
      return [dice.below(2) ? 0xb662 | (0x10 * dice.below(2)) : 0xbf00 | (dice.below(16) << 4)]; // cps, hints
    case 15:
    case 16:
      return [dice.below(0x4000)]; // shifts, sums, constants
    default:
      return [any];
  }
}

/** A program of about `length` halfwords. */
export function randomProgram(dice: Dice, length: number): number[] {
  const code: number[] = [];
  while (code.length < length) code.push(...randomInstruction(dice));
  return code;
}
