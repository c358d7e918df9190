import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import type { FlashWindow } from '../flash/flash-window.js';
import { correctAdc } from '../peripherals/adc.js';
import { correctI2c } from '../peripherals/i2c.js';
import { correctPins, type Pins } from '../peripherals/pins.js';
import { correctPio } from '../peripherals/pio.js';
import { correctSpi } from '../peripherals/spi.js';
import { correctTimer, type Timer } from '../peripherals/timer.js';
import { correctUartReceiver } from '../peripherals/uart.js';
import { correctUsb, type UsbDevicePort } from '../peripherals/usb.js';
import { correctWatchdog, type Watchdog } from '../peripherals/watchdog.js';
import { correctArithmetic } from './arithmetic.js';
import { installBus } from './bus.js';
import type { Inspector } from './inspector.js';
import { correctInterrupts, type Interrupts } from './interrupts.js';
import { type CoreEvents, correctProcessor } from './processor.js';
import { correctSio } from './sio.js';
import { correctSysTick, type SysTick } from './systick.js';
import type { UnknownRegisters } from './unknown-registers.js';

/** What the corrected chip reports while it runs. */
export interface CorrectionEvents {
  onLevel(pin: number, level: number): void;
  onWatchdog(): void;
}

/** Access to those parts of the corrected chip that `rp2040js` has no interface for. */
export interface CorrectedChip {
  readonly pins: Pins;
  readonly timer: Timer;
  readonly usb: UsbDevicePort;
  readonly watchdog: Watchdog;
}

/** The same for one of its cores. */
export interface CorrectedCore {
  readonly interrupts: Interrupts;
  readonly sysTick: SysTick;
}

/**
 * Puts right, in what the cores of a chip share, what `rp2040js` 1.4.1 does differently from silicon. Each fault is described, with
 * its correction, in a file of `chip/` or `peripherals/`.
 */
export function correctChip(chip: RP2040, clock: CycleClock, events: CorrectionEvents): CorrectedChip {
  correctPio(chip, clock);
  correctSio(chip.sio);
  correctAdc(chip);
  for (const index of [0, 1] as const) correctI2c(chip, index);
  for (const spi of chip.spi) correctSpi(spi, clock);
  for (const uart of chip.uart) correctUartReceiver(chip, uart, clock);
  return {
    pins: correctPins(chip, events.onLevel),
    timer: correctTimer(chip, clock),
    usb: correctUsb(chip),
    watchdog: correctWatchdog(chip, events.onWatchdog),
  };
}

/** What the corrections of a core need of what is around it. */
export interface CoreTools {
  readonly clock: CycleClock;
  readonly inspector: Inspector;
  readonly registers: UnknownRegisters;
}

/** The same in one core, for the chip as that core sees it. */
export function correctCore(
  chip: RP2040, index: number, { clock, inspector, registers, window }: CoreTools & { readonly window: FlashWindow }, events: CoreEvents,
): CorrectedCore {
  installBus(chip, index, inspector, registers, window);
  correctProcessor(chip, events);
  correctArithmetic(chip);
  return { interrupts: correctInterrupts(chip), sysTick: correctSysTick(chip, clock) };
}
