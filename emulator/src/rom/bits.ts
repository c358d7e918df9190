import type { RomCaller, RomFunction } from './rom-call.js';

/**
 * The functions that count and move bits: RP2040 datasheet 2.8.3.1.1. They leave all registers but r0 as they are. Their cycles are estimates.
 */
export const BIT_FUNCTIONS: Readonly<Record<string, RomFunction>> = {
  P3: onWord(20, popcount),
  R3: onWord(22, reverse),
  L3: onWord(10, (value) => Math.clz32(value)),
  T3: onWord(11, (value) => (value === 0 ? 32 : 31 - Math.clz32(value & -value))),
};

function onWord(cycles: number, compute: (value: number) => number): RomFunction {
  return ({ registers }: RomCaller) => {
    registers[0] = compute(registers[0] as number);
    return cycles;
  };
}

function popcount(value: number): number {
  let count = 0;
  for (let left = value; left !== 0; left &= left - 1) count++;
  return count;
}

function reverse(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = (reversed << 1) | ((value >>> bit) & 1);
  return reversed;
}
