import { type DecodedWord, type Decoder, hexOf } from './decoder.js';
import type { Edge } from './events.js';

/** Reads the bytes of SPI off a clock and a data pin, the highest bit first; where there is a select pin, only while that is low. */
export class SpiDecoder implements Decoder {
  readonly pins: readonly number[];

  /** @param mode 0 to 3: in 0 and 3 a bit counts where the clock rises, in 1 and 2 where it falls */
  constructor(private readonly clock: number, private readonly data: number, private readonly select?: number, private readonly mode: 0 | 1 | 2 | 3 = 0) {
    this.pins = select === undefined ? [clock, data] : [clock, data, select];
  }

  decode(edges: readonly Edge[]): DecodedWord[] {
    const words: DecodedWord[] = [];
    const counts = this.mode === 0 || this.mode === 3 ? 1 : 0;
    // What the data line was before its first edge.
    let data = 1 - (edges.find(({ pin }) => pin === this.data)?.level ?? 1);
    let isSelected = this.select === undefined || edges.find(({ pin }) => pin === this.select)?.level === 1;
    let [bits, byte, begun] = [0, 0, 0];
    for (const { pin, nanos, level } of edges) {
      if (pin === this.data) data = level;
      else if (pin === this.select) {
        isSelected = level === 0;
        bits = 0;
      } else if (pin === this.clock && isSelected && level === counts) {
        if (bits === 0) [byte, begun] = [0, nanos];
        byte = 2 * byte + data;
        if (++bits < 8) continue;
        words.push({ start: begun, end: nanos, text: hexOf(byte), isWrong: false });
        bits = 0;
      }
    }
    return words;
  }
}
