import { hex } from '../hex.js';
import { CpuFault } from './fault.js';
import type { Processor } from './processor.js';

export const NMI = 2;
export const HARD_FAULT = 3;
export const SVCALL = 11;
export const PENDSV = 14;
export const SYSTICK = 15;
/** The first of the 32 interrupts. */
export const EXTERNAL = 16;
/** That of what runs in thread mode: any exception interrupts it. */
export const LOWEST_PRIORITY = 4;

const FRAME_BYTES = 0x20;
const FRAME_ALIGNED = 1 << 9;
const RETURN_TO_HANDLER = 0xfffffff1;
const RETURN_TO_MAIN = 0xfffffff9;
const RETURN_TO_PROCESS = 0xfffffffd;
const SCR_SLEEPONEXIT = 1 << 1;

/**
 * Enters the handler of the most urgent exception, if one may interrupt what runs now.
 *
 * @returns whether it has
 */
export function takePending(cpu: Processor): boolean {
  if (cpu.pendingNMI) {
    cpu.pendingNMI = false;
    enterException(cpu, NMI);
    return true;
  }
  const exception = cpu.mostUrgent(cpu.pendingInterrupts & cpu.enabledInterrupts, cpu.executionPriority);
  if (exception === 0) {
    cpu.interruptsUpdated = false;
    return false;
  }
  if (exception === SVCALL) cpu.pendingSVCall = false;
  else if (exception === PENDSV) cpu.pendingPendSV = false;
  else if (exception === SYSTICK) cpu.pendingSystick = false;
  enterException(cpu, exception);
  return true;
}

/**
 * Stacks a frame and starts a handler: B1.5.6.
 *
 * @throws CpuFault if the stack has no memory or the vector no Thumb bit
 */
export function enterException(cpu: Processor, exception: number): void {
  const { registers } = cpu;
  const wasThread = cpu.IPSR === 0;
  const onProcess = cpu.usesProcessStack;
  const unaligned = cpu.SP & 4;
  const frame = ((cpu.SP - FRAME_BYTES) & ~4) >>> 0;
  cpu.SP = frame;
  for (let index = 0; index < 4; index++) cpu.writeUint32(frame + 4 * index, registers[index] as number);
  cpu.writeUint32(frame + 0x10, registers[12] as number);
  cpu.writeUint32(frame + 0x14, cpu.LR);
  cpu.writeUint32(frame + 0x18, (cpu.PC & ~1) >>> 0);
  cpu.writeUint32(frame + 0x1c, (cpu.xPSR | (unaligned ? FRAME_ALIGNED : 0)) >>> 0);
  cpu.LR = wasThread ? (onProcess ? RETURN_TO_PROCESS : RETURN_TO_MAIN) : RETURN_TO_HANDLER;
  cpu.IPSR = exception;
  cpu.switchStack(false);
  cpu.eventRegistered = true;
  const vector = cpu.readUint32(cpu.VTOR + 4 * exception);
  cpu.PC = vector;
  if (!(vector & 1)) throw new CpuFault(`exception ${exception} has no handler (its vector is ${hex(vector)})`);
  cpu.PC = vector & ~1;
  if (exception >= EXTERNAL) cpu.pendingInterrupts &= ~(1 << (exception - EXTERNAL));
}

/** Whether a branch to an address ends a handler: B1.5.8. */
export function isExceptionReturn(cpu: Processor, address: number): boolean {
  return cpu.IPSR !== 0 && address >>> 28 === 0xf;
}

/** Takes a frame off the stack, and goes on where the exception came. The controller looks at the line of an interrupt again. */
function returnFromException(cpu: Processor, returnCode: number): void {
  const ended = cpu.IPSR;
  const { registers } = cpu;
  const kind = returnCode & 0xf;
  if (kind === (RETURN_TO_PROCESS & 0xf)) cpu.switchStack(true);
  const frame = cpu.SP;
  for (let index = 0; index < 4; index++) registers[index] = cpu.readUint32(frame + 4 * index);
  registers[12] = cpu.readUint32(frame + 0x10);
  cpu.LR = cpu.readUint32(frame + 0x14);
  cpu.PC = cpu.readUint32(frame + 0x18) & ~1;
  const psr = cpu.readUint32(frame + 0x1c);
  cpu.SP = (frame + FRAME_BYTES) | (psr & FRAME_ALIGNED ? 4 : 0);
  cpu.APSR = psr & 0xf0000000;
  cpu.IPSR = kind === (RETURN_TO_HANDLER & 0xf) ? psr & 0x3f : 0;
  cpu.interruptsUpdated = true;
  cpu.eventRegistered = true;
  if (ended >= EXTERNAL) cpu.pend(cpu.lines & (1 << (ended - EXTERNAL)));
  if (cpu.IPSR === 0 && cpu.systemControl & SCR_SLEEPONEXIT) cpu.waiting = true;
}

/**
 * Goes to an address, or ends the handler that runs if it says so: A2.3.1, BXWritePC.
 *
 * @throws CpuFault if the address has no Thumb bit
 */
export function branchTo(cpu: Processor, address: number): void {
  if (isExceptionReturn(cpu, address)) {
    returnFromException(cpu, address);
  } else {
    cpu.PC = address & ~1;
    if (!(address & 1)) throw noThumbCode(address);
  }
}

export function noThumbCode(target: number): CpuFault {
  return new CpuFault(`jump to ${hex(target)}, an address without the Thumb bit${target === 0 ? ' (a null function pointer?)' : ''}`);
}
