import type { Edge } from './events.js';

/** What was said on some pins, as a protocol has it. Times are simulated nanoseconds. */
export interface DecodedWord {
  readonly start: number;
  readonly end: number;
  /** `h`, `0x3c W`, `0xff NAK`. */
  readonly text: string;
  /** Whether it breaks the protocol: no stop bit, no acknowledgement. */
  readonly isWrong: boolean;
}

/** Reads a protocol off the edges of pins. */
export interface Decoder {
  /** The pins that it looks at; edges of others are ignored. */
  readonly pins: readonly number[];
  /** @param edges of a whole stretch of time, in order @param endNanos up to when nothing else happened */
  decode(edges: readonly Edge[], endNanos: number): DecodedWord[];
}

/** A byte as a character where it is one that can be seen, else in hexadecimal digits. */
export function characterOf(byte: number): string {
  return byte > 32 && byte < 127 ? String.fromCharCode(byte) : hexOf(byte);
}

export function hexOf(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
