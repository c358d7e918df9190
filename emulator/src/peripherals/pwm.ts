import type { RP2040 } from 'rp2040js';

const FUNCTION_PWM = 4;
const PWM = 0x40050;
const SLICE_SIZE = 0x14;
const CSR = 0x00;
const DIV = 0x04;
const CC = 0x0c;
const TOP = 0x10;
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
  const slice = ((pin >> 1) & 7) * SLICE_SIZE;
  const read = (register: number): number => chip.peripherals[PWM]?.readUint32(slice + register) ?? 0;
  const control = read(CSR);
  if (!(control & ENABLE)) return undefined;
  const isSecond = (pin & 1) === 1;
  const steps = (read(TOP) & 0xffff) + 1;
  const divider = (read(DIV) & 0xfff) / 16 || 256;
  const level = (read(CC) >>> (isSecond ? 16 : 0)) & 0xffff;
  const duty = Math.min(1, level / steps);
  const isInverted = (control & (isSecond ? INVERT_A << 1 : INVERT_A)) !== 0;
  return { frequency: chip.clkSys / divider / steps / (control & PHASE_CORRECT ? 2 : 1), duty: isInverted ? 1 - duty : duty };
}
