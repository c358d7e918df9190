import { FLASH_END, FLASH_START, SRAM_END, SRAM_START } from '../memory-map.js';
import { isElf, parseElf } from './elf.js';
import { type Image, ImageError, isInRam } from './image.js';
import { isUf2, parseUf2 } from './uf2.js';

/** Start and end of the flash, and of the SRAM, as far as an image may fill them. */
const MEMORIES = [
  { start: FLASH_START, end: FLASH_END },
  { start: SRAM_START, end: SRAM_END },
] as const;

const MOST_BYTES = MEMORIES.reduce((sum, { start, end }) => sum + end - start, 0);

/**
 * Reads a firmware file, an ELF or a UF2.
 *
 * @throws ImageError if it is neither, is damaged, or is not for the RP2040
 */
export function parseImage(file: Uint8Array): Image {
  if (file.length === 0) throw new ImageError('the file is empty');
  let image: Image;
  if (isElf(file)) image = parseElf(file);
  else if (isUf2(file)) image = parseUf2(file);
  else throw new ImageError('neither an ELF nor a UF2 file');
  const size = image.segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > MOST_BYTES) throw new ImageError(`loads ${size} bytes, more than the RP2040 has memory`);
  for (const { address, bytes } of image.segments) {
    if (!MEMORIES.some(({ start, end }) => address >= start && address + bytes.length <= end)) {
      throw new ImageError(`loads ${bytes.length} bytes at 0x${address.toString(16)}, where the RP2040 has no memory to load`);
    }
  }
  if (!isInRam(image) && !image.segments.some(({ address }) => address === FLASH_START)) {
    throw new ImageError('has nothing at the start of flash (0x10000000), so the RP2040 could not boot it');
  }
  return image;
}
