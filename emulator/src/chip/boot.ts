import { type Image, isInRam } from '../firmware/image.js';
import { FLASH_START, SRAM_END, SRAM_START } from '../memory-map.js';

/** What a core needs to begin. */
export interface Start {
  readonly vectorTable: number;
  readonly stack: number;
  readonly entry: number;
}

/** The vectors that a core has before its program sets its own, and the stack: those of the boot ROM. */
const ROM_VECTORS = 0;
const ROM_STACK = 0x20041f00;
const BOOT2_SIZE = 256;
const CRC_POLYNOMIAL = 0x04c11db7;

/**
 * Where the boot ROM would make the processor start: at the vector table after the second-stage boot loader, if the first 256
 * bytes of flash are one, and otherwise at the start of flash.
 *
 * The real ROM boots nothing without a second stage. Firmware that was linked without one is what an emulator can still run.
 */
export function findVectorTable(flash: Uint8Array): number {
  return hasSecondStage(flash) ? FLASH_START + BOOT2_SIZE : FLASH_START;
}

/**
 * Where an image begins that lies in RAM; undefined for others. The boot ROM calls the lowest address of what a UF2 file has put there (RP2040
 * datasheet 2.8.4.2), a debugger the entry that an ELF file tells. If that is the second word of a vector table, the table is used.
 */
export function startInRam(image: Image, sram: DataView): Start | undefined {
  if (!isInRam(image) || image.segments.length === 0) return undefined;
  const lowest = image.segments.reduce((least, { address }) => Math.min(least, address), SRAM_END);
  const entry = image.entry || lowest | 1;
  const [stack, reset] = [0, 4].map((offset) => (lowest + offset + 4 <= SRAM_END ? sram.getUint32(lowest + offset - SRAM_START, true) : 0)) as [number, number];
  if ((lowest & 0xff) === 0 && reset === (entry | 1) >>> 0 && isStack(stack)) return { vectorTable: lowest, stack, entry };
  return { vectorTable: ROM_VECTORS, stack: ROM_STACK, entry };
}

/** Where a program begins that a watchdog's reset is to go to. */
export function startAt(entry: number, stack: number): Start {
  return { vectorTable: ROM_VECTORS, stack, entry };
}

export function isStack(address: number): boolean {
  return address > SRAM_START && address <= SRAM_END;
}

/** True if the first 256 bytes end in their own checksum, as those of a second-stage boot loader do. */
export function hasSecondStage(flash: Uint8Array): boolean {
  if (flash.length < BOOT2_SIZE) return false;
  const view = new DataView(flash.buffer, flash.byteOffset, BOOT2_SIZE);
  return view.getUint32(BOOT2_SIZE - 4, true) === crc32(flash.subarray(0, BOOT2_SIZE - 4));
}

/** The checksum of the boot ROM: CRC-32, most significant bit first, all ones at the start, nothing inverted at the end. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ CRC_POLYNOMIAL : crc << 1;
  }
  return crc >>> 0;
}
