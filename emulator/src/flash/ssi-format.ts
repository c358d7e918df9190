import { Command } from './flash-chip.js';

/** How the SSI frames what it sends: RP2040 datasheet 4.10.13, CTRLR0 and SPI_CTRLR0. */
export const TransferMode = { both: 0, sendOnly: 1, receiveOnly: 2, eepromRead: 3 } as const;

const TRANSFER_MODE_SHIFT = 8;
const FRAME_SIZE_SHIFT = 16;
const LANES_SHIFT = 21;
const WORD_BITS = 32;
const NIBBLE = 4;

/** The values of the two registers, in parts. */
export class SsiFormat {
  constructor(
    private readonly ctrlr0: number,
    private readonly spiCtrlr0: number,
  ) {}

  get transferMode(): number {
    return (this.ctrlr0 >> TRANSFER_MODE_SHIFT) & 3;
  }

  get frameBits(): number {
    return ((this.ctrlr0 >> FRAME_SIZE_SHIFT) & 0x1f) + 1;
  }

  /** Bits at a time: 1, 2 or 4. */
  get lanes(): number {
    return 1 << Math.min(2, (this.ctrlr0 >> LANES_SHIFT) & 3);
  }

  /** A read in dual or quad mode, which has an instruction, an address and clocks to wait in place of frames. */
  get isEnhanced(): boolean {
    return this.lanes > 1;
  }

  get hasInstruction(): boolean {
    return this.instructionBits > 0;
  }

  /** What is sent in front of the address, or behind it as mode bits where there is no instruction, when memory is read. */
  get xipCommand(): number {
    return this.spiCtrlr0 >>> 24;
  }

  get addressBits(): number {
    return NIBBLE * ((this.spiCtrlr0 >> 2) & 0xf);
  }

  /** Clocks in front of the first frame of an enhanced read. */
  get clocksBeforeData(): number {
    const type = this.spiCtrlr0 & 3;
    const instructionLanes = type === 2 ? this.lanes : 1;
    const addressLanes = type === 0 ? 1 : this.lanes;
    return this.instructionBits / instructionLanes + this.addressBits / addressLanes + ((this.spiCtrlr0 >> 11) & 0x1f);
  }

  /** Clocks of a word that is read as memory. */
  get clocksOfWord(): number {
    const before = this.isEnhanced ? this.clocksBeforeData : this.instructionBits + this.addressBits;
    return before + WORD_BITS / this.lanes;
  }

  /** Whether an access to memory becomes a read that the flash chip understands in its mode of now. */
  readsMemory(isContinuous: boolean, hasQuad: boolean): boolean {
    if (this.transferMode !== TransferMode.eepromRead || this.frameBits !== WORD_BITS) return false;
    if (this.lanes === NIBBLE && !hasQuad) return false;
    if (!this.hasInstruction) return isContinuous && this.isEnhanced;
    return !isContinuous && (this.isEnhanced ? ENHANCED_READS.has(this.xipCommand) : this.xipCommand === Command.read || this.xipCommand === Command.fastRead);
  }

  private get instructionBits(): number {
    return [0, NIBBLE, 2 * NIBBLE, 4 * NIBBLE][(this.spiCtrlr0 >> 8) & 3] as number;
  }
}

const DUAL_OUTPUT = 0x3b;
const QUAD_OUTPUT = 0x6b;
const DUAL_IO = 0xbb;
const QUAD_IO = 0xeb;
export const ENHANCED_READS: ReadonlySet<number> = new Set([DUAL_OUTPUT, QUAD_OUTPUT, DUAL_IO, QUAD_IO]);

/** Serial frames of 8 bits that go in and out: for commands. */
export const SERIAL_BYTES = 7 << FRAME_SIZE_SHIFT;
/** A serial read of 32 bits with the command 03h and an address of 24 bits. */
export const SERIAL_READ = { ctrlr0: (TransferMode.eepromRead << TRANSFER_MODE_SHIFT) | (31 << FRAME_SIZE_SHIFT), spiCtrlr0: (Command.read << 24) | (2 << 8) | (6 << 2) } as const;
/** A read of 32 bits on four lines without a command: an address of 24 bits with the mode bits A0h behind it, and 4 clocks to wait. */
export const QUAD_READ = {
  ctrlr0: (2 << LANES_SHIFT) | (TransferMode.eepromRead << TRANSFER_MODE_SHIFT) | (31 << FRAME_SIZE_SHIFT),
  spiCtrlr0: (0xa0 << 24) | (4 << 11) | (8 << 2) | 2,
} as const;
