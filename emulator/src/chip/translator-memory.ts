import { FLASH_END, FLASH_START, SRAM_END, SRAM_START } from '../memory-map.js';
import type { Emitter } from './emitter.js';
import { countBits, Op } from './opcodes.js';
import { LR, SP } from './processor.js';

/** Where the translation of a load or a store goes. */
export interface Memory {
  readonly emit: Emitter;
  /** The source that leaves the current instruction to the interpreter. */
  bail(): string;
}

/** Bytes of an access as a power of two, and what extends what was loaded. */
interface Width {
  readonly shift: 0 | 1 | 2;
  readonly extend: string;
}

const WORD: Width = { shift: 2, extend: '' };
const HALFWORD: Width = { shift: 1, extend: '' };
const BYTE: Width = { shift: 0, extend: '' };
const RAM_BYTES = SRAM_END - SRAM_START;
const FLASH_BYTES = FLASH_END - FLASH_START;
const RAM_WORDS = RAM_BYTES / 4;
const FLASH_WORDS = FLASH_BYTES / 4;
/** By which a load from a peripheral takes longer than one from memory. */
const APB_CYCLES = 2;
/** The arrays that generated code reads: RAM and flash, by the power of two of their elements' bytes. */
const RAM = ['M8', 'M16', 'M'] as const;
const FLASH = ['F8', 'F16', 'F'] as const;

/** How a load finds its address: by a register and a constant, or by two registers. */
function addressOf(emit: Emitter, op: Op, opcode: number): string {
  const base = emit.register((opcode >> 3) & 7);
  const five = (opcode >> 6) & 31;
  switch (op) {
    case Op.ldrImmediate:
    case Op.strImmediate:
      return emit.constant(`${base}+${4 * five}|0`);
    case Op.ldrhImmediate:
    case Op.strhImmediate:
      return emit.constant(`${base}+${2 * five}|0`);
    case Op.ldrbImmediate:
    case Op.strbImmediate:
      return emit.constant(`${base}+${five}|0`);
    case Op.ldrSp:
    case Op.strSp:
      return emit.constant(`${emit.register(SP)}+${4 * (opcode & 0xff)}|0`);
    default:
      return emit.constant(`${base}+${emit.register((opcode >> 6) & 7)}|0`);
  }
}

const LOADS: { readonly [op: number]: Width } = {
  [Op.ldrImmediate]: WORD, [Op.ldrRegister]: WORD, [Op.ldrSp]: WORD,
  [Op.ldrhImmediate]: HALFWORD, [Op.ldrhRegister]: HALFWORD, [Op.ldrshRegister]: { shift: 1, extend: '<<16>>16' },
  [Op.ldrbImmediate]: BYTE, [Op.ldrbRegister]: BYTE, [Op.ldrsbRegister]: { shift: 0, extend: '<<24>>24' },
};
const STORES: { readonly [op: number]: Width } = {
  [Op.strImmediate]: WORD, [Op.strRegister]: WORD, [Op.strSp]: WORD,
  [Op.strhImmediate]: HALFWORD, [Op.strhRegister]: HALFWORD, [Op.strbImmediate]: BYTE, [Op.strbRegister]: BYTE,
};

/** An index into an array from an address: rotated, so that one that is not aligned is too large. */
function indexOf(address: string, start: number, shift: number): string {
  return shift === 0 ? `(${address}-${start})>>>0` : `((${address}-${start}|0)>>>${shift}|(${address}-${start}|0)<<${32 - shift})>>>0`;
}

/** Translates a load. False if it is not one. */
export function loadCode(memory: Memory, op: Op, opcode: number): boolean {
  const width = LOADS[op];
  if (width === undefined) return false;
  const { emit, bail } = memory;
  const { shift, extend } = width;
  const register = op === Op.ldrSp ? (opcode >> 8) & 7 : opcode & 7;
  const address = addressOf(emit, op, opcode);
  const index = emit.constant(indexOf(address, SRAM_START, shift));
  const other = `{const j=${indexOf(address, FLASH_START, shift)};if(j<${FLASH_BYTES >> shift})${emit.setting(register, `${FLASH[shift]}[j]${extend}`)}`;
  // The single-cycle IO answers words a cycle earlier.
  const io = shift === 2 ? `else if(Q.loads(${address})){${emit.setting(register, `Q.load(${address})|0`)}cyc--;}` : '';
  const timer = shift === 2
    ? `else if(T.loads(${address})&&${emit.hasTimeFor(APB_CYCLES)}){${emit.setting(register, `T.load(${address},${emit.elapsed})|0`)}cyc+=${APB_CYCLES};}`
    : '';
  emit.line(`if(${index}<${RAM_BYTES >> shift})${emit.setting(register, `${RAM[shift]}[${index}]${extend}`)}else${other}${io}${timer}else${bail()}}`);
  return true;
}

