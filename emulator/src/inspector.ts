import type { RP2040 } from 'rp2040js';

const FLASH_START = 0x10000000;
const SRAM_START = 0x20000000;
const SRAM_SIZE = 0x42000;

/** Registers as debuggers count them: r0 to r12, sp, lr, pc, xPSR. */
export const XPSR = 16;

/**
 * Looks into a chip from outside: memory, registers, breakpoints, and stores to chosen words. For debuggers and readers of tasks.
 *
 * Nothing here takes simulated time or has a side effect on the firmware, but for what is written on purpose.
 */
export class Inspector {
  /** Where the processor stops before it executes the instruction; `Pico.run` then returns `'breakpoint'`. */
  readonly breakpoints = new Set<number>();
  /** Called after each store of a core to a watched word of RAM. */
  onStore: ((address: number, size: number) => void) | undefined;

  private readonly watched = new Uint8Array(SRAM_SIZE >> 2);

  constructor(private readonly chip: () => RP2040) {}

  /** Has `onStore` called for the word of RAM at an address; anything else is ignored. */
  watch(address: number): void {
    if (isSram(address)) this.watched[(address - SRAM_START) >> 2] = 1;
  }

  unwatch(address: number): void {
    if (isSram(address)) this.watched[(address - SRAM_START) >> 2] = 0;
  }

  /** For the bus: a core has stored something at this offset of the RAM. */
  stored(offset: number, size: number): void {
    if (this.watched[offset >> 2] !== 0) this.onStore?.(SRAM_START + offset, size);
  }

  /** A word of flash or RAM; undefined anywhere else. `address` may be unaligned. */
  word(address: number): number | undefined {
    const bytes = this.bytes(address, 4);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  /** A byte of flash or RAM; undefined anywhere else. */
  byte(address: number): number | undefined {
    return this.bytes(address, 1)?.[0];
  }

  /** Bytes of flash or RAM as they are there, not copied; undefined if not all are in one of them. */
  bytes(address: number, length: number): Uint8Array | undefined {
    const { flash, sram } = this.chip();
    const [memory, start] = isSram(address) ? [sram, SRAM_START] : [flash, FLASH_START];
    const offset = (address >>> 0) - start;
    return offset >= 0 && offset + length <= memory.length ? memory.subarray(offset, offset + length) : undefined;
  }

  /** Writes to RAM, or to flash as a programmer would. False if not all is in one of them. */
  write(address: number, bytes: Uint8Array): boolean {
    const target = this.bytes(address, bytes.length);
    target?.set(bytes);
    return target !== undefined;
  }

  /** r0 to r12, sp, lr, pc, xPSR. */
  registers(): Uint32Array {
    const { core } = this;
    return Uint32Array.from([...core.registers, core.xPSR]);
  }

  setRegister(index: number, value: number): void {
    if (index === XPSR) this.core.xPSR = value;
    else this.core.registers[index] = value;
  }

  /** A register that only `mrs` reads: 8 msp, 9 psp, 16 primask, 20 control. */
  specialRegister(number: number): number {
    return this.core.readSpecialRegister(number) >>> 0;
  }

  setSpecialRegister(number: number, value: number): void {
    this.core.writeSpecialRegister(number, value);
  }

  /** The instruction to execute next. */
  get programCounter(): number {
    return this.core.PC >>> 0;
  }

  /** Whether the core sleeps, in `wfi` or `wfe`. */
  get isAsleep(): boolean {
    return this.core.waiting;
  }

  /** The number of the exception whose handler runs, 0 where none does. */
  get exception(): number {
    return this.core.IPSR;
  }

  /** Where the handler of an exception starts, as the vector table has it now. */
  handler(exception: number): number | undefined {
    const vector = this.word(this.core.VTOR + 4 * exception);
    return vector === undefined ? undefined : (vector & ~1) >>> 0;
  }

  private get core(): RP2040['core'] {
    return this.chip().core;
  }
}

function isSram(address: number): boolean {
  return address >>> 0 >= SRAM_START && address >>> 0 < SRAM_START + SRAM_SIZE;
}
