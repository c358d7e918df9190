import type { RP2040 } from 'rp2040js';
import { EXTERNAL, HARD_FAULT, LOWEST_PRIORITY, NMI, PENDSV, SVCALL, SYSTICK } from './exceptions.js';

/** Where things are in `Processor.state`: r0 to r15, then these. */
export const SP = 13;
export const LR = 14;
export const PC = 15;
/** Negative as the flag N is set. */
export const FLAG_N = 16;
/** Zero as the flag Z is set. Apart from N, since `msr` may set both. */
export const FLAG_Z = 17;
/** 0 or 1. */
export const FLAG_C = 18;
/** Negative as the flag V is set. */
export const FLAG_V = 19;
/** PRIMASK, 0 or 1. */
export const PRIMASK = 20;
/** 1 in thread mode with CONTROL.nPRIV set: PRIMASK and the stack pointers cannot be written. */
export const UNPRIVILEGED = 21;
/** For translated code: 1 while an exception is pending that clearing PRIMASK may let in. */
export const PENDING = 22;
/** The stack pointer that is not in use. */
export const BANKED_SP = 23;
/** 1 if the stack pointer in use is that of the process stack. */
export const ON_PROCESS_STACK = 24;
const STATE_WORDS = 26;

const NEGATIVE = 0x80000000 | 0;
const SCR_SEVONPEND = 1 << 4;

/** What a core reports of the instructions that it executes. */
export interface ProcessorEvents {
  /** It has executed `bkpt`. */
  onBreakpoint(): void;
  /** It has executed `sev`. */
  onSendEvent(): void;
}

/**
 * The registers and exceptions of a Cortex-M0+: what a core is, between two instructions. `interpreter.ts` executes one, and
 * `translator.ts` makes functions of many.
 *
 * It takes the place of the core of `rp2040js`, whose interrupt controller and buses reach into it by the names used there.
 */
export class Processor {
  /** Everything that translated code works on. Signed, which engines of JavaScript compute with fastest. */
  readonly state = new Int32Array(STATE_WORDS);
  /** r0 to r15 without sign. */
  readonly registers = new Uint32Array(this.state.buffer, 0, 16);
  /** Counts what `rp2040js` adds for the divider; nobody reads it. */
  cycles = 0;
  eventRegistered = false;
  /** In `wfi` or `wfe`. */
  waiting = false;
  VTOR = 0;
  SHPR2 = 0;
  SHPR3 = 0;
  /** The system control register: SEVONPEND, SLEEPONEXIT. */
  systemControl = 0;
  /** The interrupt lines as the peripherals hold them now. */
  lines = 0;
  pendingInterrupts = 0;
  enabledInterrupts = 0;
  interruptPriorities: number[] = [-1, 0, 0, 0];
  pendingNMI = false;
  pendingPendSV = false;
  pendingSVCall = false;
  pendingSystick = false;
  /** Something has changed by which an exception may be due. */
  interruptsUpdated = false;
  nPRIV = false;
  /** For translated code: something starts at the program counter, it is not just the next instruction. */
  isLeader = true;
  /** A block has left the next instruction to the interpreter. */
  hasLeftBlock = false;

  // The bus of the core, which `installBus` puts in place.
  readUint32: (address: number) => number;
  readUint16: (address: number) => number;
  readUint8: (address: number) => number;
  writeUint32: (address: number, value: number) => void;
  writeUint16: (address: number, value: number) => void;
  writeUint8: (address: number, value: number) => void;

  private exceptionNumber = 0;

  constructor(
    readonly chip: RP2040,
    readonly events: ProcessorEvents = { onBreakpoint() {}, onSendEvent() {} },
  ) {
    this.readUint32 = (address) => chip.readUint32(address);
    this.readUint16 = (address) => chip.readUint16(address);
    this.readUint8 = (address) => chip.readUint8(address);
    this.writeUint32 = (address, value) => chip.writeUint32(address, value);
    this.writeUint16 = (address, value) => chip.writeUint16(address, value);
    this.writeUint8 = (address, value) => chip.writeUint8(address, value);
    this.APSR = 0;
  }

