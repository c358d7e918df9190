import type { RP2040 } from 'rp2040js';
import { addKeptRegisters } from './kept-registers.js';

const BUSCTRL = 0x40030;
const SYSCFG = 0x40004;

/**
 * Has the bus and the chip's configuration keep settings that mean nothing here: nobody waits at a bus, so priorities make no difference
 * (RP2040 datasheet 2.1.1.1), and the inputs of the processors have no synchronisers to bypass (2.21).
 */
export function correctBusControl(chip: RP2040): void {
  addKeptRegisters(chip.peripherals[BUSCTRL] as RP2040['peripherals'][number], [{ offset: 0x0, reset: 0, bits: 0x1111 }]);
  addKeptRegisters(chip.peripherals[SYSCFG] as RP2040['peripherals'][number], [
    { offset: 0x0c, reset: 0, bits: 0x3fffffff },
    { offset: 0x10, reset: 0, bits: 0x3f },
  ]);
}
