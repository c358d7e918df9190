import { type Image, ImageError, type Segment } from './image.js';
import { SymbolTable } from './symbols.js';

const BLOCK_SIZE = 512;
const MAGIC_START_0 = 0x0a324655;
const MAGIC_START_1 = 0x9e5d5157;
const MAGIC_END = 0x0ab16f30;
const MAX_PAYLOAD = 476;
const NOT_MAIN_FLASH = 0x00000001;
const HAS_FAMILY_ID = 0x00002000;

/** The family id of the RP2040. */
export const RP2040_FAMILY = 0xe48bff56;

/** True if the file says that it is a UF2. */
export function isUf2(file: Uint8Array): boolean {
  return file.length >= 8 && view(file).getUint32(0, true) === MAGIC_START_0 && view(file).getUint32(4, true) === MAGIC_START_1;
}

/**
 * Reads a UF2 file. Blocks for other families are skipped, as the boot loader does, but there must be some for the RP2040.
 *
 * @throws ImageError if it is damaged, incomplete, or not for the RP2040
 */
export function parseUf2(file: Uint8Array): Image {
  if (file.length % BLOCK_SIZE !== 0) throw new ImageError('a truncated UF2 file: its length is not a multiple of 512 bytes');
  const segments: Segment[] = [];
  let expected = 0;
  let otherFamily: number | undefined;

  for (let start = 0; start < file.length; start += BLOCK_SIZE) {
    const block = view(file.subarray(start, start + BLOCK_SIZE));
    const number = start / BLOCK_SIZE;
    const isBlock =
      block.getUint32(0, true) === MAGIC_START_0 &&
      block.getUint32(4, true) === MAGIC_START_1 &&
      block.getUint32(BLOCK_SIZE - 4, true) === MAGIC_END;
    const payload = block.getUint32(16, true);
    if (!isBlock || payload > MAX_PAYLOAD) throw new ImageError(`a damaged UF2 file: block ${number} is not a UF2 block`);

    const flags = block.getUint32(8, true);
    if (flags & NOT_MAIN_FLASH) continue;
    const family = flags & HAS_FAMILY_ID ? block.getUint32(28, true) : undefined;
    if (family !== RP2040_FAMILY) {
      otherFamily ??= family ?? 0;
      continue;
    }
    expected = block.getUint32(24, true);
    segments.push({ address: block.getUint32(12, true), bytes: file.subarray(start + 32, start + 32 + payload) });
  }

  if (segments.length === 0) throw new ImageError(`a UF2 file, but not for the RP2040${otherFamily ? ` (its family id is 0x${otherFamily.toString(16)})` : ''}`);
  if (segments.length < expected) throw new ImageError(`a truncated UF2 file: ${segments.length} of ${expected} blocks`);
  return { segments, symbols: new SymbolTable([]), objects: new SymbolTable([]), words: new Uint8Array(), debug: undefined };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
