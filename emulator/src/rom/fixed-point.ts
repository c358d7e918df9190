/** A power of two that a double can have with a full mantissa, and that scales without losing any. */
const STEP = 1000;
const MOST_BITS = 2300;
const MANTISSA = 53;

const power = new DataView(new ArrayBuffer(8));
const EXPONENT_BIAS = 1023;
const EXPONENT_SHIFT = 20;

/** Of a whole exponent from -1000 to 1000, as its bits: engines may differ in what they make of powers. */
export function powerOfTwo(exponent: number): number {
  power.setUint32(0, (EXPONENT_BIAS + exponent) << EXPONENT_SHIFT);
  return power.getFloat64(0);
}

/** A number times a power of two. Exact unless the result is too small or too big for a double. */
export function scale(value: number, bits: number): number {
  let left = Math.max(-MOST_BITS, Math.min(MOST_BITS, bits));
  let scaled = value;
  while (left !== 0) {
    const step = Math.max(-STEP, Math.min(STEP, left));
    scaled *= powerOfTwo(step);
    left -= step;
  }
  return scaled;
}

/** A number times a power of two, rounded down and held within bounds. */
export function toFixed(value: number, bits: number, least: bigint, most: bigint): bigint {
  const scaled = scale(value, bits);
  if (scaled === 0 && value < 0) return least < 0n ? -1n : 0n; // it was too small to be anything but zero
  const whole = Math.floor(scaled);
  if (whole >= Number(most)) return most;
  return whole <= Number(least) ? least : BigInt(whole);
}

/**
 * An integer as a double that rounds to the same float of fewer bits as the integer does: of what a double cannot hold, a last bit tells that there
 * is something.
 */
export function toOdd(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const extra = magnitude.toString(2).length - MANTISSA;
  if (extra <= 0) return Number(value);
  const kept = magnitude >> BigInt(extra);
  const odd = kept << BigInt(extra) === magnitude ? kept : kept | 1n;
  return (value < 0n ? -1 : 1) * Number(odd) * powerOfTwo(extra);
}