  get SP(): number {
    return this.registers[SP] as number;
  }

  set SP(value: number) {
    this.state[SP] = value & ~3;
  }

  get LR(): number {
    return this.registers[LR] as number;
  }

  set LR(value: number) {
    this.state[LR] = value;
  }

  get PC(): number {
    return this.registers[PC] as number;
  }

  set PC(value: number) {
    this.state[PC] = value;
  }

  get N(): boolean {
    return (this.state[FLAG_N] as number) < 0;
  }

  get Z(): boolean {
    return this.state[FLAG_Z] === 0;
  }

  get C(): boolean {
    return this.state[FLAG_C] !== 0;
  }

  get V(): boolean {
    return (this.state[FLAG_V] as number) < 0;
  }

  get PM(): boolean {
    return this.state[PRIMASK] !== 0;
  }

  set PM(value: boolean) {
    this.state[PRIMASK] = value ? 1 : 0;
  }

  /** The number of the exception whose handler runs; 0 in thread mode. */
  get IPSR(): number {
    return this.exceptionNumber;
  }

  set IPSR(value: number) {
    this.exceptionNumber = value;
    this.updatePrivilege();
  }

  get APSR(): number {
    return ((this.N ? 0x80000000 : 0) | (this.Z ? 0x40000000 : 0) | (this.C ? 0x20000000 : 0) | (this.V ? 0x10000000 : 0)) >>> 0;
  }

  set APSR(value: number) {
    this.state[FLAG_N] = value;
    this.state[FLAG_Z] = value & 0x40000000 ? 0 : 1;
    this.state[FLAG_C] = (value >>> 29) & 1;
    this.state[FLAG_V] = value & 0x10000000 ? NEGATIVE : 0;
  }

  /** As it is stacked and as debuggers see it, with the Thumb bit. */
  get xPSR(): number {
    return (this.APSR | this.IPSR | (1 << 24)) >>> 0;
  }

  set xPSR(value: number) {
    this.APSR = value;
    this.IPSR = value & 0x3f;
  }

  /** Whether the stack pointer in use is that of the process stack. */
  get usesProcessStack(): boolean {
    return this.state[ON_PROCESS_STACK] !== 0;
  }

  get SPmain(): number {
    return this.usesProcessStack ? this.bankedSP : this.SP;
  }

  set SPmain(value: number) {
    if (this.usesProcessStack) this.state[BANKED_SP] = value & ~3;
    else this.SP = value;
  }

  get SPprocess(): number {
    return this.usesProcessStack ? this.SP : this.bankedSP;
  }

  set SPprocess(value: number) {
    if (this.usesProcessStack) this.SP = value;
    else this.state[BANKED_SP] = value & ~3;
  }

  switchStack(process: boolean): void {
    if (this.usesProcessStack === process) return;
    const other = this.bankedSP;
    this.state[BANKED_SP] = this.SP;
    this.SP = other;
    this.state[ON_PROCESS_STACK] = process ? 1 : 0;
  }

  private get bankedSP(): number {
    return (this.state[BANKED_SP] as number) >>> 0;
  }

  updatePrivilege(): void {
    this.state[UNPRIVILEGED] = this.nPRIV && this.exceptionNumber === 0 ? 1 : 0;
  }

  /** What `mrs` reads: B4.2.2. The Thumb bit reads as 0. */
  readSpecialRegister(number: number): number {
    if (number < 8) return ((number & 4 ? 0 : this.APSR) | (number & 1 ? this.IPSR : 0)) >>> 0;
    if (number === 8) return this.SPmain;
    if (number === 9) return this.SPprocess;
    if (number === 16) return this.PM ? 1 : 0;
    if (number === 20) return (this.usesProcessStack ? 2 : 0) | (this.nPRIV ? 1 : 0);
    return 0;
  }

