import { powerOfTwo, scale } from './fixed-point.js';

/**
 * Sine, cosine, tangent, exponential, logarithm and arc tangent out of the four operations, which give the same everywhere: those of
 * JavaScript's `Math` differ in their last bits from engine to engine.
 *
 * Each brings its argument into a small range with constants of more than 53 bits, and sums up a power series there.
 */

/** Half of pi in three parts: the first two have 33 bits, so that their products with whole numbers are exact. */
const HALF_PI = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;
/** Half of pi in two parts: the nearest double, and what is left. */
const HALF_PI_NEAREST = [1.5707963267948966, 6.123233995736766e-17] as const;
const TWO_OVER_PI = 0.6366197723675814;
/** The logarithm of 2: the first part has 32 bits. */
const LN_2 = [0.6931471803691238, 1.9082149292705877e-10] as const;
const ONE_OVER_LN_2 = 1.4426950408889634;
const SQRT_2 = 1.4142135623730951;
const EXP_OVERFLOW = 709.79;
const EXP_UNDERFLOW = -745.14;

/** Arc tangents of 0/8 to 8/8: the nearest double, and what is left. */
const ARC_TANGENTS = [
  [0, 0], [0.12435499454676144, -3.1253241424539383e-18], [0.24497866312686414, 1.0698755618734451e-17], [0.35877067027057225, -2.4623815582638635e-17],
  [0.4636476090008061, 2.2698777452961687e-17], [0.5585993153435624, -5.4556305485916264e-18], [0.6435011087932844, 1.5834785051444286e-17],
  [0.7188299996216245, -2.1478388444456983e-17], [0.7853981633974483, 3.061616997868383e-17],
] as const;

const factorials = (from: number, count: number): number[] => {
  const coefficients: number[] = [];
  for (let n = from, sign = -1; coefficients.length < count; n += 2, sign = -sign) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    coefficients.push(sign / product);
  }
  return coefficients;
};
const odd = (from: number, count: number, alternating: boolean): number[] =>
  Array.from({ length: count }, (_, index) => (alternating && index % 2 === 0 ? -1 : 1) / (from + 2 * index));

/** Behind x: -1/3!, 1/5!, ... */
const SINE = factorials(3, 9);
/** Behind 1 - x²/2: 1/4!, -1/6!, ... */
const COSINE = factorials(4, 8).map((coefficient) => -coefficient);
/** Behind x: -1/3, 1/5, ... */
const ARC_TANGENT = odd(3, 7, true);
/** Of the area tangent, behind x: 1/3, 1/5, ... */
const AREA_TANGENT = odd(3, 11, false);
/** 1/2!, 1/3!, ... */
const EXPONENTIAL = Array.from({ length: 13 }, (_, index) => {
  let product = 1;
  for (let factor = 2; factor <= index + 2; factor++) product *= factor;
  return 1 / product;
});

export function sine(x: number): number {
  const { quadrant, high, low } = reduce(x);
  const value = quadrant & 1 ? nearCosine(high, low) : nearSine(high, low);
  return quadrant & 2 ? -value : value;
}

export function cosine(x: number): number {
  const { quadrant, high, low } = reduce(x);
  const value = quadrant & 1 ? nearSine(high, low) : nearCosine(high, low);
  return ((quadrant + 1) & 2) !== 0 ? -value : value;
}

export function tangent(x: number): number {
  const { quadrant, high, low } = reduce(x);
  const [s, c] = [nearSine(high, low), nearCosine(high, low)];
  return quadrant & 1 ? -c / s : s / c;
}

export function exponential(x: number): number {
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  const power = Math.round(x * ONE_OVER_LN_2);
  const high = x - power * LN_2[0];
  const low = power * LN_2[1];
  const r = high - low;
  return scale(1 + (high - low + r * r * polynomial(EXPONENTIAL, r)), power);
}

/** The natural logarithm; minus infinity for zero and below. */
export function logarithm(x: number): number {
  if (x <= 0) return -Infinity;
  if (x === Infinity) return x;
  let [mantissa, power] = [x, 0];
  for (const step of [512, 256, 128, 64, 32, 16, 8, 4, 2, 1]) {
    if (mantissa >= powerOfTwo(step)) [mantissa, power] = [mantissa * powerOfTwo(-step), power + step];
    else if (mantissa < powerOfTwo(-step)) [mantissa, power] = [mantissa * powerOfTwo(step), power - step];
  }
  while (mantissa < 1) [mantissa, power] = [mantissa * 2, power - 1];
  if (mantissa > SQRT_2) [mantissa, power] = [mantissa / 2, power + 1];
  // ln(1 + f) = f - (f²/2 - s(f²/2 + R)), where s = f / (2 + f) and R = 2s²(1/3 + s²/5 + ...): the first terms are exact.
  const f = mantissa - 1;
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  const rest = s * (half + 2 * s * s * polynomial(AREA_TANGENT, s * s));
  return power * LN_2[0] - (half - (rest + power * LN_2[1]) - f);
}

/** The angle of a point, from -pi to pi. */
export function arcTangent(y: number, x: number): number {
  const [height, width] = [Math.abs(y), Math.abs(x)];
  let angle: number;
  if (height === 0) angle = 0;
  else if (height === Infinity && width === Infinity) angle = ARC_TANGENTS[8][0];
  else if (height <= width) angle = nearArcTangent(height / width);
  else angle = HALF_PI_NEAREST[0] - (nearArcTangent(width / height) - HALF_PI_NEAREST[1]);
  if (x < 0 || Object.is(x, -0)) angle = 2 * HALF_PI_NEAREST[0] - (angle - 2 * HALF_PI_NEAREST[1]);
  return y < 0 || Object.is(y, -0) ? -angle : angle;
}

/** Of an x from 0 to 1. */
function nearArcTangent(x: number): number {
  const index = Math.round(8 * x);
  const [high, low] = ARC_TANGENTS[index] as readonly [number, number];
  const center = index / 8;
  const t = (x - center) / (1 + x * center);
  return high + (t + (low + t * t * t * polynomial(ARC_TANGENT, t * t)));
}

/** An angle as a multiple of a right angle, and what is left, in two parts. */
function reduce(x: number): { readonly quadrant: number; readonly high: number; readonly low: number } {
  const count = Math.round(x * TWO_OVER_PI);
  const first = x - count * HALF_PI[0];
  const second = count * HALF_PI[1];
  const between = first - second;
  const lost = first - between - second;
  const third = count * HALF_PI[2] - lost;
  const high = between - third;
  return { quadrant: ((count % 4) + 4) % 4, high, low: between - high - third };
}

function nearSine(x: number, tail: number): number {
  const z = x * x;
  return x + (x * z * polynomial(SINE, z) + tail * (1 - 0.5 * z));
}

function nearCosine(x: number, tail: number): number {
  const z = x * x;
  const half = 0.5 * z;
  const begin = 1 - half;
  return begin + (1 - begin - half + (z * z * polynomial(COSINE, z) - x * tail));
}

/** c0 + c1 x + c2 x² + ... */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let index = coefficients.length - 1; index >= 0; index--) sum = sum * x + (coefficients[index] as number);
  return sum;
}
