import type { GPIOPin, RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import type { ClockGenerators } from './clock-generators.js';
import type { PinInputs } from './pin-inputs.js';

const FUNCTION_CLOCK = 8;
/** The pins of the four outputs (RP2040 datasheet 2.19.2). */
const PINS = [21, 23, 24, 25] as const;

/** A clock at a pin. It costs nothing unless the pin is connected to it. */
class ClockOutput {
  private level = false;
  private halfNanos = 0;
  private readonly alarm: ReturnType<CycleClock['createAlarm']>;

  constructor(
    clock: CycleClock,
    private readonly pin: GPIOPin,
  ) {
    this.alarm = clock.createAlarm(() => {
      this.level = !this.level;
      this.alarm.schedule(this.halfNanos);
      this.pin.checkForUpdates();
    });
    override(pin, 'rawOutputEnable', () => (this.isConnected ? true : undefined));
    override(pin, 'rawOutputValue', () => (this.isConnected ? this.level : undefined));
  }

  get isConnected(): boolean {
    return this.pin.functionSelect === FUNCTION_CLOCK;
  }

  follow(hertz: number): void {
    const half = this.isConnected && hertz > 0 ? 5e8 / hertz : 0;
    if (half === this.halfNanos) return;
    this.halfNanos = half;
    if (half > 0) this.alarm.schedule(half);
    else {
      this.alarm.cancel();
      this.level = false;
      this.pin.checkForUpdates();
    }
  }
}

/** Has one more function drive a pin. */
function override(pin: GPIOPin, name: 'rawOutputEnable' | 'rawOutputValue', value: () => boolean | undefined): void {
  const before = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(pin), name)?.get;
  Object.defineProperty(pin, name, { configurable: true, get: () => value() ?? (before?.call(pin) as boolean) });
}

/** The clocks that are put out at pins. One that is faster than half the system clock cannot be shown, and stays low. */
export class ClockOutputs {
  private readonly outputs: readonly ClockOutput[];

  constructor(
    private readonly chip: RP2040,
    clock: CycleClock,
    inputs: PinInputs,
    private readonly generators: ClockGenerators,
  ) {
    this.outputs = PINS.map((pin) => new ClockOutput(clock, chip.gpio[pin] as GPIOPin));
    inputs.onFunction((pin) => {
      this.follow();
      const output = PINS.findIndex((own) => own === pin);
      if (output >= 0 && this.isHidden(output)) chip.logger.warn('IO_BANK0_BASE', 'Unimplemented peripheral write: a clock too fast for a pin');
    });
  }

  /** Whether a pin puts out a clock. */
  get isAnyShown(): boolean {
    return this.outputs.some((output, index) => output.isConnected && this.generators.frequency(index) > 0);
  }

  /** Whether an output is at its pin, but faster than can be shown. */
  isHidden(output: number): boolean {
    return this.outputs[output]?.isConnected === true && this.isTooFast(output);
  }

  private isTooFast(output: number): boolean {
    return this.generators.frequency(output) > this.chip.clkSys / 2;
  }

  /** A clock or a pin has changed. */
  follow(): void {
    for (const [index, output] of this.outputs.entries()) output.follow(this.isTooFast(index) ? 0 : this.generators.frequency(index));
  }
}
