import type { RP2040 } from 'rp2040js';
import { LOWEST_PRIORITY } from './exceptions.js';
import { processorOf } from './processor.js';

const SCR = 0xd10;
const SCR_SEVONPEND = 1 << 4;
const NVIC_ICPR = 0x280;

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
 * Has the core sleep and wake as silicon does, and gives the interrupt controller of `rp2040js` what that lacks:
 *
 * - Its clear-pending register clears nothing. It must leave those whose line is asserted.
 * - The system control register (SEVONPEND, SLEEPONEXIT) is missing.
 */
export function correctInterrupts(chip: RP2040): Interrupts {
  const { ppb } = chip;
  const core = processorOf(chip);

  const read = ppb.readUint32.bind(ppb);
  ppb.readUint32 = (offset) => (offset === SCR ? core.systemControl : read(offset));
  const write = ppb.writeUint32.bind(ppb);
  ppb.writeUint32 = (offset, value) => {
    if (offset === SCR) core.systemControl = value;
    else if (offset === NVIC_ICPR) core.pendingInterrupts &= ~value | core.lines;
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
    waking: (forEvent) => (forEvent && core.systemControl & SCR_SEVONPEND ? -1 : core.enabledInterrupts),
    canBePreempted() {
      if (core.PM) return false;
      const running = runningPriority();
      return running > core.systickPriority || core.interruptPriorities.some((group, priority) => priority < running && group & core.enabledInterrupts);
    },
  };
}
