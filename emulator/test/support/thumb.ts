/** The few Thumb instructions that the tests' programs are assembled from by hand. Each is one halfword or a list of them. */

export type Code = number | readonly Code[];

export const nop = 0xbf00;
export const wfi = 0xbf30;
export const wfe = 0xbf20;
export const sev = 0xbf40;
export const bkpt = 0xbe00;
export const udf = 0xde00;
/** An encoding that the Cortex-M0+ does not have: cbz r0. */
export const undefinedInstruction = 0xb100;
export const cpsid = 0xb672;
export const cpsie = 0xb662;
/** Returns from an exception handler, or from a function. */
export const bxLr = 0x4770;
/** A branch to itself. */
export const forever = 0xe7fe;

export const movs = (rd: number, value: number): number => 0x2000 | (rd << 8) | value;
export const adds = (rd: number, value: number): number => 0x3000 | (rd << 8) | value;
export const lsls = (rd: number, rm: number, bits: number): number => (bits << 6) | (rm << 3) | rd;
export const cmp = (rn: number, value: number): number => 0x2800 | (rn << 8) | value;
export const tst = (rn: number, rm: number): number => 0x4200 | (rm << 3) | rn;
export const adcs = (rdn: number, rm: number): number => 0x4140 | (rm << 3) | rdn;
export const sbcs = (rdn: number, rm: number): number => 0x4180 | (rm << 3) | rdn;
export const addRegister = (rd: number, rn: number, rm: number): number => 0x1800 | (rm << 6) | (rn << 3) | rd;
export const ldr = (rt: number, rn: number, offset = 0): number => 0x6800 | ((offset >> 2) << 6) | (rn << 3) | rt;
export const str = (rt: number, rn: number, offset = 0): number => 0x6000 | ((offset >> 2) << 6) | (rn << 3) | rt;
export const strh = (rt: number, rn: number): number => 0x8000 | (rn << 3) | rt;
export const ldrh = (rt: number, rn: number): number => 0x8800 | (rn << 3) | rt;
export const bx = (rm: number): number => 0x4700 | (rm << 3);
export const blx = (rm: number): number => 0x4780 | (rm << 3);

const CONDITIONS = ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le'] as const;

/** Skips some code unless a condition holds. */
export function when(condition: (typeof CONDITIONS)[number], code: Code): Code {
  const body = flatten(code);
  const opposite = CONDITIONS.indexOf(condition) ^ 1;
  return [0xd000 | (opposite << 8) | (body.length - 1), body];
}

/** Repeats some code for ever. */
export function loop(code: Code): Code {
  const body = flatten(code);
  return [body, 0xe000 | (-(body.length + 2) & 0x7ff)];
}

/** Loads a register with any constant, in seven cycles. */
export function set(rd: number, value: number): Code {
  const byte = (shift: number): number => (value >>> shift) & 0xff;
  return [movs(rd, byte(24)), lsls(rd, rd, 8), adds(rd, byte(16)), lsls(rd, rd, 8), adds(rd, byte(8)), lsls(rd, rd, 8), adds(rd, byte(0))];
}

/** Stores a constant at an address. Uses r0 and r1. */
export const store = (address: number, value: number): Code => [set(0, address), set(1, value), str(1, 0)];

const UART0_DR = 0x40034000;

/** Sends text over UART0, which the tests read as an ordered trace. Uses r0 and r1. */
export function print(text: string): Code {
  return [set(0, UART0_DR), [...text].map((character) => [movs(1, character.charCodeAt(0)), str(1, 0)])];
}

export function flatten(code: Code): number[] {
  return typeof code === 'number' ? [code] : code.flatMap(flatten);
}
