/** The bits of each colour by the low bits of COLMOD. With 18 bits each has a byte of its own, whose lowest bits are spare. */
const FORMATS = {
  3: { bits: [4, 4, 4], sizes: [4, 4, 4] },
  5: { bits: [5, 6, 5], sizes: [5, 6, 5] },
  6: { bits: [6, 6, 6], sizes: [8, 8, 8] },
} as const;

/** A format of pixels, as COLMOD names it: 12, 16 or 18 bits. */
export type PixelFormat = keyof typeof FORMATS;

/** Reads the pixels that a host sends, byte by byte. */
export class PixelReader {
  private bits = 0;
  private count = 0;

  /** Forgets what is there of a pixel. */
  clear(): void {
    this.bits = 0;
    this.count = 0;
  }

  /** Takes a byte, and gives the colours of a pixel that it completes, a byte each. */
  take(byte: number, format: PixelFormat): readonly [red: number, green: number, blue: number] | undefined {
    const { bits, sizes } = FORMATS[format];
    const [red, green, blue] = sizes;
    const size = red + green + blue;
    this.bits = (this.bits << 8) | byte;
    this.count += 8;
    if (this.count < size) return undefined;
    this.count -= size;
    const pixel = this.bits >> this.count;
    this.bits &= (1 << this.count) - 1;
    return [widened(pixel >> (green + blue), red, bits[0]), widened(pixel >> blue, green, bits[1]), widened(pixel, blue, bits[2])];
  }
}

/** A colour of some bits, the first of a field, as one of eight: its highest bits again fill the lowest. */
function widened(field: number, size: number, bits: number): number {
  const value = (field >> (size - bits)) & ((1 << bits) - 1);
  const wide = value << (8 - bits);
  return wide | (wide >> bits);
}
