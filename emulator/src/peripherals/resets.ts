import type { RP2040 } from 'rp2040js';
import { RegisterBlock } from './register-block.js';

const RESETS = 0x4000c;
const RESET = 0x0;
/** The bits of the blocks that are ours, with where they are (RP2040 datasheet 2.14.3). The timer is left out: it goes on through every reset. */
const BLOCKS = [[0, 0x4004c], [2, 0x50000], [10, 0x50200], [11, 0x50300], [12, 0x40028], [13, 0x4002c], [14, 0x40050], [15, 0x4005c]] as const;

/** Puts the registers of a block of our own back when it is put into reset. `rp2040js` does no more than keep the bit. */
export function followResets(chip: RP2040): void {
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
  };
}
