import type { Image } from '../firmware/image.js';
import { FLASH_START, SRAM_START } from '../memory-map.js';

/** Size of the Pico's flash chip, a W25Q16JV. */
export const FLASH_BYTES = 2 * 1024 * 1024;
/** What is erased together: W25Q16JV datasheet 8.2.12. */
const SECTOR_BYTES = 4096;
const ERASED = 0xff;

/** The size of the flash chip for an image: that of the Pico's, or of the bigger one that the image must be made for. */
export function flashSizeFor(image: Image): number {
  let size = FLASH_BYTES;
  for (const { address, bytes } of image.segments) while (address < SRAM_START && address + bytes.length - FLASH_START > size) size *= 2;
  return size;
}

/**
 * What is in the flash when an image has been written to it, as a programmer does: the sectors that the image needs are erased before, and
 * all others stay as they were.
 *
 * @param before the contents before; what is missing at its end was erased
 */
export function programmed(before: Uint8Array, image: Image): Uint8Array {
  const contents = new Uint8Array(FLASH_BYTES).fill(ERASED);
  contents.set(before.subarray(0, FLASH_BYTES));
  const pieces = image.segments.flatMap(({ address, bytes }) => (address < SRAM_START ? [{ start: address - FLASH_START, bytes }] : []));
  for (const { start, bytes } of pieces) {
    contents.fill(ERASED, start - (start % SECTOR_BYTES), Math.ceil((start + bytes.length) / SECTOR_BYTES) * SECTOR_BYTES);
  }
  for (const { start, bytes } of pieces) if (start < FLASH_BYTES) contents.set(bytes.subarray(0, FLASH_BYTES - start), start);
  return contents;
}
