import { type DecodedWord, type Decoder, hexOf } from './decoder.js';
import type { Edge } from './events.js';

/** Reads addresses and bytes of I2C off its two pins. The address comes after each start, and says W or R; a byte without an acknowledgement is NAK. */
export class I2cDecoder implements Decoder {
  readonly pins: readonly number[];

  constructor(private readonly sda: number, private readonly scl: number) {
    this.pins = [sda, scl];
  }

  decode(edges: readonly Edge[]): DecodedWord[] {
    const words: DecodedWord[] = [];
    // Both lines rest high.
    let [data, clock] = [1, 1];
    let bits: number[] | undefined;
    let begun = 0;
    let isAddress = false;
    for (const { pin, nanos, level } of edges) {
      if (pin === this.sda) {
        data = level;
        if (clock === 0) continue;
        bits = level === 0 ? [] : undefined; // a start, or a stop
        isAddress = true;
      } else if (pin === this.scl) {
        clock = level;
        if (level === 0 || bits === undefined) continue;
        if (bits.length === 0) begun = nanos;
        bits.push(data);
        if (bits.length < 9) continue;
        words.push(wordOf(bits, isAddress, begun, nanos));
        bits = [];
        isAddress = false;
      }
    }
    return words;
  }
}

function wordOf(bits: readonly number[], isAddress: boolean, start: number, end: number): DecodedWord {
  const byte = bits.slice(0, 8).reduce((sum, bit) => 2 * sum + bit, 0);
  const isNak = bits[8] === 1;
  const text = isAddress ? `${hexOf(byte >> 1)} ${byte & 1 ? 'R' : 'W'}` : hexOf(byte);
  // The last byte that is read has none, which is as it should be.
  return { start, end, text: isNak ? `${text} NAK` : text, isWrong: isNak && isAddress };
}
