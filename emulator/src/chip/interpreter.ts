import { branchTo, noThumbCode } from './exceptions.js';
import { CpuFault } from './fault.js';
import { load16, load32, load8, loadCycles, loadMultiple, pop, push, store16, store32, store8, storeMultiple } from './interpreter-memory.js';
import { classifyWide, offsetOfCall, Op, OPS, WideOp } from './opcodes.js';
import { FLAG_C, FLAG_N, FLAG_V, FLAG_Z, LR, PC, PRIMASK, type Processor, SP, UNPRIVILEGED } from './processor.js';

/**
 * Executes the instruction at the program counter: ARMv6-M Architecture Reference Manual, A6.7. What that leaves unpredictable is done as
 * the encoding says.
 *
 * @returns the cycles that it takes: Cortex-M0+ Technical Reference Manual, 3.3
 * @throws CpuFault if it cannot be executed; the program counter then is behind it
 */
export function execute(cpu: Processor): number {
  const s = cpu.state;
  const { registers } = cpu;
  const pc = (registers[PC] as number) & ~1;
  const opcode = cpu.readUint16(pc >>> 0);
  s[PC] = pc + 2;
  const d = opcode & 7;
  const at8 = (opcode >> 8) & 7;
  const high = ((opcode >> 4) & 8) | d;
  const low = s[d] as number;
  const middle = s[(opcode >> 3) & 7] as number;
  const third = s[(opcode >> 6) & 7] as number;
  const eighth = s[at8] as number;
  const byte = opcode & 0xff;
  const five = (opcode >> 6) & 31;

  switch (OPS[opcode] as Op) {
    case Op.lslImmediate:
      if (five !== 0) s[FLAG_C] = (middle >>> (32 - five)) & 1;
      s[d] = result(s, middle << five);
      return 1;
    case Op.lsrImmediate:
      s[FLAG_C] = (middle >>> (five === 0 ? 31 : five - 1)) & 1;
      s[d] = result(s, five === 0 ? 0 : middle >>> five);
      return 1;
    case Op.asrImmediate:
      s[FLAG_C] = (middle >>> (five === 0 ? 31 : five - 1)) & 1;
      s[d] = result(s, middle >> (five === 0 ? 31 : five));
      return 1;
    case Op.addRegister:
      s[d] = add(s, middle, third, 0);
      return 1;
    case Op.subRegister:
      s[d] = add(s, middle, ~third, 1);
      return 1;
    case Op.addImmediate3:
      s[d] = add(s, middle, five & 7, 0);
      return 1;
    case Op.subImmediate3:
      s[d] = add(s, middle, ~(five & 7), 1);
      return 1;
    case Op.movImmediate:
      s[at8] = result(s, byte);
      return 1;
    case Op.cmpImmediate:
      add(s, eighth, ~byte, 1);
      return 1;
    case Op.addImmediate8:
      s[at8] = add(s, eighth, byte, 0);
      return 1;
    case Op.subImmediate8:
      s[at8] = add(s, eighth, ~byte, 1);
      return 1;
    case Op.and:
      s[d] = result(s, low & middle);
      return 1;
    case Op.eor:
      s[d] = result(s, low ^ middle);
      return 1;
    case Op.lsl:
      s[d] = result(s, shiftLeft(s, low, middle & 0xff));
      return 1;
    case Op.lsr:
      s[d] = result(s, shiftRight(s, low, middle & 0xff));
      return 1;
    case Op.asr:
      s[d] = result(s, shiftSigned(s, low, middle & 0xff));
      return 1;
    case Op.adc:
      s[d] = add(s, low, middle, s[FLAG_C] as number);
      return 1;
    case Op.sbc:
      s[d] = add(s, low, ~middle, s[FLAG_C] as number);
      return 1;
    case Op.ror:
      s[d] = result(s, rotate(s, low, middle & 0xff));
      return 1;
    case Op.tst:
      result(s, low & middle);
      return 1;
    case Op.rsb:
      s[d] = add(s, 0, ~middle, 1);
      return 1;
    case Op.cmp:
      add(s, low, ~middle, 1);
      return 1;
    case Op.cmn:
      add(s, low, middle, 0);
      return 1;
    case Op.orr:
      s[d] = result(s, low | middle);
      return 1;
    case Op.mul:
      s[d] = result(s, Math.imul(low, middle));
      return 1;
    case Op.bic:
      s[d] = result(s, low & ~middle);
      return 1;
    case Op.mvn:
      s[d] = result(s, ~middle);
      return 1;
    case Op.addHigh: {
      const sum = operand(s, high) + operand(s, (opcode >> 3) & 15);
      if (high === PC) return jump(s, sum & ~1);
      s[high] = high === SP ? sum & ~3 : sum;
      return 1;
    }
    case Op.cmpHigh:
      add(s, s[high] as number, ~(s[(opcode >> 3) & 15] as number), 1);
      return 1;
    case Op.movHigh: {
      const value = operand(s, (opcode >> 3) & 15);
      if (high === PC) return jump(s, value & ~1);
      s[high] = high === SP ? value & ~3 : value;
      return 1;
    }
    case Op.bx:
      branchTo(cpu, registers[(opcode >> 3) & 15] as number);
      return 2;
    case Op.blx: {
      const target = registers[(opcode >> 3) & 15] as number;
      s[LR] = (pc + 2) | 1;
      if (!(target & 1)) throw noThumbCode(target);
      return jump(s, target & ~1);
    }
    case Op.ldrLiteral: {
      const address = (((pc + 4) & ~3) + 4 * byte) >>> 0;
      s[at8] = cpu.readUint32(address);
      return loadCycles(address);
    }
    case Op.strRegister:
      return store32(cpu, (middle + third) >>> 0, low);
    case Op.strhRegister:
      return store16(cpu, (middle + third) >>> 0, low);
    case Op.strbRegister:
      return store8(cpu, (middle + third) >>> 0, low);
    case Op.ldrsbRegister: {
      const address = (middle + third) >>> 0;
      s[d] = (cpu.readUint8(address) << 24) >> 24;
      return loadCycles(address);
    }
    case Op.ldrRegister:
      return load32(cpu, (middle + third) >>> 0, d);
    case Op.ldrhRegister:
      return load16(cpu, (middle + third) >>> 0, d);
    case Op.ldrbRegister:
      return load8(cpu, (middle + third) >>> 0, d);
    case Op.ldrshRegister: {
      const address = (middle + third) >>> 0;
      s[d] = (cpu.readUint16(address) << 16) >> 16;
      return loadCycles(address);
    }
    case Op.strImmediate:
      return store32(cpu, (middle + 4 * five) >>> 0, low);
    case Op.ldrImmediate:
      return load32(cpu, (middle + 4 * five) >>> 0, d);
    case Op.strbImmediate:
      return store8(cpu, (middle + five) >>> 0, low);
    case Op.ldrbImmediate:
      return load8(cpu, (middle + five) >>> 0, d);
    case Op.strhImmediate:
      return store16(cpu, (middle + 2 * five) >>> 0, low);
    case Op.ldrhImmediate:
      return load16(cpu, (middle + 2 * five) >>> 0, d);
    case Op.strSp:
      return store32(cpu, ((s[SP] as number) + 4 * byte) >>> 0, eighth);
    case Op.ldrSp:
      return load32(cpu, ((s[SP] as number) + 4 * byte) >>> 0, at8);
    case Op.adr:
      s[at8] = ((pc + 4) & ~3) + 4 * byte;
      return 1;
    case Op.addRdSp:
      s[at8] = (s[SP] as number) + 4 * byte;
      return 1;
    case Op.addSp:
      s[SP] = (s[SP] as number) + 4 * (opcode & 0x7f);
      return 1;
    case Op.subSp:
      s[SP] = (s[SP] as number) - 4 * (opcode & 0x7f);
      return 1;
    case Op.sxth:
      s[d] = (middle << 16) >> 16;
      return 1;
    case Op.sxtb:
      s[d] = (middle << 24) >> 24;
      return 1;
    case Op.uxth:
      s[d] = middle & 0xffff;
      return 1;
    case Op.uxtb:
      s[d] = middle & 0xff;
      return 1;
    case Op.push:
      return push(cpu, byte, (opcode & 0x100) !== 0);
    case Op.pop:
      return pop(cpu, byte, (opcode & 0x100) !== 0);
    case Op.cpsie:
      if (s[UNPRIVILEGED] === 0) s[PRIMASK] = 0;
      cpu.interruptsUpdated = true;
      return 1;
    case Op.cpsid:
      if (s[UNPRIVILEGED] === 0) s[PRIMASK] = 1;
      return 1;
    case Op.rev:
      s[d] = (middle << 24) | ((middle & 0xff00) << 8) | ((middle >>> 8) & 0xff00) | (middle >>> 24);
      return 1;
    case Op.rev16:
      s[d] = ((middle & 0xff00ff) << 8) | ((middle >>> 8) & 0xff00ff);
      return 1;
    case Op.revsh:
      s[d] = ((middle << 24) >> 16) | ((middle >>> 8) & 0xff);
      return 1;
    case Op.bkpt:
      cpu.events.onBreakpoint();
      return 1;
    case Op.nop:
      return 1;
    case Op.wfe:
      if (cpu.eventRegistered) cpu.eventRegistered = false;
      else cpu.waiting = true;
      return 2;
    case Op.wfi:
      cpu.waiting = true;
      return 2;
    case Op.sev:
      cpu.events.onSendEvent();
      return 1;
    case Op.stm:
      return storeMultiple(cpu, at8, byte);
    case Op.ldm:
      return loadMultiple(cpu, at8, byte);
    case Op.branchIf:
      return holds(s, (opcode >> 8) & 15) ? jump(s, pc + 4 + ((opcode << 24) >> 23)) : 1;
    case Op.svc:
      if (cpu.svCallPriority >= cpu.executionPriority) throw new CpuFault('svc where its handler cannot run');
      cpu.pendingSVCall = true;
      cpu.interruptsUpdated = true;
      return 1;
    case Op.branch:
      return jump(s, pc + 4 + ((opcode << 21) >> 20));
    case Op.wide:
      return executeWide(cpu, pc, opcode);
    default:
      throw undefinedInstruction(opcode);
  }
}

