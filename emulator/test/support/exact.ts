/** A number as a fraction of whole numbers: numerator * 2 ** exponent, exactly. */
interface Binary {
  readonly numerator: bigint;
  readonly exponent: number;
}

/** How a format rounds: bits of the mantissa, and the exponents of its smallest and biggest full numbers. */
export interface Precision {
  readonly bits: number;
  readonly least: number;
  readonly most: number;
}
export const SINGLE_PRECISION: Precision = { bits: 24, least: -126, most: 127 };
export const DOUBLE_PRECISION: Precision = { bits: 53, least: -1022, most: 1023 };

/** Bits of a quotient or a root that are enough to round it, with one that tells of what is left. */
const ENOUGH = 300;

const lengthOf = (value: bigint): number => value.toString(2).length;
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** A finite double, exactly. */
export function exactly(value: number): Binary {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n);
  return { numerator: value < 0 ? -mantissa : mantissa, exponent: Math.max(1, exponent) - 1075 };
}

export function add(a: Binary, b: Binary): Binary {
  const exponent = Math.min(a.exponent, b.exponent);
  return { numerator: (a.numerator << BigInt(a.exponent - exponent)) + (b.numerator << BigInt(b.exponent - exponent)), exponent };
}

export function multiply(a: Binary, b: Binary): Binary {
  return { numerator: a.numerator * b.numerator, exponent: a.exponent + b.exponent };
}

/** A quotient as far as it needs to be known to round it. */
export function divide(a: Binary, b: Binary): Binary {
  const dividend = absolute(a.numerator) << BigInt(ENOUGH);
  const divisor = absolute(b.numerator);
  const quotient = dividend / divisor;
  const rest = quotient * divisor === dividend ? 0n : 1n;
  const sign = a.numerator < 0n !== b.numerator < 0n ? -1n : 1n;
  return { numerator: sign * (2n * quotient + rest), exponent: a.exponent - b.exponent - ENOUGH - 1 };
}

/** A square root, as far again. */
export function squareRoot({ numerator, exponent }: Binary): Binary {
  const shift = ENOUGH + ((ENOUGH + exponent) & 1);
  const square = numerator << BigInt(shift);
  let root = 1n << BigInt(Math.ceil(lengthOf(square) / 2));
  for (let next = (root + square / root) / 2n; next < root; next = (root + square / root) / 2n) root = next;
  return { numerator: 2n * root + (root * root === square ? 0n : 1n), exponent: (exponent - shift) / 2 - 1 };
}

/** To the nearest, ties to even; what is too small for a full mantissa is zero. */
export function round({ numerator, exponent }: Binary, { bits, least, most }: Precision): number {
  if (numerator === 0n) return 0;
  const magnitude = absolute(numerator);
  const extra = lengthOf(magnitude) - bits;
  let kept = extra > 0 ? magnitude >> BigInt(extra) : magnitude << BigInt(-extra);
  if (extra > 0) {
    const rest = magnitude - (kept << BigInt(extra));
    const half = 1n << BigInt(extra - 1);
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  }
  const leading = exponent + extra + lengthOf(kept) - 1;
  const sign = numerator < 0n ? -1 : 1;
  if (leading > most) return sign * Infinity;
  if (leading < least) return sign * 0;
  const power = exponent + extra;
  return sign * Number(kept) * 2 ** Math.max(power, -1022) * 2 ** Math.min(0, power + 1022);
}
