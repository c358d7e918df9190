const bits = new DataView(new ArrayBuffer(8));
const SINGLE_INFINITY = 0x7f800000;
const SIGN = 0x80000000;
const SMALLEST_SINGLE = 2 ** -126;
const SMALLEST_DOUBLE = 2 ** -1022;

/** Floating-point numbers as they lie in registers. Numbers too small for a full mantissa count as zero, and NaN as an infinity: RP2040 datasheet 2.8.3.2.1. */
export interface FloatFormat {
  /** How many registers one takes. */
  readonly words: 1 | 2;
  /** The number in the registers from `first` on. */
  read(registers: Uint32Array, first: number): number;
  /** Rounds to the nearest, ties to even, and puts that into the registers from `first` on. */
  write(registers: Uint32Array, first: number, value: number): void;
}

export const SINGLE: FloatFormat = {
  words: 1,
  read(registers, first) {
    const word = registers[first] as number;
    bits.setUint32(0, (word & ~SIGN) >>> 0 > SINGLE_INFINITY ? (word & SIGN) | SINGLE_INFINITY : word);
    return flush(bits.getFloat32(0), SMALLEST_SINGLE);
  },
  write(registers, first, value) {
    bits.setFloat32(0, flush(Math.fround(value), SMALLEST_SINGLE));
    registers[first] = bits.getUint32(0);
  },
};

export const DOUBLE: FloatFormat = {
  words: 2,
  read(registers, first) {
    const high = registers[first + 1] as number;
    bits.setUint32(0, high);
    bits.setUint32(4, registers[first] as number);
    const value = bits.getFloat64(0);
    if (Number.isNaN(value)) return high & SIGN ? -Infinity : Infinity;
    return flush(value, SMALLEST_DOUBLE);
  },
  write(registers, first, value) {
    bits.setFloat64(0, flush(value, SMALLEST_DOUBLE));
    registers[first] = bits.getUint32(4);
    registers[first + 1] = bits.getUint32(0);
  },
};

function flush(value: number, smallest: number): number {
  return Math.abs(value) < smallest ? (Object.is(Math.sign(value), -0) || value < 0 ? -0 : 0) : value;
}
