import { arcTangent, cosine, exponential, logarithm, sine, tangent } from './elementary.js';
import { scale, toFixed, toOdd } from './fixed-point.js';
import { DOUBLE, type FloatFormat, SINGLE } from './float-format.js';
import type { RomFunction } from './rom-call.js';

const INT32 = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const UINT32 = [0n, 2n ** 32n - 1n] as const;
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UINT64 = [0n, 2n ** 64n - 1n] as const;

/** An entry of a table: the function's name, and the cycles that it takes. */
type Entry = readonly [name: string, cycles: number, compute: (registers: Uint32Array) => void];

/**
 * The functions of the table for a format, in its order: RP2040 datasheet 2.8.3.2.2. Sums, products, quotients and roots are rounded correctly; a
 * result that has no value, as infinity minus infinity, is an infinity.
 *
 * @param cycles what each takes, in the same order
 */
export function floatFunctions(format: FloatFormat, cycles: readonly number[]): { readonly name: string; readonly run: RomFunction }[] {
  const prefix = format === SINGLE ? 'f' : 'd';
  return entries(format, cycles).map(([name, count, compute]) => ({
    name: prefix + name,
    run: ({ registers }) => {
      compute(registers);
      return count;
    },
  }));
}

function entries(format: FloatFormat, cycles: readonly number[]): Entry[] {
  const { words } = format;
  const first = (registers: Uint32Array): number => format.read(registers, 0);
  const second = (registers: Uint32Array): number => format.read(registers, words);
  /** A result that is no number has the sign that is given, and is infinite. */
  const give = (registers: Uint32Array, value: number, sign = 1, at = 0): void => format.write(registers, at, Number.isNaN(value) ? sign * Infinity : value);

  const binary = (compute: (a: number, b: number) => number, sign: (a: number, b: number) => number) => (registers: Uint32Array): void => {
    const [a, b] = [first(registers), second(registers)];
    give(registers, compute(a, b), sign(a, b));
  };
  const unary = (compute: (a: number) => number) => (registers: Uint32Array): void => give(registers, compute(first(registers)));
  const signOfFirst = (a: number): number => (isNegative(a) ? -1 : 1);
  const signOfBoth = (a: number, b: number): number => (isNegative(a) === isNegative(b) ? 1 : -1);

  const toInteger = ([least, most]: readonly [bigint, bigint], isFixed: boolean) => (registers: Uint32Array): void => {
    const bits = isFixed ? (registers[words] as number) | 0 : 0;
    const value = BigInt.asUintN(64, toFixed(first(registers), bits, least, most));
    registers[0] = Number(value & 0xffffffffn);
    if (most > UINT32[1]) registers[1] = Number(value >> 32n);
  };
  const fromInteger = (size: 1 | 2, isSigned: boolean, isFixed: boolean) => (registers: Uint32Array): void => {
    const [low, high] = [registers[0] as number, registers[1] as number];
    const value = size === 1 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
    const signed = isSigned ? BigInt.asIntN(32 * size, value) : value;
    const bits = isFixed ? (registers[size] as number) | 0 : 0;
    give(registers, scale(format === SINGLE ? toOdd(signed) : Number(signed), -bits));
  };
  const compare = (registers: Uint32Array): void => {
    const [a, b] = [first(registers), second(registers)];
    registers[0] = a < b ? -1 : a > b ? 1 : 0;
  };
  const sineAndCosine = (registers: Uint32Array): void => {
    const angle = first(registers);
    give(registers, sine(angle));
    give(registers, cosine(angle), 1, words);
  };
  const convert = (registers: Uint32Array): void => (format === SINGLE ? DOUBLE : SINGLE).write(registers, 0, first(registers));

  const list: readonly (readonly [string, (registers: Uint32Array) => void])[] = [
    ['add', binary((a, b) => a + b, signOfFirst)],
    ['sub', binary((a, b) => a - b, signOfFirst)],
    ['mul', binary((a, b) => a * b, signOfBoth)],
    ['div', binary((a, b) => a / b, signOfBoth)],
    ['cmp_fast', compare],
    ['cmp_fast_flags', compare],
    ['sqrt', unary((a) => (a < 0 ? -Infinity : Math.sqrt(a)))],
    ['2int', toInteger(INT32, false)],
    ['2fix', toInteger(INT32, true)],
    ['2uint', toInteger(UINT32, false)],
    ['2ufix', toInteger(UINT32, true)],
    ['_from_int', fromInteger(1, true, false)],
    ['_from_fix', fromInteger(1, true, true)],
    ['_from_uint', fromInteger(1, false, false)],
    ['_from_ufix', fromInteger(1, false, true)],
    ['cos', unary(cosine)],
    // The single one gives the cosine behind the sine in each version of the ROM: so does that of the Pico SDK expect it.
    ['sin', format === SINGLE ? sineAndCosine : unary(sine)],
    ['tan', unary(tangent)],
    ['sincos', sineAndCosine],
    ['exp', unary(exponential)],
    ['ln', unary(logarithm)],
    ['cmp', compare],
    ['atan2', binary(arcTangent, signOfFirst)],
    ['_from_int64', fromInteger(2, true, false)],
    ['_from_fix64', fromInteger(2, true, true)],
    ['_from_uint64', fromInteger(2, false, false)],
    ['_from_ufix64', fromInteger(2, false, true)],
    ['2int64', toInteger(INT64, false)],
    ['2fix64', toInteger(INT64, true)],
    ['2uint64', toInteger(UINT64, false)],
    ['2ufix64', toInteger(UINT64, true)],
    [format === SINGLE ? '2double' : '2float', convert],
  ];
  return list.map(([name, compute], index) => [name, cycles[index] as number, compute]);
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}
