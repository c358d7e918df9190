import type { Inspector } from '../chip/inspector.js';
import { fromHex, hexNumber, split, toBytes, toHex, wordToHex } from './packets.js';
import { BAD_ADDRESS, BAD_REQUEST, OK } from './replies.js';

/**
 * Flash and RAM, or one register of a peripheral, for `m20000000,4`. What lies beyond the end of one of them is left out; gdb then asks for it by itself, and is told that it
 * is not there.
 *
 * @param most bytes that fit into an answer
 */
export function readMemory(place: string, inspect: Inspector, most: number): string {
  const [address, length] = addressAndLength(place);
  if (Number.isNaN(address) || Number.isNaN(length)) return BAD_REQUEST;
  const register = length === 4 ? inspect.peripheral(address) : undefined;
  if (register !== undefined) return wordToHex(register);
  const bytes: number[] = [];
  while (bytes.length < Math.min(length, most)) {
    const byte = inspect.byte(address + bytes.length);
    if (byte === undefined) break;
    bytes.push(byte);
  }
  return bytes.length > 0 || length === 0 ? toHex(Uint8Array.from(bytes)) : BAD_ADDRESS;
}

/** `M20000000,2:beef`, with digits, or `X20000000,2:..`, with the bytes themselves. Flash is written as a programmer would write it. */
export function writeMemory(payload: string, inspect: Inspector): string {
  const [place = '', content = ''] = split(payload.slice(1), /:/);
  const [address, length] = addressAndLength(place);
  const bytes = payload.startsWith('X') ? toBytes(content) : fromHex(content);
  if (Number.isNaN(address) || bytes?.length !== length) return BAD_REQUEST;
  return inspect.write(address, bytes) ? OK : BAD_ADDRESS;
}

function addressAndLength(place: string): [number, number] {
  const [address = '', length = ''] = split(place, /,/);
  return [hexNumber(address), hexNumber(length)];
}