/** The condition of a branch: A6.3. */
export function holds(s: Int32Array, condition: number): boolean {
  return isMet(s, condition >> 1) !== ((condition & 1) === 1);
}

function isMet(s: Int32Array, pair: number): boolean {
  switch (pair) {
    case 0:
      return s[FLAG_Z] === 0;
    case 1:
      return s[FLAG_C] !== 0;
    case 2:
      return (s[FLAG_N] as number) < 0;
    case 3:
      return (s[FLAG_V] as number) < 0;
    case 4:
      return s[FLAG_C] !== 0 && s[FLAG_Z] !== 0;
    case 5:
      return ((s[FLAG_N] as number) ^ (s[FLAG_V] as number)) >= 0;
    default:
      return ((s[FLAG_N] as number) ^ (s[FLAG_V] as number)) >= 0 && s[FLAG_Z] !== 0;
  }
}

function executeWide(cpu: Processor, pc: number, opcode: number): number {
  const s = cpu.state;
  const second = cpu.readUint16((pc + 2) >>> 0);
  switch (classifyWide(opcode, second)) {
    case WideOp.bl:
      s[LR] = (pc + 4) | 1;
      s[PC] = pc + 4 + offsetOfCall(opcode, second);
      return 3;
    case WideOp.msr:
      s[PC] = pc + 4;
      if ((second & 0xff) < 4 || s[UNPRIVILEGED] === 0) cpu.writeSpecialRegister(second & 0xff, cpu.registers[opcode & 15] as number);
      return 3;
    case WideOp.mrs:
      s[PC] = pc + 4;
      s[(second >> 8) & 15] = cpu.readSpecialRegister(second & 0xff);
      return 3;
    case WideOp.barrier:
      s[PC] = pc + 4;
      return 3;
    default:
      throw undefinedInstruction(opcode);
  }
}

