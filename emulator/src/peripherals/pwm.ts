import type { GPIOPin, RP2040 } from 'rp2040js';
import { type DmaRequests, PWM_WRAP_REQUEST } from './dma-requests.js';
import { InterruptLine } from './interrupt-line.js';
import type { PinInputs } from './pin-inputs.js';
import { PwmSlice } from './pwm-slice.js';
import { RegisterBlock } from './register-block.js';
import type { SystemCycles } from './system-cycles.js';

const FUNCTION_PWM = 4;
const PWM = 0x40050;
const SLICES = 8;
const SLICE_SIZE = 0x14;
const CSR = 0x00;
const DIV = 0x04;
const CTR = 0x08;
const CC = 0x0c;
const TOP = 0x10;
const EN = 0xa0;
const INTR = 0xa4;
const INTS = 0xb0;
const SLICE_BITS = 0xff;
const PWM_INTERRUPT = 4;

const ENABLE = 1 << 0;
const PHASE_CORRECT = 1 << 1;
const INVERT_A = 1 << 2;

/** What a slice of the pulse-width modulator puts out at a pin. */
export interface Pwm {
  /** In hertz. */
  readonly frequency: number;
  /** The share of time in which the pin is high, 0 to 1. */
  readonly duty: number;
}

/** What the modulator is set to put out at a pin; undefined where the pin is not connected to it or its slice stands still. */
export function readPwm(chip: RP2040, pin: number): Pwm | undefined {
  if (chip.gpio[pin]?.functionSelect !== FUNCTION_PWM) return undefined;
  const slice = sliceOf(pin) * SLICE_SIZE;
  const read = (register: number): number => chip.peripherals[PWM]?.readUint32(slice + register) ?? 0;
  const control = read(CSR);
  if (!(control & ENABLE)) return undefined;
  const isSecond = (pin & 1) === 1;
  const steps = (read(TOP) & 0xffff) + 1;
  const register = read(DIV) & 0xfff;
  const divider = register / 16 + (register >> 4 ? 0 : 256);
  const level = (read(CC) >>> (isSecond ? 16 : 0)) & 0xffff;
  const duty = Math.min(1, level / steps);
  const isInverted = (control & (isSecond ? INVERT_A << 1 : INVERT_A)) !== 0;
  return { frequency: chip.clkSys / divider / steps / (control & PHASE_CORRECT ? 2 : 1), duty: isInverted ? 1 - duty : duty };
}

const sliceOf = (pin: number): number => (pin >> 1) & (SLICES - 1);

/**
 * The pulse-width modulator (RP2040 datasheet 4.5), in place of that of `rp2040js`, which has no edges in phase-correct mode, counts the
 * wrong edges at pin B, and clears its enable bits through their alias.
 */
export class PwmBlock extends RegisterBlock {
  /** The levels and directions of all pins, for those that are connected to the modulator. */
  gpioValue = 0;
  gpioDirection = 0;
  /** `rp2040js` tells these of a new frequency, which the slices hear of themselves. */
  readonly channels: readonly never[] = [];

  private readonly slices: readonly PwmSlice[];
  /** The pins of each slice: A and B, and the same again 16 further, of which slice 7 has none. */
  private readonly pins: readonly (readonly GPIOPin[])[];
  private raw = 0;
  private readonly line: InterruptLine;

  constructor(chip: RP2040, cycles: SystemCycles, requests: DmaRequests) {
    super(chip, 'PWM_BASE');
    this.line = new InterruptLine((isAsserted) => chip.setInterrupt(PWM_INTERRUPT, isAsserted));
    this.pins = Array.from({ length: SLICES }, (_, index) => chip.gpio.filter((pin) => sliceOf(pin.index) === index));
    this.slices = Array.from({ length: SLICES }, (_, index) => {
      const around = { cycles, onWrap: () => this.wrapped(index, requests), onOutput: () => this.show(index) };
      return new PwmSlice(around);
    });
    this.showAll();
  }

