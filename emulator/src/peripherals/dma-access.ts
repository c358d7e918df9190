import type { RP2040 } from 'rp2040js';
import { FLASH_START, ROM_END, SRAM_END, SRAM_START } from '../memory-map.js';

/** The flash with its aliases, the registers of its cache, the cache as memory, and the flash's own controller. */
const XIP_MEMORY_END = 0x14000000;
const XIP_CONTROL_END = 0x14000020;
const XIP_SRAM_START = 0x15000000;
const XIP_SRAM_END = 0x15004000;
const SSI_START = 0x18000000;
const SSI_END = 0x18004000;
/** The banks of memory one after the other instead of striped. */
const BANKS_START = 0x21000000;
const BANKS_END = 0x21040000;
const APB_START = 0x40000000;
const APB_END = 0x40070000;
/** DMA, the USB memory and controller, both PIO blocks and the stream from flash: a megabyte each. */
const AHB_START = 0x50000000;
const AHB_END = 0x50500000;

/** Whether the flash of a chip can be read as memory now. */
const guards = new WeakMap<RP2040, () => boolean>();

/** Has the DMA controller of a chip ask whether it can read the flash. */
export function guardFlash(chip: RP2040, isReadable: () => boolean): void {
  guards.set(chip, isReadable);
}

function isWritable(address: number): boolean {
  return (
    (address >= SRAM_START && address < SRAM_END) ||
    (address >= XIP_MEMORY_END && address < XIP_CONTROL_END) ||
    (address >= XIP_SRAM_START && address < XIP_SRAM_END) ||
    (address >= SSI_START && address < SSI_END) ||
    (address >= BANKS_START && address < BANKS_END) ||
    (address >= APB_START && address < APB_END) ||
    (address >= AHB_START && address < AHB_END)
  );
}

/**
 * What the DMA controller reads; undefined where the bus answers with an error. It does not reach what belongs to a core. From a flash that takes commands
 * or is busy it gets ones, where silicon gives what makes no sense.
 */
export function load(chip: RP2040, address: number, size: number): number | undefined {
  if (!isWritable(address) && address >= ROM_END && !(address >= FLASH_START && address < XIP_MEMORY_END)) return undefined;
  if (address >= FLASH_START && address < XIP_MEMORY_END && !(guards.get(chip)?.() ?? true)) return 2 ** (8 * size) - 1;
  const aligned = (address & -size) >>> 0;
  if (size === 4) return chip.readUint32(aligned) >>> 0;
  return size === 2 ? chip.readUint16(aligned) : chip.readUint8(aligned);
}

/** Has it write. @returns false where the bus answers with an error */
export function store(chip: RP2040, address: number, size: number, value: number): boolean {
  if (!isWritable(address)) return false;
  const aligned = (address & -size) >>> 0;
  if (size === 4) chip.writeUint32(aligned, value);
  else if (size === 2) chip.writeUint16(aligned, value);
  else chip.writeUint8(aligned, value);
  return true;
}
