import type { Theirs } from './reference-core.js';

/** What the reference was before it executed an instruction. */
export interface Before {
  readonly opcode: number;
  readonly second: number;
  readonly pc: number;
  readonly registers: Uint32Array;
  readonly apsr: number;
  readonly ipsr: number;
  readonly privileged: boolean;
  readonly control: number;
  readonly primask: boolean;
  readonly psp: number;
  readonly msp: number;
}

/** Where the core of `rp2040js` differs from the architecture, and what is right there. */
export interface Difference {
  readonly what: string;
  /** The section of the ARMv6-M Architecture Reference Manual that decides. */
  readonly section: string;
  applies(before: Before): boolean;
  /** Puts the reference right, after it has executed the instruction. */
  amend(core: Theirs, before: Before): void;
}

const register = (before: Before, shift: number): number => before.registers[(before.opcode >> shift) & 7] as number;
const shiftedBy = (before: Before): number => register(before, 3) & 0xff;
const isDataProcessing = (before: Before, code: number): boolean => before.opcode >> 6 === 0x100 + code;
const carryOf = (before: Before): boolean => (before.apsr & 0x20000000) !== 0;
const isMrs = ({ opcode, second }: Before): boolean => opcode === 0xf3ef && second >> 12 === 8;
const isMsr = ({ opcode, second }: Before): boolean => opcode >> 4 === 0xf38 && second >> 8 === 0x88;
const overflows = (left: number, right: number, carry: boolean): boolean => {
  const sum = (left | 0) + (right | 0) + (carry ? 1 : 0);
  return sum !== (sum | 0);
};

export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'lsrs, asrs and rors by a register that is 0 leave the carry alone',
    section: 'A2.2.1',
    applies: (before) => [3, 4, 7].some((code) => isDataProcessing(before, code)) && shiftedBy(before) === 0,
    amend: (core, before) => (core.C = carryOf(before)),
  },
  {
    what: 'lsls by more than 32 clears the carry',
    section: 'A2.2.1',
    applies: (before) => isDataProcessing(before, 2) && shiftedBy(before) > 32,
    amend: (core) => (core.C = false),
  },
  {
    what: 'adcs overflows by the signs of its operands, not by that of an operand with the carry added',
    section: 'A2.2.1',
    applies: (before) => isDataProcessing(before, 5),
    amend: (core, before) => (core.V = overflows(register(before, 0), register(before, 3), carryOf(before))),
  },
  {
    what: 'sbcs likewise',
    section: 'A2.2.1',
    applies: (before) => isDataProcessing(before, 6),
    amend: (core, before) => (core.V = overflows(register(before, 0), ~register(before, 3), carryOf(before))),
  },
  {
    what: 'blx lr goes where lr led before',
    section: 'A6.7.14',
    applies: (before) => before.opcode === 0x47f0,
    amend: (core, before) => (core.PC = ((before.registers[14] as number) & ~1) >>> 0),
  },
  {
    what: 'stm writes its base back even if that is in the list',
    section: 'A6.7.58',
    applies: ({ opcode }) => opcode >> 11 === 0b11000 && (opcode & (1 << ((opcode >> 8) & 7))) !== 0,
    amend(core, before) {
      const count = [...Array(8).keys()].filter((bit) => before.opcode & (1 << bit)).length;
      core.registers[(before.opcode >> 8) & 7] = register(before, 8) + 4 * count;
    },
  },
  {
    what: 'the program status reads without the Thumb bit, alone and combined',
    section: 'B4.2.2',
    applies: (before) => isMrs(before) && (before.second & 0xff) < 8,
    amend(core, before) {
      const number = before.second & 7;
      core.registers[(before.second >> 8) & 15] = (number & 4 ? 0 : before.apsr) | (number & 1 ? before.ipsr : 0);
    },
  },
  {
    what: 'msr writes the flags through each name that has them, and never the exception number',
    section: 'B4.2.3',
    applies: (before) => isMsr(before) && (before.second & 0xff) < 8,
    amend(core, before) {
      core.APSR = before.second & 4 ? before.apsr : (before.registers[before.opcode & 15] as number);
      core.IPSR = before.ipsr;
    },
  },
  {
    what: 'msr without privilege writes only the flags',
    section: 'B4.2.3',
    applies: (before) => isMsr(before) && (before.second & 0xff) >= 8 && !before.privileged,
    amend(core, before) {
      core.PM = before.primask;
      core.writeSpecialRegister(20, before.control);
      core.writeSpecialRegister(8, before.msp);
      core.writeSpecialRegister(9, before.psp);
    },
  },
  {
    what: 'cps without privilege does nothing',
    section: 'B4.2.1',
    applies: (before) => (before.opcode & ~0x10) === 0xb662 && !before.privileged,
    amend: (core, before) => (core.PM = before.primask),
  },
  {
    what: 'a stack pointer that is not in use has no bits 0 and 1 either',
    section: 'B4.2.3',
    applies: isMsr,
    amend: (core) => (core.bankedSP = (core.bankedSP & ~3) >>> 0),
  },
];

/** Hints that are not allocated execute as `nop` (A5.2.5); that core has them undefined. */
export const isUnallocatedHint = (opcode: number): boolean => opcode >> 8 === 0xbf && (opcode & 15) === 0 && opcode > 0xbf40;
/** What the manual leaves unpredictable, and both do in their way: `mrs` and `msr` with sp or pc. */
export const isUnpredictable = (before: Before): boolean =>
  (isMrs(before) && [13, 15].includes((before.second >> 8) & 15)) || (isMsr(before) && [13, 15].includes(before.opcode & 15));