function result(s: Int32Array, value: number): number {
  s[FLAG_N] = value;
  s[FLAG_Z] = value;
  return value;
}

/** A sum with its flags. A difference is a sum with the complement and a carry. */
function add(s: Int32Array, left: number, right: number, carry: number): number {
  const sum = (left + right + carry) | 0;
  s[FLAG_N] = sum;
  s[FLAG_Z] = sum;
  s[FLAG_C] = (left >>> 0) + (right >>> 0) + carry > 0xffffffff ? 1 : 0;
  s[FLAG_V] = (left ^ sum) & (right ^ sum);
  return sum;
}

function shiftLeft(s: Int32Array, value: number, by: number): number {
  if (by === 0) return value;
  s[FLAG_C] = by > 32 ? 0 : (value >>> (32 - by)) & 1;
  return by > 31 ? 0 : value << by;
}

function shiftRight(s: Int32Array, value: number, by: number): number {
  if (by === 0) return value;
  s[FLAG_C] = by > 32 ? 0 : (value >>> (by - 1)) & 1;
  return by > 31 ? 0 : (value >>> by) | 0;
}

function shiftSigned(s: Int32Array, value: number, by: number): number {
  if (by === 0) return value;
  s[FLAG_C] = by > 31 ? value >>> 31 : (value >>> (by - 1)) & 1;
  return by > 31 ? value >> 31 : value >> by;
}

export function rotate(s: Int32Array, value: number, by: number): number {
  if (by === 0) return value;
  const rotated = (value >>> (by & 31)) | (value << (-by & 31));
  s[FLAG_C] = rotated >>> 31;
  return rotated;
}

/** A register as data: the program counter is four bytes ahead of the instruction. */
function operand(s: Int32Array, index: number): number {
  return index === PC ? (s[PC] as number) + 2 : (s[index] as number);
}

function jump(s: Int32Array, target: number): number {
  s[PC] = target;
  return 2;
}

function undefinedInstruction(opcode: number): CpuFault {
  return new CpuFault(`undefined instruction 0x${opcode.toString(16).padStart(4, '0')}`);
}