  reset(): void {
    this.raw = this.line.enabled = this.line.forced = 0;
    for (const slice of this.slices) slice.reset();
    this.showAll();
    this.interrupt();
  }

  /** `rp2040js` tells of each change at a pin that is connected to the modulator. */
  gpioOnInput(pin: number): void {
    if (pin & 1) this.followInput(sliceOf(pin));
  }

  protected read(offset: number): number | undefined {
    if (offset < EN) {
      const slice = this.slices[Math.floor(offset / SLICE_SIZE)] as PwmSlice;
      switch (offset % SLICE_SIZE) {
        case CSR:
          return slice.readControl();
        case DIV:
          return slice.readDivider();
        case CTR:
          return slice.readCounter();
        case CC:
          return slice.readLevels();
        default:
          return slice.readTop();
      }
    }
    switch (offset) {
      case EN:
        return this.slices.reduce((bits, slice, index) => bits | (slice.isEnabled ? 1 << index : 0), 0);
      default:
        return this.line.read(offset - INTR, this.raw);
    }
  }

  protected write(offset: number, value: number, raw: number): boolean {
    if (offset < EN) {
      this.writeSlice(this.slices[Math.floor(offset / SLICE_SIZE)] as PwmSlice, offset % SLICE_SIZE, value);
      return true;
    }
    switch (offset) {
      case EN:
        for (const [index, slice] of this.slices.entries()) {
          const bit = (value >> index) & ENABLE;
          if (slice.isEnabled !== (bit === ENABLE)) slice.writeControl((slice.readControl() & ~ENABLE) | bit);
        }
        break;
      case INTR:
        this.raw &= ~raw;
        break;
      default:
        if (!this.line.write(offset - INTR, value & SLICE_BITS)) return offset === INTS;
    }
    this.interrupt();
    return true;
  }

  private writeSlice(slice: PwmSlice, register: number, value: number): void {
    switch (register) {
      case CSR:
        return slice.writeControl(value);
      case DIV:
        return slice.writeDivider(value);
      case CTR:
        return slice.writeCounter(value);
      case CC:
        return slice.writeLevels(value);
      default:
        return slice.writeTop(value);
    }
  }

  private interrupt(): void {
    this.line.update(this.raw);
  }

  private wrapped(index: number, requests: DmaRequests): void {
    this.raw |= 1 << index;
    this.interrupt();
    requests.pulse(PWM_WRAP_REQUEST + index);
  }

  private show(index: number): void {
    const { outputs, drivesB } = this.slices[index] as PwmSlice;
    const twice = (bits: number): number => (bits << (2 * index)) | (index < SLICES - 1 ? bits << (2 * index + 16) : 0);
    const mask = twice(3);
    const value = (this.gpioValue & ~mask) | twice(outputs);
    const direction = (this.gpioDirection & ~mask) | twice(drivesB ? 3 : 1);
    if (value === this.gpioValue && direction === this.gpioDirection) return;
    this.gpioValue = value;
    this.gpioDirection = direction;
    for (const pin of this.pins[index] ?? []) if (pin.functionSelect === FUNCTION_PWM) pin.checkForUpdates();
  }

  private showAll(): void {
    for (const index of this.slices.keys()) this.show(index);
  }

  /** Pin B of a slice is high if either of the pins is that are connected to it. */
  private followInput(index: number): void {
    const isHigh = (this.pins[index] ?? []).some((pin) => pin.index & 1 && pin.functionSelect === FUNCTION_PWM && pin.inputValue);
    this.slices[index]?.setInput(isHigh);
  }
}

/** Puts the modulator of our own into a chip. */
export function installPwm(chip: RP2040, cycles: SystemCycles, inputs: PinInputs, requests: DmaRequests): void {
  const pwm = new PwmBlock(chip, cycles, requests);
  Object.assign(chip, { pwm });
  chip.peripherals[PWM] = pwm;
  inputs.onFunction((pin) => pwm.gpioOnInput(pin));
}
