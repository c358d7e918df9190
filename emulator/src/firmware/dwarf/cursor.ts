import { printable } from '../../printable.js';

/** Of a number of 64 bits in LEB128. */
const LONGEST_NUMBER = 10;
/** More than any compiler writes for a firmware. What is longer has lost its end. */
const LONGEST_TEXT = 8192;

const decoder = new TextDecoder();

/** Reads the little-endian numbers and texts of a debug section one after the other. A read beyond the end is a RangeError. */
export class Cursor {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  i8(): number {
    return this.view.getInt8(this.at++);
  }

  u16(): number {
    return this.view.getUint16((this.at += 2) - 2, true);
  }

  u32(): number {
    return this.view.getUint32((this.at += 4) - 4, true);
  }

  /** A number of 1, 2, 3, 4 or 8 bytes; of 8 the lower half, which is all that a 32-bit processor's debug information needs. */
  uint(size: number): number {
    if (size === 1) return this.u8();
    if (size === 2) return this.u16();
    const low = size === 3 ? this.u16() | (this.u8() << 16) : this.u32();
    if (size === 8) this.at += 4;
    return low;
  }

  /** LEB128, unsigned. */
  uleb(): number {
    return this.leb().value;
  }

  /** LEB128, signed. */
  sleb(): number {
    const { value, last, factor } = this.leb();
    return last & 0x40 ? value - factor : value;
  }

  private leb(): { value: number; last: number; factor: number } {
    let [value, factor] = [0, 1];
    for (let length = 0; length < LONGEST_NUMBER; length++) {
      const last = this.u8();
      value += (last & 0x7f) * factor;
      factor *= 0x80;
      if (last < 0x80) return { value, last, factor };
    }
    throw new RangeError();
  }

  /** A text that ends with a zero, printable. */
  text(): string {
    const length = this.bytes.subarray(this.at, this.at + LONGEST_TEXT).indexOf(0);
    if (length < 0) throw new RangeError();
    const text = printable(decoder.decode(this.block(length)));
    this.at++;
    return text;
  }

  /** So many bytes, not copied. */
  block(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.bytes.length) throw new RangeError();
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

/** Does something with what may be damaged. @returns undefined where it could not be read to the end */
export function readAsFarAsItGoes<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
