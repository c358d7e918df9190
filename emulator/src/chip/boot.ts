import { FLASH_START } from '../memory-map.js';

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

/** True if the first 256 bytes end in their own checksum, as those of a second-stage boot loader do. */
function hasSecondStage(flash: Uint8Array): boolean {
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
