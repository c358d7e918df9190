import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import type { FlashWindow } from '../flash/flash-window.js';
import { installAdc } from '../peripherals/adc.js';
import { correctBusControl } from '../peripherals/bus-control.js';
import { installClocks } from '../peripherals/clocks.js';
import { installDma } from '../peripherals/dma.js';
import { correctI2c } from '../peripherals/i2c.js';
import { correctPins, type Pins } from '../peripherals/pins.js';
import { PinInputs } from '../peripherals/pin-inputs.js';
import { installPio } from '../peripherals/pio.js';
import { installPwm } from '../peripherals/pwm.js';
import { followResets } from '../peripherals/resets.js';
import { installRingOscillator } from '../peripherals/ring-oscillator.js';
import { installRtc } from '../peripherals/rtc.js';
import { correctSpi } from '../peripherals/spi.js';
import { installSupply } from '../peripherals/supply.js';
import { SystemCycles } from '../peripherals/system-cycles.js';
import { installTimer, type Timer } from '../peripherals/timer.js';
import { correctUartReceiver } from '../peripherals/uart.js';
import { correctUsb, type UsbDevicePort } from '../peripherals/usb.js';
import { correctWatchdog, type Watchdog } from '../peripherals/watchdog.js';
import { installBus } from './bus.js';
import type { Inspector } from './inspector.js';
import { correctInterrupts, type Interrupts } from './interrupts.js';
import { followLog } from './log.js';
import { installProcessor, type Processor, type ProcessorEvents } from './processor.js';
import { correctSio } from './sio.js';
import { correctSysTick, type SysTick } from './systick.js';
import type { UnknownRegisters } from './unknown-registers.js';

/** The bit of SPI 0 in RESETS; that of SPI 1 follows. */
const FIRST_SPI_RESET = 16;

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

/** What a core reports while it runs. */
export interface CoreEvents extends ProcessorEvents {
  /** It accesses a register that a peripheral does not have, or that no peripheral has. */
  onUnknownRegister(peripheral: string): void;
}

/** The same for one of its cores. */
export interface CorrectedCore {
  readonly cpu: Processor;
  readonly interrupts: Interrupts;
  readonly sysTick: SysTick;
}

/**
 * Puts right, in what the cores of a chip share, what `rp2040js` 1.4.1 does differently from silicon. Each fault is described, with
 * its correction, in a file of `chip/` or `peripherals/`.
 */
export function correctChip(chip: RP2040, clock: CycleClock, events: CorrectionEvents): CorrectedChip {
  const cycles = new SystemCycles(clock);
  chip.addClockListener((frequency) => {
    clock.setFrequency(frequency);
    cycles.frequencyChanged();
  });
  const pins = correctPins(chip, events.onLevel);
  const dma = installDma(chip, cycles);
  const inputs = new PinInputs(chip);
  const clocks = installClocks(chip, clock, inputs);
  installAdc(chip, clock, clocks, dma);
  installRtc(chip, clock, clocks);
  installPwm(chip, cycles, inputs, dma);
  installPio(chip, cycles, pins, inputs, dma);
  installSupply(chip);
  installRingOscillator(chip);
  correctBusControl(chip);
  correctSio(chip.sio);
  for (const index of [0, 1] as const) correctI2c(chip, index);
  followResets(chip, new Map(chip.spi.map((spi, index) => [FIRST_SPI_RESET + index, correctSpi(chip, spi, clock)])));
  for (const uart of chip.uart) correctUartReceiver(chip, uart, clock);
  return {
    pins,
    timer: installTimer(chip, clock),
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

/** Puts our processor in the place of that of `rp2040js`, for the chip as a core sees it, with what belongs to that core alone. */
export function correctCore(
  chip: RP2040, index: number, { clock, inspector, registers, window }: CoreTools & { readonly window: FlashWindow }, events: CoreEvents,
): CorrectedCore {
  const cpu = installProcessor(chip, events);
  installBus(chip, index, inspector, registers, window);
  followLog(chip, events.onUnknownRegister);
  return { cpu, interrupts: correctInterrupts(chip), sysTick: correctSysTick(chip, clock) };
}
