import type { Range } from './range.js';

const PAGE = 256;
const SECTOR = 4096;
const ERASED = 0xff;
const FULL_MEGABYTE = 1 << 20;

/** Commands: W25Q16JV datasheet 8.1.2. */
export const Command = {
  writeStatus: 0x01, pageProgram: 0x02, read: 0x03, writeDisable: 0x04, readStatus: 0x05, writeEnable: 0x06, fastRead: 0x0b, eraseSector: 0x20,
  readStatus2: 0x35, writeStatus2: 0x31, readStatus3: 0x15, writeStatus3: 0x11, volatileEnable: 0x50, eraseHalfBlock: 0x52, eraseBlock: 0xd8, suspend: 0x75, resume: 0x7a,
  eraseChip: 0xc7, eraseChipToo: 0x60, uniqueId: 0x4b, manufacturer: 0x90, jedecId: 0x9f, wakeUp: 0xab, powerDown: 0xb9, enableReset: 0x66, reset: 0x99,
} as const;

const WINBOND = 0xef;
const MEMORY_TYPE = 0x40;
const DEVICE_OF_16_MBIT = 0x14;
/** The letters of the library behind a byte of no meaning: each emulated Pico has the same number. */
const UNIQUE_ID = [0xd2, 0x75, 0x61, 0x73, 0x79, 0x6e, 0x63, 0x01];

const BUSY = 1 << 0;
const WRITE_ENABLED = 1 << 1;
const QUAD_ENABLED = 1 << 1; // of the second status register
const SUSPENDED = 1 << 7; // of the second status register
/** What a program may do while an erase or a program is suspended: W25Q16JV datasheet 8.2.20. */
const ALLOWED_WHILE_SUSPENDED: ReadonlySet<number> = new Set([Command.resume, Command.writeEnable, Command.writeDisable]);
/** Bits of the first status register that are not stored. */
const VOLATILE = BUSY | WRITE_ENABLED;

/** Typical times in nanoseconds: W25Q16JV datasheet 9.6. */
const TIMES = { pageProgram: 400e3, eraseSector: 45e6, eraseHalfBlock: 120e6, eraseBlock: 150e6, eraseChip: 5e9, writeStatus: 10e6 } as const;
/** The longest time until it has suspended an erase, and the shortest between a resume and the next suspend: tSUS. */
const SUSPEND_TIME = 20e3;

const BLOCKS: Readonly<Record<number, { readonly bytes: number; readonly nanos: number }>> = {
  [Command.eraseSector]: { bytes: SECTOR, nanos: TIMES.eraseSector },
  [Command.eraseHalfBlock]: { bytes: 8 * SECTOR, nanos: TIMES.eraseHalfBlock },
  [Command.eraseBlock]: { bytes: 16 * SECTOR, nanos: TIMES.eraseBlock },
};

/**
 * The flash chip of a Pico, a Winbond W25Q16JV, at its serial port: commands one byte after the other while it is selected.
 *
 * It stands where the Pico's chip does on the board, so it has what is left of it in common with the memory that the processor reads. While it is busy it
 * only tells its status. Suspending an erase, protecting blocks, the security registers and SFDP are missing: it ignores these commands.
 */
export class FlashChip {
  /** After a quad read with these mode bits, the next read has no command in front of it. */
  isContinuous = false;

  private busyUntil = 0;
  /** The time that an erase or a program needs after it is resumed; undefined while none is suspended. */
  private suspendedNanos: number | undefined;
  private canSuspend = false;
  private resumedAt = -Infinity;
  private isWriteEnabled = false;
  private isPoweredDown = false;
  /** A Pico's chip comes with quad enabled. */
  private readonly status = [0, QUAD_ENABLED, 0x60];
  private selected = false;
  /** What came since it was selected. */
  private readonly received: number[] = [];

  /**
   * @param memory its contents
   * @param now the simulated time in nanoseconds
   * @param onWrite called when contents have changed
   */
  constructor(
    private readonly memory: Uint8Array,
    private readonly now: () => number,
    private readonly onWrite: (range: Range) => void = () => {},
  ) {}

  get isBusy(): boolean {
    return this.now() < this.busyUntil;
  }

  /** How long it will be busy, in nanoseconds. */
  get busyNanos(): number {
    return Math.max(0, this.busyUntil - this.now());
  }

  get isSelected(): boolean {
    return this.selected;
  }

  /** Whether a read of the memory would work now. */
  get canBeRead(): boolean {
    return !this.isBusy && !this.isPoweredDown;
  }

  get hasQuad(): boolean {
    return ((this.status[1] as number) & QUAD_ENABLED) !== 0;
  }

  select(isSelected: boolean): void {
    if (isSelected === this.selected) return;
    this.selected = isSelected;
    if (isSelected) return;
    this.execute();
    this.received.length = 0;
  }

  /** A byte goes in while another comes out. */
  exchange(byte: number): number {
    if (!this.selected) return ERASED;
    if (this.isContinuous) {
      // It takes the byte for an address; only ones in place of the mode bits end that: W25Q16JV datasheet 8.2.34.
      if (byte === 0xff) this.isContinuous = false;
      return ERASED;
    }
    const index = this.received.push(byte) - 1;
    return index === 0 ? ERASED : this.answer(this.received[0] as number, index);
  }

  /** A byte of the memory, as fast reads in dual and quad mode get it; the address goes round. */
  byteAt(address: number): number {
    return this.canBeRead ? (this.memory[address % this.memory.length] as number) : ERASED;
  }

