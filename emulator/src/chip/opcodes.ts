/**
 * What each first halfword of an instruction is, for the interpreter and the translator: ARMv6-M Architecture Reference Manual,
 * A5.2 (16-bit encodings) and A5.3 (32-bit encodings, of which only the first halfword is looked at here).
 */
export enum Op {
  undefined,
  lslImmediate, lsrImmediate, asrImmediate, addRegister, subRegister, addImmediate3, subImmediate3,
  movImmediate, cmpImmediate, addImmediate8, subImmediate8,
  and, eor, lsl, lsr, asr, adc, sbc, ror, tst, rsb, cmp, cmn, orr, mul, bic, mvn,
  addHigh, cmpHigh, movHigh, bx, blx,
  ldrLiteral, strRegister, strhRegister, strbRegister, ldrsbRegister, ldrRegister, ldrhRegister, ldrbRegister, ldrshRegister,
  strImmediate, ldrImmediate, strbImmediate, ldrbImmediate, strhImmediate, ldrhImmediate, strSp, ldrSp,
  adr, addRdSp, addSp, subSp,
  sxth, sxtb, uxth, uxtb, push, pop, cpsie, cpsid, rev, rev16, revsh, bkpt,
  nop, wfe, wfi, sev, stm, ldm, branchIf, svc, branch, wide,
}

/** The sixteen of `010000xxxx`, in the order of their codes. */
const DATA_PROCESSING = [
  Op.and, Op.eor, Op.lsl, Op.lsr, Op.asr, Op.adc, Op.sbc, Op.ror, Op.tst, Op.rsb, Op.cmp, Op.cmn, Op.orr, Op.mul, Op.bic, Op.mvn,
] as const;
/** Those of `0101xxx`. */
const LOAD_STORE_REGISTER = [
  Op.strRegister, Op.strhRegister, Op.strbRegister, Op.ldrsbRegister, Op.ldrRegister, Op.ldrhRegister, Op.ldrbRegister, Op.ldrshRegister,
] as const;
/** Those that five bits tell apart: `00000` to `00111` but `00011`, and `01100` to `11001`. */
const BY_FIVE_BITS: Readonly<Record<number, Op>> = {
  0b00000: Op.lslImmediate, 0b00001: Op.lsrImmediate, 0b00010: Op.asrImmediate,
  0b00100: Op.movImmediate, 0b00101: Op.cmpImmediate, 0b00110: Op.addImmediate8, 0b00111: Op.subImmediate8,
  0b01001: Op.ldrLiteral,
  0b01100: Op.strImmediate, 0b01101: Op.ldrImmediate, 0b01110: Op.strbImmediate, 0b01111: Op.ldrbImmediate,
  0b10000: Op.strhImmediate, 0b10001: Op.ldrhImmediate, 0b10010: Op.strSp, 0b10011: Op.ldrSp,
  0b10100: Op.adr, 0b10101: Op.addRdSp, 0b11000: Op.stm, 0b11001: Op.ldm, 0b11100: Op.branch,
  0b11101: Op.wide, 0b11110: Op.wide, 0b11111: Op.wide,
};
const ADD_SUBTRACT = [Op.addRegister, Op.subRegister, Op.addImmediate3, Op.subImmediate3] as const;
const EXTEND = [Op.sxth, Op.sxtb, Op.uxth, Op.uxtb] as const;
const REVERSE = [Op.rev, Op.rev16, Op.undefined, Op.revsh] as const;
/** Hints beyond these are not allocated, and execute as `nop` (A5.2.5). */
const HINTS = [Op.nop, Op.nop, Op.wfe, Op.wfi, Op.sev] as const;

/** The kind of each first halfword. */
export const OPS: Uint8Array = Uint8Array.from({ length: 0x10000 }, (_, opcode) => classify(opcode));

function classify(opcode: number): Op {
  const known = BY_FIVE_BITS[opcode >> 11];
  if (known !== undefined) return known;
  switch (opcode >> 11) {
    case 0b00011:
      return ADD_SUBTRACT[(opcode >> 9) & 3] as Op;
    case 0b01000:
      return opcode & 0x400 ? classifyHigh(opcode) : (DATA_PROCESSING[(opcode >> 6) & 15] as Op);
    case 0b01010:
    case 0b01011:
      return LOAD_STORE_REGISTER[(opcode >> 9) & 7] as Op;
    case 0b10110:
    case 0b10111:
      return classifyMiscellaneous(opcode);
    default: {
      const condition = (opcode >> 8) & 15;
      return condition === 15 ? Op.svc : condition === 14 ? Op.undefined : Op.branchIf;
    }
  }
}

/** Special data and branch: A5.2.3. */
function classifyHigh(opcode: number): Op {
  switch ((opcode >> 8) & 3) {
    case 0:
      return Op.addHigh;
    case 1:
      return Op.cmpHigh;
    case 2:
      return Op.movHigh;
    default:
      return opcode & 7 ? Op.undefined : opcode & 0x80 ? Op.blx : Op.bx;
  }
}

/** Miscellaneous: A5.2.5. */
function classifyMiscellaneous(opcode: number): Op {
  switch ((opcode >> 8) & 15) {
    case 0b0000:
      return opcode & 0x80 ? Op.subSp : Op.addSp;
    case 0b0010:
      return EXTEND[(opcode >> 6) & 3] as Op;
    case 0b0100:
    case 0b0101:
      return Op.push;
    case 0b0110:
      return opcode === 0xb662 ? Op.cpsie : opcode === 0xb672 ? Op.cpsid : Op.undefined;
    case 0b1010:
      return REVERSE[(opcode >> 6) & 3] as Op;
    case 0b1100:
    case 0b1101:
      return Op.pop;
    case 0b1110:
      return Op.bkpt;
    case 0b1111:
      return opcode & 15 ? Op.undefined : (HINTS[(opcode >> 4) & 15] ?? Op.nop);
    default:
      return Op.undefined;
  }
}

/** The 32-bit instructions of ARMv6-M: A5.3. */
export enum WideOp {
  undefined, bl, msr, mrs, barrier,
}

/** What a 32-bit instruction is, by both of its halfwords. */
export function classifyWide(first: number, second: number): WideOp {
  if (first >> 11 !== 0b11110) return WideOp.undefined;
  if (second >> 14 === 3 && second & 0x1000) return WideOp.bl;
  if (first === 0xf3ef && second >> 12 === 8) return WideOp.mrs;
  if (first >> 4 === 0xf38 && second >> 8 === 0x88) return WideOp.msr;
  const barrier = second & 0xfff0;
  if (first === 0xf3bf && (barrier === 0x8f40 || barrier === 0x8f50 || barrier === 0x8f60)) return WideOp.barrier;
  return WideOp.undefined;
}

/** How far `bl` jumps from the address after it: A6.7.13. */
export function offsetOfCall(first: number, second: number): number {
  const sign = (first >> 10) & 1;
  const bit23 = 1 ^ sign ^ ((second >> 13) & 1);
  const bit22 = 1 ^ sign ^ ((second >> 11) & 1);
  return (-sign << 24) | (bit23 << 23) | (bit22 << 22) | ((first & 0x3ff) << 12) | ((second & 0x7ff) << 1);
}

/** How many registers a list names. */
export function countBits(list: number): number {
  let count = 0;
  for (let rest = list; rest !== 0; rest &= rest - 1) count++;
  return count;
}
