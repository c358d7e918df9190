import type { RP2040 } from 'rp2040js';
import { ClocksBlock } from '../peripherals/clocks.js';
import { readPwm } from '../peripherals/pwm.js';

const PIO_CONTROLS = [0x50200000, 0x50300000] as const;
const MACHINES_ON = 0xf;
const DMA_CONTROL = 0x5000000c;
const DMA_CHANNEL_SIZE = 0x40;
const DMA_CHANNELS = 12;
const DMA_BUSY = 1 << 24;

/** Whether a peripheral does something that can be seen from outside though no core runs: PWM or a clock at a pin, state machines, DMA. */
export function isSelfDriven(chip: RP2040): boolean {
  if (chip.gpio.some((_, pin) => readPwm(chip, pin) !== undefined)) return true;
  if (chip.clocks instanceof ClocksBlock && chip.clocks.isAnyShown) return true;
  if (PIO_CONTROLS.some((address) => chip.readUint32(address) & MACHINES_ON)) return true;
  return Array.from({ length: DMA_CHANNELS }, (_, channel) => chip.readUint32(DMA_CONTROL + DMA_CHANNEL_SIZE * channel)).some((control) => control & DMA_BUSY);
}
