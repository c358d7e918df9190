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
    let [result, factor] = [0, 1];
    for (;;) {
      const byte = this.u8();
      result += (byte & 0x7f) * factor;
      if (byte < 0x80) return result;
      factor *= 0x80;
    }
  }

  /** LEB128, signed. */
  sleb(): number {
    let [result, factor] = [0, 1];
    for (;;) {
      const byte = this.u8();
      result += (byte & 0x7f) * factor;
      factor *= 0x80;
      if (byte < 0x80) return byte & 0x40 ? result - factor : result;
    }
  }

  /** A text that ends with a zero. */
  text(): string {
    const text = textAt(this.bytes, this.at);
    this.at = this.bytes.indexOf(0, this.at) + 1;
    return text;
  }

  /** So many bytes, not copied. */
  block(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.bytes.length) throw new RangeError();
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

const decoder = new TextDecoder();

/** The text at an offset, up to the next zero. */
export function textAt(bytes: Uint8Array, offset: number): string {
  const end = bytes.indexOf(0, offset);
  if (offset >= bytes.length || end < 0) throw new RangeError();
  return decoder.decode(bytes.subarray(offset, end));
}