  /** What `msr` writes in a privileged mode: B4.2.3. */
  writeSpecialRegister(number: number, value: number): void {
    if (number < 4) {
      this.APSR = value;
    } else if (number === 8) {
      this.SPmain = value;
    } else if (number === 9) {
      this.SPprocess = value;
    } else if (number === 16) {
      this.PM = (value & 1) !== 0;
      this.interruptsUpdated = true;
    } else if (number === 20) {
      this.nPRIV = (value & 1) !== 0;
      this.updatePrivilege();
      if (this.IPSR === 0) this.switchStack((value & 2) !== 0);
    }
  }

  get svCallPriority(): number {
    return this.SHPR2 >>> 30;
  }

  get pendSVPriority(): number {
    return (this.SHPR3 >>> 22) & 3;
  }

  get systickPriority(): number {
    return this.SHPR3 >>> 30;
  }

  /** How urgent an exception is: the lower, the more. Of exception 0, which is none, the lowest. */
  exceptionPriority(exception: number): number {
    if (exception >= EXTERNAL) return this.priorityOfLine(exception - EXTERNAL);
    if (exception === NMI) return -2;
    if (exception === HARD_FAULT) return -1;
    if (exception === SVCALL) return this.svCallPriority;
    if (exception === PENDSV) return this.pendSVPriority;
    return exception === SYSTICK ? this.systickPriority : LOWEST_PRIORITY;
  }

  /** The priority below which an exception has to be to interrupt what runs now. */
  get executionPriority(): number {
    return Math.min(this.exceptionPriority(this.exceptionNumber), this.PM ? 0 : LOWEST_PRIORITY);
  }

  /** Whether any exception waits that may be taken once PRIMASK and priorities allow it. */
  get hasPending(): boolean {
    const interrupts = this.pendingInterrupts & this.enabledInterrupts;
    return interrupts !== 0 || this.pendingSystick || this.pendingPendSV || this.pendingSVCall || this.pendingNMI;
  }

  /** What the interrupt controller shows as pending: the most urgent exception, whether or not it is enabled. */
  get vectPending(): number {
    return this.pendingNMI ? NMI : this.mostUrgent(this.pendingInterrupts, LOWEST_PRIORITY);
  }

  /** The most urgent of those that are pending, the interrupts among them being those given, and more urgent than `limit`; 0 if there is none. */
  mostUrgent(interrupts: number, limit: number): number {
    for (let priority = 0; priority < limit; priority++) {
      if (this.pendingSVCall && this.svCallPriority === priority) return SVCALL;
      if (this.pendingPendSV && this.pendSVPriority === priority) return PENDSV;
      if (this.pendingSystick && this.systickPriority === priority) return SYSTICK;
      const group = interrupts & (this.interruptPriorities[priority] as number);
      if (group !== 0) return EXTERNAL + 31 - Math.clz32(group & -group);
    }
    return 0;
  }

  /** A peripheral raises or drops its line. The controller latches a rise until the handler starts. */
  setInterrupt(irq: number, asserted: boolean): void {
    const bit = 1 << irq;
    const rises = asserted && !(this.lines & bit);
    this.lines = asserted ? this.lines | bit : this.lines & ~bit;
    if (rises) this.pend(bit);
  }

  pend(bits: number): void {
    if ((bits & ~this.pendingInterrupts) === 0) return;
    this.pendingInterrupts |= bits;
    this.interruptsUpdated = true;
    if (this.systemControl & SCR_SEVONPEND) this.eventRegistered = true;
  }

  private priorityOfLine(line: number): number {
    const group = this.interruptPriorities.findIndex((lines) => lines & (1 << line));
    return group < 0 ? LOWEST_PRIORITY : group;
  }
}

/** The processor that a chip, as one of its cores sees it, has in the place of that of `rp2040js`. */
export function processorOf(chip: RP2040): Processor {
  return chip.core as unknown as Processor;
}

/** Gives a chip, as a core sees it, its processor. */
export function installProcessor(chip: RP2040, events: ProcessorEvents): Processor {
  const cpu = new Processor(chip, events);
  (chip as { core: unknown }).core = cpu;
  return cpu;
}
