import type { RP2040 } from 'rp2040js';
import { KeptRegisters } from './kept-registers.js';

const VREG_AND_CHIP_RESET = 0x40064;
const IS_IN_REGULATION = 1 << 12;
const HAD_POWER_ON = 1 << 8;

/**
 * The core's supply and the brown-out detector (RP2040 datasheet 2.10 and 2.12.8): registers that keep what is written. The voltage is
 * always in regulation, never browns out and slows nothing down; the chip tells that it was powered on.
 */
export function installSupply(chip: RP2040): void {
  chip.peripherals[VREG_AND_CHIP_RESET] = new KeptRegisters(chip, 'VREG_AND_CHIP_RESET_BASE', [
    { offset: 0x0, reset: IS_IN_REGULATION | 0xb1, bits: 0xf3 },
    { offset: 0x4, reset: 0x91, bits: 0xf1 },
    { offset: 0x8, reset: HAD_POWER_ON, bits: 0 },
  ]);
}
