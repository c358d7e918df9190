import { RP2040 } from 'rp2040js';
import { installBus } from '../../src/chip/bus.js';
import { CpuFault } from '../../src/chip/fault.js';
import { Inspector } from '../../src/chip/inspector.js';
import { correctSio } from '../../src/chip/sio.js';
import { UnknownRegisters } from '../../src/chip/unknown-registers.js';
import { CycleClock } from '../../src/clock.js';
import { SymbolTable } from '../../src/firmware/symbols.js';
import { FlashWindow } from '../../src/flash/flash-window.js';

/** What both kinds of core have, and a comparison looks at. */
export interface Comparable {
  registers: Uint32Array;
  PC: number;
  SP: number;
  LR: number;
  APSR: number;
  IPSR: number;
  PM: boolean;
  VTOR: number;
  nPRIV: boolean;
  waiting: boolean;
  eventRegistered: boolean;
  interruptsUpdated: boolean;
  pendingInterrupts: number;
  pendingSVCall: boolean;
  enabledInterrupts: number;
  readonly svCallPriority: number;
  readonly SPmain: number;
  readonly SPprocess: number;
  setInterrupt(irq: number, value: boolean): void;
  exceptionPriority(exception: number): number;
  readSpecialRegister(number: number): number;
  writeSpecialRegister(number: number, value: number): void;
}

/** The core of `rp2040js` as it is inside. */
export interface Theirs extends Comparable {
  /** 0 in thread mode, 1 in a handler. */
  currentMode: number;
  C: boolean;
  V: boolean;
  bankedSP: number;
  checkForInterrupts(): boolean;
  executeInstruction(): number;
  BXWritePC(address: number): void;
  blTaken: (core: unknown, isBlx: boolean) => void;
}

/** A chip whose clock a test drives. */
export interface Rig {
  readonly chip: RP2040;
  readonly clock: CycleClock;
  readonly inspector: Inspector;
  /** Breakpoints and `sev` so far. */
  events: number;
}

/** A chip without a core that works: the one of `rp2040js` is there, but its bus is not. */
export function makeRig(): Rig {
  const clock = new CycleClock();
  const chip = new RP2040(clock);
  const inspector = new Inspector(() => ({ view: () => chip, cores: { next: undefined, running: [] } }));
  correctSio(chip.sio);
  chip.setInterrupt = () => {}; // how lines are latched is another matter: see interrupts.test.ts
  const { sio, ppb } = chip;
  const readSio = sio.readUint32.bind(sio);
  sio.readUint32 = (offset) => (offset >= 0x50 && offset < 0x5c ? 0 : readSio(offset)); // the mailbox is for two cores
  const writeSio = sio.writeUint32.bind(sio);
  sio.writeUint32 = (offset, value) => {
    if (offset < 0x50 || offset >= 0x5c) writeSio(offset, value);
  };
  const write = ppb.writeUint32.bind(ppb);
  // As in correctInterrupts: the clear-pending register of `rp2040js` clears nothing.
  ppb.writeUint32 = (offset, value) => {
    if (offset === 0x280) (chip.core as unknown as Comparable).pendingInterrupts &= ~value;
    else write(offset, value);
  };
  return { chip, clock, inspector, events: 0 };
}

/** The flash can be read as memory all the time. */
export const OPEN = new FlashWindow(() => true);

export function connectBus({ chip, inspector }: Rig): void {
  installBus(chip, 0, inspector, new UnknownRegisters(new SymbolTable([]), () => 0, () => {}), OPEN);
}

/** The core of `rp2040js`, with the faults of silicon where it only logs. */
export function makeReference(rig: Rig): Theirs {
  const { chip } = rig;
  const core = chip.core as unknown as Theirs;
  connectBus(rig);
  const undefinedAt = (address: number): CpuFault => new CpuFault(`undefined instruction ${address}`);
  chip.logger = {
    debug() {},
    info: (_component, message) => void (message === 'SEV' && rig.events++),
    warn(_component, message) {
      if (message.includes('is not implemented yet')) throw undefinedAt(core.PC);
    },
    error() {},
  };
  chip.onBreak = () => {
    if (chip.core.readUint16(core.PC - 2) >> 8 === 0xbe) rig.events++;
    else throw undefinedAt(core.PC);
  };
  core.blTaken = (_core, isBlx) => {
    if (!isBlx) return;
    const register = (chip.core.readUint16((core.LR & ~1) - 2) >> 3) & 15;
    if (register !== 14 && !((core.registers[register] as number) & 1)) throw new CpuFault('no Thumb bit');
  };
  const branch = core.BXWritePC.bind(core);
  core.BXWritePC = (address) => {
    branch(address);
    if (!(address & 1) && core.PC >>> 0 === address >>> 0) throw new CpuFault('no Thumb bit');
  };
  return core;
}
