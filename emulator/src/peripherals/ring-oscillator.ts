import type { RP2040 } from 'rp2040js';
import { KeptRegisters } from './kept-registers.js';

const ROSC = 0x40060;
const DORMANT = 0x0c;
const STATUS = 0x18;
const RANDOMBIT = 0x1c;
const COUNT = 0x20;
const STABLE = 0x80000000;
const DIVIDER_RUNS = 1 << 16;
const ENABLED = 1 << 12;
/** Taps of a shift register of 32 bits that goes through all its states. */
const TAPS = 0x80200003;

/**
 * The ring oscillator (RP2040 datasheet 2.17). It runs at one frequency, whatever strengths and dividers are set, and is never dormant.
 *
 * Its random bit is the same in every run: a run that cannot be repeated would be worth less than a good random number.
 */
class RingOscillator extends KeptRegisters {
  private random = 1;

  constructor(chip: RP2040) {
    super(chip, 'ROSC_BASE', [
      { offset: 0x00, reset: 0xaa0, bits: 0xffffff },
      { offset: 0x04, reset: 0, bits: 0xffff7777 },
      { offset: 0x08, reset: 0, bits: 0xffff7777 },
      { offset: 0x10, reset: 0xaa0, bits: 0xfff },
      { offset: 0x14, reset: 8, bits: 0xfff },
    ]);
  }

  protected override read(offset: number): number | undefined {
    switch (offset) {
      case STATUS:
        return STABLE | DIVIDER_RUNS | ENABLED;
      case RANDOMBIT:
        this.random = (this.random >>> 1) ^ (this.random & 1 ? TAPS : 0);
        return this.random & 1;
      case COUNT:
        return 0; // what is written has been counted down by the time that it is read
      default:
        return super.read(offset);
    }
  }

  protected override write(offset: number, value: number, raw: number): boolean {
    if (offset === DORMANT) return false;
    return [STATUS, RANDOMBIT, COUNT].includes(offset) || super.write(offset, value, raw);
  }
}

/** Puts the oscillator into a chip. */
export function installRingOscillator(chip: RP2040): void {
  chip.peripherals[ROSC] = new RingOscillator(chip);
}
