import type { Emitter } from './emitter.js';
import { Op } from './opcodes.js';
import { SP } from './processor.js';

/**
 * Translates an instruction that works on registers only and takes a cycle: ARMv6-M Architecture Reference Manual, A6.7.
 *
 * @returns whether it is one
 */
export function calculate(emit: Emitter, op: Op, opcode: number, pc: number): boolean {
  const d = opcode & 7;
  const m = (opcode >> 3) & 7;
  const third = (opcode >> 6) & 7;
  const at8 = (opcode >> 8) & 7;
  const byte = opcode & 0xff;
  const five = (opcode >> 6) & 31;
  const low = (): string => emit.constant(emit.register(d));
  const middle = (): string => emit.constant(emit.register(m));
  /** Sets a register and the flags N and Z. */
  const result = (register: number, value: string): void => {
    const computed = emit.constant(value);
    emit.set(register, computed);
    emit.setResult(computed);
  };

  switch (op) {
    case Op.lslImmediate: {
      const value = middle();
      result(d, `${value}<<${five}`);
      if (five !== 0) emit.setCarry(`(${value}>>>${32 - five}&1)`);
      return true;
    }
    case Op.lsrImmediate: {
      const value = middle();
      result(d, five === 0 ? '0' : `${value}>>>${five}|0`);
      emit.setCarry(`(${value}>>>${five === 0 ? 31 : five - 1}&1)`);
      return true;
    }
    case Op.asrImmediate: {
      const value = middle();
      result(d, `${value}>>${five === 0 ? 31 : five}`);
      emit.setCarry(`(${value}>>>${five === 0 ? 31 : five - 1}&1)`);
      return true;
    }
    case Op.addRegister:
      emit.set(d, sum(emit, middle(), emit.constant(emit.register(third))));
      return true;
    case Op.subRegister:
      emit.set(d, difference(emit, middle(), emit.constant(emit.register(third))));
      return true;
    case Op.addImmediate3:
      emit.set(d, sum(emit, middle(), String(third)));
      return true;
    case Op.subImmediate3:
      emit.set(d, difference(emit, middle(), String(third)));
      return true;
    case Op.movImmediate:
      emit.set(at8, String(byte));
      emit.setResult(String(byte));
      return true;
    case Op.cmpImmediate:
      difference(emit, emit.constant(emit.register(at8)), String(byte));
      return true;
    case Op.addImmediate8:
      emit.set(at8, sum(emit, emit.constant(emit.register(at8)), String(byte)));
      return true;
    case Op.subImmediate8:
      emit.set(at8, difference(emit, emit.constant(emit.register(at8)), String(byte)));
      return true;
    case Op.and:
      result(d, `${low()}&${middle()}`);
      return true;
    case Op.eor:
      result(d, `${low()}^${middle()}`);
      return true;
    case Op.orr:
      result(d, `${low()}|${middle()}`);
      return true;
    case Op.bic:
      result(d, `${low()}&~${middle()}`);
      return true;
    case Op.mvn:
      result(d, `~${middle()}`);
      return true;
    case Op.mul:
      result(d, `Math.imul(${low()},${middle()})`);
      return true;
    case Op.tst:
      emit.setResult(emit.constant(`${low()}&${middle()}`));
      return true;
    case Op.lsl:
    case Op.lsr:
    case Op.asr:
    case Op.ror:
      shift(emit, op, d, low(), emit.constant(`${emit.register(m)}&255`));
      return true;
    case Op.adc:
      emit.set(d, sumWithCarry(emit, low(), middle()));
      return true;
    case Op.sbc:
      emit.set(d, sumWithCarry(emit, low(), emit.constant(`~${emit.register(m)}`)));
      return true;
    case Op.rsb:
      emit.set(d, difference(emit, '0', middle()));
      return true;
    case Op.cmp:
      difference(emit, low(), middle());
      return true;
    case Op.cmn:
      sum(emit, low(), middle());
      return true;
    case Op.cmpHigh: {
      const [n, other] = [((opcode >> 4) & 8) | d, (opcode >> 3) & 15];
      const [left, right] = [n, other].map((index) => (index === 15 ? String(pc + 2) : emit.constant(emit.register(index)))) as [string, string];
      difference(emit, left, right);
      return true;
    }
    case Op.adr:
      emit.set(at8, String(((pc + 4) & ~3) + 4 * byte));
      return true;
    case Op.addRdSp:
      emit.set(at8, `${emit.register(SP)}+${4 * byte}|0`);
      return true;
    case Op.addSp:
      emit.set(SP, `${emit.register(SP)}+${4 * (opcode & 0x7f)}|0`);
      return true;
    case Op.subSp:
      emit.set(SP, `${emit.register(SP)}-${4 * (opcode & 0x7f)}|0`);
      return true;
    case Op.sxth:
      emit.set(d, `${middle()}<<16>>16`);
      return true;
    case Op.sxtb:
      emit.set(d, `${middle()}<<24>>24`);
      return true;
    case Op.uxth:
      emit.set(d, `${middle()}&65535`);
      return true;
    case Op.uxtb:
      emit.set(d, `${middle()}&255`);
      return true;
    case Op.rev: {
      const value = middle();
      emit.set(d, `${value}<<24|(${value}&65280)<<8|${value}>>>8&65280|${value}>>>24`);
      return true;
    }
    case Op.rev16: {
      const value = middle();
      emit.set(d, `(${value}&0xff00ff)<<8|${value}>>>8&0xff00ff`);
      return true;
    }
    case Op.revsh: {
      const value = middle();
      emit.set(d, `${value}<<24>>16|${value}>>>8&255`);
      return true;
    }
    default:
      return false;
  }
}

