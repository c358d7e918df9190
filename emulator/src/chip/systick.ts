import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';

const SYST_CSR = 0x010;
const SYST_RVR = 0x014;
const SYST_CVR = 0x018;
const ENABLE = 1 << 0;
const TICKINT = 1 << 1;
const CLKSOURCE = 1 << 2;
const COUNTFLAG = 1 << 16;
const COUNTER_MASK = 0xffffff;

/** Nanoseconds of the reference clock of SysTick, the 1 MHz tick of the watchdog. */
const REFERENCE_NANOS = 1000;

/** What the run loop must know of SysTick. */
export interface SysTick {
  /** True if it runs and its interrupt is enabled. */
  canInterrupt(): boolean;
  /** Takes it out of the chip's life, for a core that is reset. */
  stop(): void;
}

/**
 * Replaces the SysTick timer, which fires at once when it is started and wakes no `wfi`.
 *
 * On silicon a timer whose counter is 0 loads the reload value with its first tick, counts down, and fires when it reaches 0
 * again: reload + 1 ticks after it was started, and so on.
 */
export function correctSysTick(chip: RP2040, clock: CycleClock): SysTick {
  const { core, ppb } = chip;
  let control = 0;
  let reload = COUNTER_MASK;
  let countFlag = false;
  /** The counter while the timer stands still. */
  let stopped = 0;
  /** When the running counter next reaches 0. */
  let zeroAt = 0;
  let tickNanos = REFERENCE_NANOS;

  const counter = (): number => {
    if (!(control & ENABLE)) return stopped;
    const ticks = Math.ceil((zeroAt - clock.nanos) / tickNanos - 1e-6);
    return ticks > reload ? 0 : Math.max(0, ticks);
  };

  const alarm = clock.createAlarm(() => {
    countFlag = true;
    if (control & TICKINT) {
      core.pendingSystick = true;
      core.interruptsUpdated = true;
    }
    start(0);
  });

  const start = (from: number): void => {
    const ticks = from === 0 ? reload + 1 : from;
    zeroAt = clock.nanos + ticks * tickNanos;
    if (reload === 0 && from === 0) alarm.cancel();
    else alarm.schedule(zeroAt - clock.nanos);
  };

  const restart = (value: number, from: number): void => {
    control = value & (ENABLE | TICKINT | CLKSOURCE);
    stopped = from;
    tickNanos = control & CLKSOURCE ? 1e9 / chip.clkSys : REFERENCE_NANOS;
    if (control & ENABLE) start(from);
    else alarm.cancel();
  };

  const read = ppb.readUint32.bind(ppb);
  ppb.readUint32 = (offset) => {
    switch (offset) {
      case SYST_CSR: {
        const value = control | (countFlag ? COUNTFLAG : 0);
        countFlag = false;
        return value;
      }
      case SYST_RVR:
        return reload;
      case SYST_CVR:
        return counter();
      default:
        return read(offset);
    }
  };

  const write = ppb.writeUint32.bind(ppb);
  ppb.writeUint32 = (offset, value) => {
    switch (offset) {
      case SYST_CSR:
        restart(value, counter());
        break;
      case SYST_RVR:
        reload = value & COUNTER_MASK;
        break;
      case SYST_CVR:
        countFlag = false;
        restart(control, 0);
        break;
      default:
        write(offset, value);
    }
  };

  const forget = chip.addClockListener(() => {
    if (control & ENABLE) restart(control, counter());
  });

  return {
    canInterrupt: () => (control & ENABLE) !== 0 && (control & TICKINT) !== 0,
    stop() {
      alarm.cancel();
      forget();
    },
  };
}
