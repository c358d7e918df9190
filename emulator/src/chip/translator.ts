import { SRAM_START } from '../memory-map.js';
import { Emitter } from './emitter.js';
import { classifyWide, countBits, offsetOfCall, Op, OPS, WideOp } from './opcodes.js';
import { BANKED_SP, LR, ON_PROCESS_STACK, PC, PENDING, PRIMASK, SP, UNPRIVILEGED } from './processor.js';
import { calculate } from './translator-data.js';
import { loadCode, loadMultiple, type Memory, pop, push, storeCode, storeMultiple } from './translator-memory.js';

/** The most instructions of a block that runs while nobody else does. */
export const LONGEST = 64;

/** The special registers that a block reads and writes. */
const PSP = 9;
const PRIMASK_REGISTER = 16;

/** The instructions that a block is made of. */
export interface Code {
  /** A halfword of flash or RAM; undefined where there is neither. */
  halfword(address: number): number | undefined;
  /** A word that does not change without the block being dropped; undefined for any other. */
  constant(address: number): number | undefined;
}

/** The source of a block. */
export interface Translation {
  /** The body of a function: see Emitter. */
  readonly source: string;
  /** The most cycles that once through it takes. */
  readonly worst: number;
  /** The addresses of the halfwords that it is made of. */
  readonly halfwords: readonly number[];
}

/** Whether the translation goes on behind an instruction, or it was the last. */
type Next = number | undefined;

/**
 * Translates the instructions from an address on into a block: along the way that is taken if no conditional branch is, into functions
 * that are called and back out of them. A branch to the block's start repeats it.
 *
 * Ahead of what only the interpreter does exactly, the block is left: registers of peripherals, stores to guarded words, everything that may
 * let in an exception, wake, sleep, fault, or branch to itself.
 */
export class Translator {
  private readonly emit = new Emitter();
  private readonly seen = new Set<number>();
  private readonly halfwords: number[] = [];
  /** Where the calls that the translation has gone into return to. */
  private readonly returns: number[] = [];
  private readonly memory: Memory;
  /** The instruction that is being translated. */
  private current = 0;

  constructor(
    private readonly code: Code,
    private readonly start: number,
    private readonly longest = LONGEST,
  ) {
    this.memory = { emit: this.emit, bail: () => this.bail(this.current) };
  }

  /** Undefined if not even the first instruction can be translated. */
  translate(): Translation | undefined {
    let pc: Next = this.start;
    while (pc !== undefined) {
      if (this.seen.size >= this.longest || this.seen.has(pc)) {
        this.emit.line(pc === this.start && this.seen.size < this.longest ? this.emit.repeat(String(pc), 0) : this.emit.leave(String(pc), 0));
        break;
      }
      const opcode = this.code.halfword(pc);
      const isEmpty = this.seen.size === 0;
      const after: Next | 'not translated' = opcode === undefined ? 'not translated' : this.instruction(pc, opcode);
      if (after === 'not translated') {
        if (isEmpty) return undefined;
        this.emit.line(this.bail(pc));
        break;
      }
      this.seen.add(pc);
      this.halfwords.push(pc);
      pc = after;
    }
    return { source: this.emit.source(), worst: this.emit.worst, halfwords: this.halfwords };
  }

  /** Leaves the instruction to the interpreter. */
  private bail(pc: number): string {
    return this.emit.leave(String(pc), 0, true);
  }

  private instruction(pc: number, opcode: number): Next | 'not translated' {
    const { emit } = this;
    this.current = pc;
    const op = OPS[opcode] as Op;
    if (calculate(emit, op, opcode, pc)) {
      emit.cycles += 1;
      return pc + 2;
    }
    switch (op) {
      case Op.addHigh:
      case Op.movHigh:
        return this.jumpToSum(pc, opcode, op === Op.addHigh);
      case Op.bx:
        return this.jumpTo(pc, emit.constant(emit.register((opcode >> 3) & 15)), 2, true);
      case Op.blx:
        return this.callTo(pc, opcode);
      case Op.branch:
        return this.branch(pc, pc + 4 + ((opcode << 21) >> 20));
      case Op.branchIf:
        return this.branchIf(pc, opcode);
      case Op.push:
        push(this.memory, opcode & 0xff, (opcode & 0x100) !== 0);
        emit.cycles += 1 + countBits(opcode & 0xff);
        return pc + 2;
      case Op.pop:
        return this.pop(pc, opcode);
      case Op.ldm:
        loadMultiple(this.memory, (opcode >> 8) & 7, opcode & 0xff);
        emit.cycles += 1 + countBits(opcode & 0xff);
        return pc + 2;
      case Op.stm:
        storeMultiple(this.memory, (opcode >> 8) & 7, opcode & 0xff);
        emit.cycles += 1 + countBits(opcode & 0xff);
        return pc + 2;
      case Op.cpsid:
        emit.line(`if(S[${UNPRIVILEGED}]!==0)${this.memory.bail()}S[${PRIMASK}]=1;`);
        emit.cycles += 1;
        return pc + 2;
      case Op.cpsie:
        emit.line(`if((S[${UNPRIVILEGED}]|S[${PENDING}])!==0)${this.memory.bail()}S[${PRIMASK}]=0;`);
        emit.cycles += 1;
        return pc + 2;
      case Op.nop:
        emit.cycles += 1;
        return pc + 2;
      case Op.wide:
        return this.wide(pc, opcode);
      case Op.ldrLiteral:
        return this.literal(pc, opcode);
      default:
        if (!loadCode(this.memory, op, opcode) && !storeCode(this.memory, op, opcode)) return 'not translated';
        emit.cycles += 2;
        return pc + 2;
    }
  }