function sum(emit: Emitter, left: string, right: string): string {
  const value = emit.constant(`${left}+${right}|0`);
  emit.setFlags({ n: value, z: value, c: `((${value}>>>0)<(${left}>>>0)?1:0)`, v: `((${left}^${value})&(${right}^${value}))` });
  return value;
}

function difference(emit: Emitter, left: string, right: string): string {
  const value = emit.constant(`${left}-${right}|0`);
  emit.setFlags({
    n: value, z: value, c: `((${left}>>>0)>=(${right}>>>0)?1:0)`, v: `((${left}^${right})&(${left}^${value}))`, compared: [left, right],
  });
  return value;
}

function sumWithCarry(emit: Emitter, left: string, right: string): string {
  const carry = emit.constant(emit.flag('c'));
  const value = emit.constant(`${left}+${right}+${carry}|0`);
  emit.setFlags({
    n: value, z: value, c: `((${left}>>>0)+(${right}>>>0)+${carry}>4294967295?1:0)`, v: `((${left}^${value})&(${right}^${value}))`,
  });
  return value;
}

/** A shift by a register: A2.2.1. By 0 it leaves the carry alone, and by 32 or more it shifts everything out. */
function shift(emit: Emitter, op: Op, register: number, value: string, by: string): void {
  const before = emit.constant(emit.flag('c'));
  const [shifted, carry] = {
    [Op.lsl]: [`${by}>31?0:${value}<<${by}`, `${by}>32?0:${value}>>>32-${by}&1`],
    [Op.lsr]: [`${by}>31?0:${value}>>>${by}|0`, `${by}>32?0:${value}>>>${by}-1&1`],
    [Op.asr]: [`${by}>31?${value}>>31:${value}>>${by}`, `${by}>31?${value}>>>31:${value}>>>${by}-1&1`],
    [Op.ror]: [`${value}>>>(${by}&31)|${value}<<(-${by}&31)`, `${value}>>>((${by}-1)&31)&1`],
  }[op as Op.lsl | Op.lsr | Op.asr | Op.ror] as [string, string];
  const computed = emit.constant(shifted);
  emit.set(register, computed);
  emit.setResult(computed);
  emit.setCarry(emit.constant(`${by}===0?${before}:${carry}`));
}
