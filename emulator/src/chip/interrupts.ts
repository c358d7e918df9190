import type { RP2040 } from 'rp2040js';
import { hex } from '../hex.js';
import { CpuFault } from './fault.js';

const SCR = 0xd10;
const SCR_SLEEPONEXIT = 1 << 1;
const SCR_SEVONPEND = 1 << 4;
const NVIC_ICPR = 0x280;
const FIRST_INTERRUPT = 16;
const LOWEST_PRIORITY = 4;

/** The interrupt controller and sleep of the Cortex-M0+, as far as `rp2040js` gets them wrong. */
export interface Interrupts {
  /**
   * Decides whether a core in `wfi` or `wfe` goes on, and lets it if so.
   * To be called after every instruction that left the core waiting, and after everything that happened while it waited.
   *
   * @param forEvent the core executed `wfe`, which an event ends as well, and an interrupt only where its handler can run
   */
  wakeIfDue(forEvent: boolean): boolean;
  /** The interrupts that can end a sleep, as a bit mask. */
  waking(forEvent: boolean): number;
  /** True if an enabled interrupt, were it to become pending, would run before what runs now. */
  canBePreempted(): boolean;
}

/**
 * Faults put right here:
 *
 * - `wfi` with an interrupt already pending under PRIMASK sleeps for ever, and one that becomes pending then runs its handler
 *   inside the critical section. On silicon `wfi` ends, and the handler runs once PRIMASK is cleared.
 * - An interrupt whose line is deasserted before its handler runs is forgotten. The controller of the silicon latches it until
 *   the handler starts, and looks at the line again when the handler returns.
 * - An interrupt below 26 that software makes pending runs its handler for ever, and the clear-pending register clears nothing.
 * - The system control register (SEVONPEND, SLEEPONEXIT) is missing.
 * - An exception handler starts with bit 0 of its program counter set, which `mov rX, pc` would show, and without that bit in
 *   the vector it starts all the same.
 */
export function correctInterrupts(chip: RP2040): Interrupts {
  const { core, ppb } = chip;
  let lines = 0;
  let systemControl = 0;

  const pend = (bits: number): void => {
    if ((bits & ~core.pendingInterrupts) === 0) return;
    core.pendingInterrupts |= bits;
    core.interruptsUpdated = true;
    if (systemControl & SCR_SEVONPEND) core.eventRegistered = true;
  };

  core.setInterrupt = (irq, asserted) => {
    const bit = 1 << irq;
    const rises = asserted && !(lines & bit);
    lines = asserted ? lines | bit : lines & ~bit;
    if (rises) pend(bit);
  };

  const enter = core.exceptionEntry.bind(core);
  core.exceptionEntry = (number) => {
    enter(number);
    const vector = core.PC;
    if (!(vector & 1)) throw new CpuFault(`exception ${number} has no handler (its vector is ${hex(vector)})`);
    core.PC = vector & ~1;
    if (number >= FIRST_INTERRUPT) core.pendingInterrupts &= ~(1 << (number - FIRST_INTERRUPT));
  };

  const leave = core.exceptionReturn.bind(core);
  core.exceptionReturn = (excReturn) => {
    const ended = core.IPSR;
    leave(excReturn);
    if (ended >= FIRST_INTERRUPT) pend(lines & (1 << (ended - FIRST_INTERRUPT)));
    if (core.IPSR === 0 && systemControl & SCR_SLEEPONEXIT) core.waiting = true;
  };

  const read = ppb.readUint32.bind(ppb);
  ppb.readUint32 = (offset) => (offset === SCR ? systemControl : read(offset));
  const write = ppb.writeUint32.bind(ppb);
  ppb.writeUint32 = (offset, value) => {
    if (offset === SCR) systemControl = value;
    else if (offset === NVIC_ICPR) core.pendingInterrupts &= ~value | lines;
    else write(offset, value);
  };

  /** Priority of the most urgent exception that is pending and enabled; higher than any for "none". */
  const pendingPriority = (): number => {
    let priority = core.pendingNMI ? -2 : Infinity;
    const interrupts = core.pendingInterrupts & core.enabledInterrupts;
    if (interrupts) priority = Math.min(priority, core.interruptPriorities.findIndex((group) => group & interrupts));
    if (core.pendingSystick) priority = Math.min(priority, core.systickPriority);
    if (core.pendingPendSV) priority = Math.min(priority, core.pendSVPriority);
    return priority;
  };
  const runningPriority = (): number => core.exceptionPriority(core.IPSR);

  return {
    wakeIfDue(forEvent) {
      const pending = pendingPriority();
      let wakes: boolean;
      if (forEvent) {
        const taken = pending < Math.min(runningPriority(), core.PM ? 0 : LOWEST_PRIORITY);
        wakes = taken || core.eventRegistered;
        if (wakes && !taken) core.eventRegistered = false;
      } else {
        wakes = pending < runningPriority();
      }
      if (wakes) {
        core.waiting = false;
        core.interruptsUpdated = true;
      }
      return wakes;
    },
    waking: (forEvent) => (forEvent && systemControl & SCR_SEVONPEND ? -1 : core.enabledInterrupts),
    canBePreempted() {
      if (core.PM) return false;
      const running = runningPriority();
      return running > core.systickPriority || core.interruptPriorities.some((group, priority) => priority < running && group & core.enabledInterrupts);
    },
  };
}
