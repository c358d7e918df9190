import { RP2040_FAMILY } from '../../../src/firmware/uf2.js';
import { FLASH_START } from '../../../src/memory-map.js';

const BLOCK = 512;
const PAYLOAD = 256;
const HEADER = 32;
const HAS_FAMILY = 0x2000;

/** A file as the emulator reads it: one with the plain contents of the flash, a BIN file, is made a UF2 file of the same. */
export function withoutBin(name: string, bytes: Uint8Array): Uint8Array {
  if (!/\.bin$/i.test(name)) return bytes;
  const count = Math.ceil(bytes.length / PAYLOAD);
  const file = new Uint8Array(count * BLOCK);
  for (let block = 0; block < count; block++) {
    const at = block * PAYLOAD;
    const view = new DataView(file.buffer, block * BLOCK, BLOCK);
    [0x0a324655, 0x9e5d5157, HAS_FAMILY, FLASH_START + at, PAYLOAD, block, count, RP2040_FAMILY].forEach((word, index) => view.setUint32(4 * index, word, true));
    file.set(bytes.subarray(at, at + PAYLOAD), block * BLOCK + HEADER);
    view.setUint32(BLOCK - 4, 0x0ab16f30, true);
  }
  return file;
}