  private literal(pc: number, opcode: number): Next {
    const address = ((pc + 4) & ~3) + 4 * (opcode & 0xff);
    const value = this.code.constant(address);
    const register = (opcode >> 8) & 7;
    if (value !== undefined) this.emit.set(register, String(value));
    else if (this.isInRam(address)) this.emit.set(register, `M[${(address - SRAM_START) >> 2}]`);
    else this.emit.line(this.memory.bail());
    this.emit.cycles += 2;
    return pc + 2;
  }

  private isInRam(address: number): boolean {
    return address >= SRAM_START && this.code.halfword(address) !== undefined;
  }

  private wide(pc: number, opcode: number): Next | 'not translated' {
    const { emit } = this;
    const second = this.code.halfword(pc + 2);
    if (second === undefined) return 'not translated';
    const special = second & 0xff;
    const register = (second >> 8) & 15;
    switch (classifyWide(opcode, second)) {
      case WideOp.bl: {
        const target = (pc + 4 + offsetOfCall(opcode, second)) >>> 0;
        if (target === pc) return 'not translated';
        this.halfwords.push(pc + 2);
        emit.set(LR, String((pc + 4) | 1));
        emit.cycles += 3;
        this.returns.push(pc + 4);
        return target;
      }
      case WideOp.mrs:
        if ((special !== PRIMASK_REGISTER && special !== PSP) || register > 12) return 'not translated';
        if (special === PSP) emit.line(`if(S[${ON_PROCESS_STACK}]!==0)${this.memory.bail()}`);
        emit.set(register, `S[${special === PSP ? BANKED_SP : PRIMASK}]`);
        break;
      case WideOp.msr: {
        if ((special !== PRIMASK_REGISTER && special !== PSP) || (opcode & 15) > 12) return 'not translated';
        const value = emit.register(opcode & 15);
        if (special === PSP) emit.line(`if((S[${UNPRIVILEGED}]|S[${ON_PROCESS_STACK}])!==0)${this.memory.bail()}S[${BANKED_SP}]=${value}&-4;`);
        else emit.line(`if((S[${UNPRIVILEGED}]|S[${PENDING}])!==0)${this.memory.bail()}S[${PRIMASK}]=${value}&1;`);
        break;
      }
      case WideOp.barrier:
        break;
      default:
        return 'not translated';
    }
    this.halfwords.push(pc + 2);
    emit.cycles += 3;
    return pc + 4;
  }

  private branch(pc: number, target: number): Next | 'not translated' {
    if (target === pc) return 'not translated';
    this.emit.cycles += 2;
    return target >>> 0;
  }

  private branchIf(pc: number, opcode: number): Next | 'not translated' {
    const { emit } = this;
    const target = (pc + 4 + ((opcode << 24) >> 23)) >>> 0;
    if (target === pc) return 'not translated';
    const taken = target === this.start && this.longest > 1 ? emit.repeat(String(target), 2) : emit.leave(String(target), 2);
    emit.line(`if(${emit.condition((opcode >> 8) & 15)})${taken}`);
    emit.cycles += 1;
    return pc + 2;
  }

  /** `add` and `mov` with any register. */
  private jumpToSum(pc: number, opcode: number, isSum: boolean): Next {
    const { emit } = this;
    const destination = ((opcode >> 4) & 8) | (opcode & 7);
    const operand = (index: number): string => (index === PC ? String(pc + 4) : emit.register(index));
    const source = operand((opcode >> 3) & 15);
    const value = isSum ? `(${operand(destination)}+${source}|0)` : source;
    if (destination === PC) {
      const target = emit.constant(`${value}&-2`);
      emit.line(`if((${target}>>>0)===${pc})${this.memory.bail()}${emit.leave(`${target}`, 2)}`);
      return undefined;
    }
    emit.set(destination, destination === SP ? `${value}&-4` : value);
    emit.cycles += 1;
    return pc + 2;
  }

  private callTo(pc: number, opcode: number): Next {
    const { emit } = this;
    const target = emit.constant(emit.register((opcode >> 3) & 15));
    emit.line(`if((${target}&1)===0||((${target}&-2)>>>0)===${pc})${this.memory.bail()}`);
    emit.set(LR, String((pc + 2) | 1));
    emit.line(emit.leave(`${target}&-2`, 2));
    return undefined;
  }

  /** A jump to where a value leads: out of the block, or on in it if that is where the call was that it has gone into. */
  private jumpTo(pc: number, target: string, cycles: number, isChecked: boolean): Next {
    const { emit } = this;
    if (isChecked) emit.line(this.unlessPlain(pc, target));
    const expected = this.returns.pop();
    if (expected === undefined) {
      emit.line(emit.leave(`${target}&-2`, cycles));
      return undefined;
    }
    emit.line(`if(${target}!==${expected | 1})${emit.leave(`${target}&-2`, cycles)}`);
    emit.cycles += cycles;
    return expected;
  }

  /** Leaves to the interpreter what ends a handler, faults, or branches to itself. */
  private unlessPlain(pc: number, target: string): string {
    return `if((${target}&1)===0||${target}>>>28===15||((${target}&-2)>>>0)===${pc})${this.memory.bail()}`;
  }

  private pop(pc: number, opcode: number): Next {
    const { emit } = this;
    const count = countBits(opcode & 0xff);
    const target = pop(this.memory, opcode & 0xff, (opcode & 0x100) !== 0, (value) => this.unlessPlain(pc, value));
    if (target !== undefined) return this.jumpTo(pc, target, 3 + count, false);
    emit.cycles += 1 + count;
    return pc + 2;
  }
}

