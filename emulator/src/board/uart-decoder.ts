import { characterOf, type DecodedWord, type Decoder } from './decoder.js';
import type { Edge } from './events.js';

const DATA_BITS = 8;

/** Reads the bytes of a UART off one pin: 8 data bits, no parity. A frame whose stop bit is low is wrong. */
export class UartDecoder implements Decoder {
  readonly pins: readonly number[];

  /** @param baud bits in a second */
  constructor(private readonly pin: number, private readonly baud: number) {
    this.pins = [pin];
  }

  decode(edges: readonly Edge[], endNanos: number): DecodedWord[] {
    const own = edges.filter(({ pin }) => pin === this.pin);
    const bit = 1e9 / this.baud;
    const words: DecodedWord[] = [];
    let free = -Infinity;
    own.forEach(({ nanos: start, level }, index) => {
      const end = start + (DATA_BITS + 2) * bit;
      if (level !== 0 || start < free || end - bit / 2 > endNanos) return;
      let next = index;
      const sample = (nanos: number): number => {
        while (next + 1 < own.length && (own[next + 1] as Edge).nanos <= nanos) next++;
        return (own[next] as Edge).level;
      };
      let byte = 0;
      for (let place = 0; place < DATA_BITS; place++) byte |= sample(start + (place + 1.5) * bit) << place;
      const isWrong = sample(end - bit / 2) === 0;
      words.push({ start, end, text: isWrong ? `${characterOf(byte)} no stop bit` : characterOf(byte), isWrong });
      free = end - bit / 2;
    });
    return words;
  }
}
