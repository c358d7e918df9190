import type { RP2040 } from 'rp2040js';
import { RegisterBlock } from './register-block.js';

const RESETS = 0x4000c;
const RESET = 0x0;
/** The bits of the blocks that are ours, with where they are (RP2040 datasheet 2.14.3). The timer is left out: it goes on through every reset. */
const BLOCKS = [[0, 0x4004c], [2, 0x50000], [10, 0x50200], [11, 0x50300], [12, 0x40028], [13, 0x4002c], [14, 0x40050], [15, 0x4005c]] as const;

/** What a block does when it is put into reset. */
export interface Resettable {
  reset(): void;
}

/**
 * Puts the registers of a block back when it is put into reset: of those of our own, and of others by their bits. `rp2040js` does no more than
 * keep the bit.
 */
export function followResets(chip: RP2040, others: ReadonlyMap<number, Resettable>): void {
  const resets = chip.peripherals[RESETS] as RP2040['peripherals'][number];
  const write = resets.writeUint32.bind(resets);
  resets.writeUint32 = (offset, value) => {
    const before = resets.readUint32(RESET);
    write(offset, value);
    if (offset !== RESET) return;
    for (const [bit, address] of BLOCKS) {
      const block = chip.peripherals[address];
      if (value & ~before & (1 << bit) && block instanceof RegisterBlock) block.reset();
    }
    for (const [bit, block] of others) if (value & ~before & (1 << bit)) block.reset();
  };
}
