import type { RP2040 } from 'rp2040js';
import { hex } from '../hex.js';
import { CpuFault } from './fault.js';

const BKPT = 0xbe;

/** The component name under which the core of `rp2040js` logs. */
const CORE = 'CortexM0Core';
/** What it logs of a register that it does not have. */
const UNKNOWN_REGISTER = /^(Unimplemented peripheral (read|write)|Read from invalid memory|Write to undefined address)/;

/** What a core reports of its instructions. */
export interface CoreEvents {
  /** It has executed `bkpt`. */
  onBreakpoint(): void;
  /** It has executed `sev`. */
  onSendEvent(): void;
  /** It accesses a register that a peripheral does not have, or that no peripheral has. */
  onUnknownRegister(peripheral: string): void;
}

/**
 * Instructions that `rp2040js` does not execute as silicon does:
 *
 * - `sev` does nothing; it must set the event registers of both cores.
 * - An undefined instruction is logged and skipped; it must fault. So must `udf`, which is treated as a breakpoint.
 * - `blx` and the vector table may lead to an address without the Thumb bit; that must fault.
 *
 * The first two, and registers that are not emulated, announce themselves only through the logger, so that is where they are caught. Everything else that is
 * logged is dropped: it must not mix with the firmware's console.
 */
export function correctProcessor(chip: RP2040, { onBreakpoint, onSendEvent, onUnknownRegister }: CoreEvents): void {
  const { core } = chip;

  chip.logger = {
    debug() {},
    info(component, message) {
      if (component === CORE && message === 'SEV') onSendEvent();
    },
    warn(component, message) {
      if (component === CORE && message.includes('is not implemented yet')) throw undefinedInstruction(core.PC - 2);
      if (UNKNOWN_REGISTER.test(message)) onUnknownRegister(component);
    },
    error() {},
  };

  chip.onBreak = () => {
    if (core.readUint16(core.PC - 2) >> 8 === BKPT) onBreakpoint();
    else throw undefinedInstruction(core.PC - 2);
  };

  core.blTaken = (_core, isBlx) => {
    if (!isBlx) return;
    const opcode = core.readUint16((core.LR & ~1) - 2);
    const register = (opcode >> 3) & 0xf;
    const target = core.registers[register] as number;
    if (register !== 14 && !(target & 1)) throw noThumbCode(target);
  };

  const branch = core.BXWritePC.bind(core);
  core.BXWritePC = (address) => {
    branch(address);
    // An exception return has no Thumb bit to check, and leaves another program counter than the address given.
    if (!(address & 1) && core.PC >>> 0 === address >>> 0) throw noThumbCode(address);
  };

  function undefinedInstruction(address: number): CpuFault {
    const opcode = chip.readUint16(address).toString(16).padStart(4, '0');
    return new CpuFault(`undefined instruction 0x${opcode}`);
  }

  function noThumbCode(target: number): CpuFault {
    return new CpuFault(`jump to ${hex(target)}, an address without the Thumb bit${target === 0 ? ' (a null function pointer?)' : ''}`);
  }
}
