const ENABLE = 1 << 0;
const CHANNEL_SHIFT = 1;
const CALCULATION_SHIFT = 5;
const SWAP = 1 << 9;
const REVERSE_RESULT = 1 << 10;
const INVERT_RESULT = 1 << 11;
const CONTROL_BITS = 0xfff;

const CRC32 = 0x0;
const CRC32_REVERSED = 0x1;
const CRC16 = 0x2;
const CRC16_REVERSED = 0x3;
const PARITY = 0xe;
const SUM = 0xf;
const CRC32_POLYNOMIAL = 0x04c11db7;
const CRC16_POLYNOMIAL = 0x1021;

/** The checksum of what passes through one channel of the DMA controller (RP2040 datasheet 2.5.5.2, registers 2.5.7). */
export class DmaSniffer {
  private control = 0;
  private sum = 0;

  reset(): void {
    this.control = this.sum = 0;
  }

  readControl(): number {
    return this.control;
  }

  writeControl(value: number): void {
    this.control = value & CONTROL_BITS;
  }

  /** The result. Reversal and inversion are only of what is read. */
  readData(): number {
    const value = this.control & REVERSE_RESULT ? reverseBits(this.sum) : this.sum;
    return this.control & INVERT_RESULT ? ~value >>> 0 : value;
  }

  writeData(value: number): void {
    this.sum = value >>> 0;
  }

  /** A channel that asks for it has read some bytes, and swapped them where it is told to. */
  sniff(channel: number, data: number, size: number): void {
    const { control } = this;
    if (!(control & ENABLE) || ((control >> CHANNEL_SHIFT) & 0xf) !== channel) return;
    const value = control & SWAP ? swapBytes(data, size) : data;
    const bits = 8 * size;
    switch ((control >> CALCULATION_SHIFT) & 0xf) {
      case CRC32:
        this.sum = crc(this.sum, value, bits, 32, CRC32_POLYNOMIAL);
        break;
      case CRC32_REVERSED:
        this.sum = crc(this.sum, reverseBits(value) >>> (32 - bits), bits, 32, CRC32_POLYNOMIAL);
        break;
      case CRC16:
        this.sum = crc(this.sum, value, bits, 16, CRC16_POLYNOMIAL);
        break;
      case CRC16_REVERSED:
        this.sum = crc(this.sum, reverseBits(value) >>> (32 - bits), bits, 16, CRC16_POLYNOMIAL);
        break;
      case PARITY:
        this.sum = parity(this.sum ^ value);
        break;
      case SUM:
        this.sum = (this.sum + value) >>> 0;
    }
  }
}

/** Shifts data into a remainder, its most significant bit first. */
function crc(before: number, data: number, bits: number, width: number, polynomial: number): number {
  const top = width === 32 ? 0x80000000 : 1 << (width - 1);
  let remainder = before;
  for (let bit = bits - 1; bit >= 0; bit--) {
    const isOdd = ((remainder & top) !== 0) !== (((data >>> bit) & 1) === 1);
    remainder = isOdd ? (remainder << 1) ^ polynomial : remainder << 1;
  }
  return (width === 32 ? remainder : remainder & (2 * top - 1)) >>> 0;
}

function parity(value: number): number {
  let bits = value;
  for (let shift = 16; shift > 0; shift >>= 1) bits ^= bits >>> shift;
  return bits & 1;
}

/** The bits of a word in reverse. */
export function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = (reversed << 1) | ((value >>> bit) & 1);
  return reversed >>> 0;
}

/** The bytes of a word or a halfword in reverse. */
export function swapBytes(value: number, size: number): number {
  if (size === 1) return value;
  if (size === 2) return ((value << 8) | (value >>> 8)) & 0xffff;
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
