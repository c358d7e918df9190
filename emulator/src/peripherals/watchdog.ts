import type { RP2040 } from 'rp2040js';

const WATCHDOG = 0x40058;

/** The parts of the watchdog that outlive a reset of the chip. */
interface WatchdogState {
  onWatchdogTrigger: () => void;
  readonly timer: { readonly enable: boolean };
  reason: number;
  readonly scratchData: Uint32Array;
}

const watchdogOf = (chip: RP2040): WatchdogState => chip.peripherals[WATCHDOG] as unknown as WatchdogState;

/** What the run loop must know of the watchdog. */
export interface Watchdog {
  isRunning(): boolean;
}

/**
 * Lets an expired watchdog reset the chip. Left alone, `rp2040js` has it expire again and again with no time in between,
 * which hangs the run.
 *
 * @param onExpire to reset the chip once the instruction that runs now is done
 */
export function correctWatchdog(chip: RP2040, onExpire: () => void): Watchdog {
  const watchdog = watchdogOf(chip);
  watchdog.onWatchdogTrigger = onExpire;
  return { isRunning: () => watchdog.timer.enable };
}

/** Copies what survives a reset by the watchdog: the reason and the scratch registers. */
export function keepWatchdogState(from: RP2040, to: RP2040): void {
  const survivor = watchdogOf(to);
  survivor.reason = watchdogOf(from).reason;
  survivor.scratchData.set(watchdogOf(from).scratchData);
}

const BOOT_MAGIC = 0xb007c0d3;

/**
 * Where a reset by the watchdog is to go in place of flash, as a program has noted it in four scratch registers; undefined where it has not: RP2040
 * datasheet 2.8.1.1. The note is good for once.
 */
export function takeBootNote(chip: RP2040): { readonly entry: number; readonly stack: number } | undefined {
  const { scratchData } = watchdogOf(chip);
  const [magic, check, stack, entry] = scratchData.subarray(4, 8) as unknown as [number, number, number, number];
  if (magic !== BOOT_MAGIC) return undefined;
  scratchData[4] = 0;
  return check === (entry ^ -BOOT_MAGIC) >>> 0 ? { entry, stack } : undefined;
}