  /** The byte that comes out at a place behind the command's. */
  private answer(command: number, index: number): number {
    if (command === Command.readStatus) return this.firstStatus;
    if (command === Command.readStatus2) return (this.status[1] as number) | (this.suspendedNanos !== undefined && !this.isBusy ? SUSPENDED : 0);
    if (command === Command.readStatus3) return this.status[2] as number;
    if (command === Command.wakeUp) return index >= 4 ? DEVICE_OF_16_MBIT : ERASED;
    if (!this.canBeRead) return ERASED;
    if (command === Command.read) return index >= 4 ? this.byteAt(this.address + index - 4) : ERASED;
    if (command === Command.fastRead) return index >= 5 ? this.byteAt(this.address + index - 5) : ERASED;
    if (command === Command.uniqueId) return index >= 5 ? (UNIQUE_ID[(index - 5) % UNIQUE_ID.length] as number) : ERASED;
    if (command === Command.jedecId) return [WINBOND, MEMORY_TYPE, this.capacity][(index - 1) % 3] as number;
    if (command === Command.manufacturer) return index >= 4 ? ([WINBOND, this.capacity - 1][(index + (this.received[3] as number)) & 1] as number) : ERASED;
    return ERASED;
  }

  private get firstStatus(): number {
    return (this.status[0] as number) | (this.isBusy ? BUSY : 0) | (this.isWriteEnabled ? WRITE_ENABLED : 0);
  }

  /** The power of two that is its size. */
  private get capacity(): number {
    return 0x14 + Math.log2(this.memory.length / FULL_MEGABYTE);
  }

  /** The three bytes behind the command. */
  private get address(): number {
    const [, high = 0, middle = 0, low = 0] = this.received;
    return ((high << 16) | (middle << 8) | low) % this.memory.length;
  }

  /** Does what the command asks for: it is complete when the chip is no longer selected. */
  private execute(): void {
    const { received } = this;
    const command = received[0];
    if (command === undefined) return;
    if (command === Command.suspend) return this.suspend();
    if (this.isBusy) return;
    if (this.isPoweredDown) {
      if (command === Command.wakeUp) this.isPoweredDown = false;
      return;
    }
    if (command === Command.resume) return this.resume();
    if (this.suspendedNanos !== undefined && !ALLOWED_WHILE_SUSPENDED.has(command)) return;
    if (command === Command.writeEnable) this.isWriteEnabled = true;
    else if (command === Command.writeDisable) this.isWriteEnabled = false;
    else if (command === Command.powerDown) this.isPoweredDown = true;
    else if (command === Command.reset) this.isWriteEnabled = false;
    else if (this.isWriteEnabled) this.write(command);
  }

  /** It goes on for a moment before it can be read. One that is done by then is not suspended. */
  private suspend(): void {
    const now = this.now();
    if (!this.isBusy || !this.canSuspend || this.suspendedNanos !== undefined || now - this.resumedAt < SUSPEND_TIME) return;
    const left = this.busyUntil - now;
    if (left <= SUSPEND_TIME) return;
    this.suspendedNanos = left - SUSPEND_TIME;
    this.busyUntil = now + SUSPEND_TIME;
  }

  private resume(): void {
    if (this.suspendedNanos === undefined) return;
    this.resumedAt = this.now();
    this.busyUntil = this.resumedAt + this.suspendedNanos;
    this.suspendedNanos = undefined;
  }

  private write(command: number): void {
    const { received } = this;
    const block = BLOCKS[command];
    if (command === Command.pageProgram && received.length > 4) this.program();
    else if (block !== undefined && received.length === 4) this.erase(this.address - (this.address % block.bytes), block.bytes, block.nanos);
    else if ((command === Command.eraseChip || command === Command.eraseChipToo) && received.length === 1) this.erase(0, this.memory.length, TIMES.eraseChip);
    else if (command === Command.writeStatus && received.length > 1) this.setStatus(0, received.slice(1, 3));
    else if (command === Command.writeStatus2 && received.length === 2) this.setStatus(1, received.slice(1));
    else if (command === Command.writeStatus3 && received.length === 2) this.setStatus(2, received.slice(1));
    else return;
    this.isWriteEnabled = false;
  }

  /** Clears bits within a page; of more than a page, the last bytes win: W25Q16JV datasheet 8.2.13. */
  private program(): void {
    const { address, memory } = this;
    const start = address - (address % PAGE);
    const data = this.received.slice(4);
    const page = new Uint8Array(PAGE).fill(ERASED);
    data.forEach((byte, index) => (page[(address + index) % PAGE] = byte));
    page.forEach((byte, index) => (memory[start + index] = (memory[start + index] as number) & byte));
    this.wrote({ start, end: start + PAGE }, TIMES.pageProgram);
  }

  private erase(start: number, bytes: number, nanos: number): void {
    this.memory.fill(ERASED, start, start + bytes);
    this.wrote({ start, end: start + bytes }, nanos, nanos !== TIMES.eraseChip);
  }

  private setStatus(first: number, values: readonly number[]): void {
    values.forEach((value, index) => (this.status[first + index] = first + index === 0 ? value & ~VOLATILE : value));
    this.busyUntil = this.now() + TIMES.writeStatus;
    this.canSuspend = false;
  }

  private wrote(range: Range, nanos: number, canSuspend = true): void {
    this.canSuspend = canSuspend;
    this.busyUntil = this.now() + nanos;
    this.onWrite(range);
  }
}