/** Translates a store. False if it is not one. */
export function storeCode(memory: Memory, op: Op, opcode: number): boolean {
  const width = STORES[op];
  if (width === undefined) return false;
  const { emit, bail } = memory;
  const { shift } = width;
  const value = emit.register(op === Op.strSp ? (opcode >> 8) & 7 : opcode & 7);
  const address = addressOf(emit, op, opcode);
  const index = emit.constant(indexOf(address, SRAM_START, shift));
  const word = shift === 2 ? index : `${index}>>>${2 - shift}`;
  const io = shift === 2 ? `else if(Q.stores(${address})){Q.store(${address},${value});cyc--;}` : '';
  emit.line(`if(${index}<${RAM_BYTES >> shift}&&G[${word}]===0)${RAM[shift]}[${index}]=${value};${io}else${bail()}`);
  return true;
}

/** The registers that a list names, in their order. */
function registersOf(list: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((index) => list & (1 << index));
}

function guards(index: string, count: number): string {
  return Array.from({ length: count }, (_, offset) => `G[${index}+${offset}]`).join('|');
}

export function push({ emit, bail }: Memory, list: number, withLink: boolean): void {
  const registers = [...registersOf(list), ...(withLink ? [LR] : [])];
  const count = registers.length;
  const start = emit.constant(`${emit.register(SP)}-${4 * count}|0`);
  if (count > 0) {
    const index = emit.constant(indexOf(start, SRAM_START, 2));
    emit.line(`if(!(${index}<=${RAM_WORDS - count}&&(${guards(index, count)})===0))${bail()}`);
    registers.forEach((register, offset) => emit.line(`M[${index}+${offset}]=${emit.register(register)};`));
  }
  emit.set(SP, start);
}

/**
 * Translates `pop`.
 *
 * @param check the source that leaves it to the interpreter unless the new program counter is a plain one
 * @returns the constant with the new program counter, where it pops that
 */
export function pop({ emit, bail }: Memory, list: number, withJump: boolean, check: (target: string) => string): string | undefined {
  const registers = registersOf(list);
  const count = registers.length + (withJump ? 1 : 0);
  const start = emit.constant(emit.register(SP));
  const index = emit.constant(indexOf(start, SRAM_START, 2));
  if (count > 0) emit.line(`if(!(${index}<=${RAM_WORDS - count}))${bail()}`);
  let target: string | undefined;
  if (withJump) {
    target = emit.constant(`M[${index}+${registers.length}]`);
    emit.line(check(target));
  }
  registers.forEach((register, offset) => emit.set(register, `M[${index}+${offset}]`));
  emit.set(SP, `${start}+${4 * count}|0`);
  return target;
}

export function loadMultiple({ emit, bail }: Memory, base: number, list: number): void {
  const registers = registersOf(list);
  const count = registers.length;
  if (count === 0) return;
  const start = emit.constant(emit.register(base));
  const array = emit.variable('M');
  const index = emit.variable(indexOf(start, SRAM_START, 2));
  emit.line(`if(!(${index}<=${RAM_WORDS - count})){${array}=F;${index}=${indexOf(start, FLASH_START, 2)};if(!(${index}<=${FLASH_WORDS - count}))${bail()}}`);
  registers.forEach((register, offset) => emit.set(register, `${array}[${index}+${offset}]`));
  if (!(list & (1 << base))) emit.set(base, `${start}+${4 * count}|0`);
}

export function storeMultiple({ emit, bail }: Memory, base: number, list: number): void {
  const registers = registersOf(list);
  const count = countBits(list);
  if (count === 0) return;
  const start = emit.constant(emit.register(base));
  const index = emit.constant(indexOf(start, SRAM_START, 2));
  emit.line(`if(!(${index}<=${RAM_WORDS - count}&&(${guards(index, count)})===0))${bail()}`);
  registers.forEach((register, offset) => emit.line(`M[${index}+${offset}]=${emit.register(register)};`));
  emit.set(base, `${start}+${4 * count}|0`);
}
