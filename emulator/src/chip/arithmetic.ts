import type { RP2040 } from 'rp2040js';

const SBCS = 0b0100000110;
const ADCS = 0b0100000101;
const SIGN = 0x80000000;

/** The private functions of the core that the corrections replace. */
interface Arithmetic {
  addUpdateFlags(left: number, right: number): number;
  substractUpdateFlags(minuend: number, subtrahend: number): number;
}

/**
 * Corrects the overflow flag of `adcs` and `sbcs`.
 *
 * `rp2040js` adds the carry to the second operand before it looks at the signs, so 0x7fffffff with a carry counts as negative.
 * A signed 64-bit comparison with the largest value, which is what a deadline of "never" is, then comes out wrong.
 */
export function correctArithmetic(chip: RP2040): void {
  const { core } = chip;
  const arithmetic = core as unknown as Arithmetic;

  // The sum 0x80000000 is the only ambiguous one: either operand 0x80000000, or 0x7fffffff with a carry.
  const isCarriedIntoSign = (opcode: number, carry: boolean): boolean => carry && core.readUint16(core.PC - 2) >> 6 === opcode;

  const add = arithmetic.addUpdateFlags.bind(core);
  arithmetic.addUpdateFlags = (left, right) => {
    const carried = right === SIGN && isCarriedIntoSign(ADCS, core.C);
    const result = add(left, right);
    if (carried) core.V = (left & SIGN) === 0;
    return result;
  };

  const subtract = arithmetic.substractUpdateFlags.bind(core);
  arithmetic.substractUpdateFlags = (minuend, subtrahend) => {
    const borrowed = subtrahend === SIGN && isCarriedIntoSign(SBCS, !core.C);
    const result = subtract(minuend, subtrahend);
    if (borrowed) core.V = (minuend & SIGN) !== 0;
    return result;
  };
}
