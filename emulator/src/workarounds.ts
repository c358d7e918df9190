import type { RP2040 } from 'rp2040js';
import { installBus } from './bus.js';
import type { CycleClock } from './clock.js';
import type { Inspector } from './inspector.js';
import { correctArithmetic } from './workarounds/arithmetic.js';
import { correctInterrupts, type Interrupts } from './workarounds/interrupts.js';
import { correctPins, type Pins } from './workarounds/pins.js';
import { correctPio } from './workarounds/pio.js';
import { correctProcessor } from './workarounds/processor.js';
import { correctMailbox } from './workarounds/second-core.js';
import { correctSysTick, type SysTick } from './workarounds/systick.js';
import { correctTimer, type Timer } from './workarounds/timer.js';
import { correctWatchdog, type Watchdog } from './workarounds/watchdog.js';

/** What the corrected chip reports while it runs. */
export interface ChipEvents {
  onLevel(pin: number, level: number): void;
  onBreakpoint(): void;
  onWatchdog(): void;
}

/** Access to those parts of the corrected chip that `rp2040js` has no interface for. */
export interface CorrectedChip {
  readonly pins: Pins;
  readonly interrupts: Interrupts;
  readonly sysTick: SysTick;
  readonly timer: Timer;
  readonly watchdog: Watchdog;
}

/**
 * Puts right, in one chip, what `rp2040js` 1.4.1 does differently from silicon. Each fault is described, with its correction,
 * in a file of `workarounds/`.
 *
 * One known fault needs no correction here: its USB host answers every armed endpoint with an empty packet, an interrupt
 * storm. No host is attached to this chip's USB port.
 */
export function correctChip(chip: RP2040, clock: CycleClock, inspector: Inspector, events: ChipEvents): CorrectedChip {
  installBus(chip, inspector);
  correctProcessor(chip, events.onBreakpoint);
  correctArithmetic(chip);
  correctMailbox(chip);
  correctPio(chip, clock);
  return {
    pins: correctPins(chip, events.onLevel),
    interrupts: correctInterrupts(chip),
    sysTick: correctSysTick(chip, clock),
    timer: correctTimer(chip, clock),
    watchdog: correctWatchdog(chip, events.onWatchdog),
  };
}
