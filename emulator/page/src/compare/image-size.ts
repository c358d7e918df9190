import type { Image } from '../../../src/firmware/image.js';
import { SRAM_START } from '../../../src/memory-map.js';

/** The memory that an image takes, in bytes. */
export interface ImageSize {
  /** What is written to flash, without the gaps. */
  readonly flash: number;
  /** What its variables take; undefined where the file does not say, as a UF2 file. */
  readonly ram: number | undefined;
}

export function sizeOf({ segments, ramBytes }: Image): ImageSize {
  const flash = segments.reduce((sum, { address, bytes }) => (address < SRAM_START ? sum + bytes.length : sum), 0);
  return { flash, ram: ramBytes };
}
