import type { RP2040 } from 'rp2040js';
import { FLASH_START, PERIPHERALS_END, PERIPHERALS_START, PPB_END, PPB_START, SIO_END, SIO_START, SRAM_END, SRAM_START } from '../memory-map.js';
import { CoreInspector } from './core-inspector.js';
import { StoreGuards } from './store-guards.js';

const REGISTERS = [[PERIPHERALS_START, PERIPHERALS_END], [SIO_START, SIO_END], [PPB_START, PPB_END]] as const;

/** What an {@link Inspector} looks into. */
export interface Inspected {
  /** The chip as a core sees it. */
  view(core: number): RP2040;
  readonly cores: { readonly next: { readonly index: number } | undefined; readonly running: readonly unknown[] };
}

/**
 * Looks into a chip from outside: memory, registers, breakpoints, and stores to chosen words. For debuggers and readers of tasks.
 * The registers are those of core 0; those of core 1 are in `cores[1]`.
 *
 * Nothing here takes simulated time or has a side effect on the firmware, but for what is written on purpose.
 */
export class Inspector extends CoreInspector {
  /** Where the processor stops before it executes the instruction; `Pico.run` then returns `'breakpoint'`. */
  readonly breakpoints = new Set<number>();
  /** Set to have `Pico.run` return `'breakpoint'` before the next instruction, which clears it. */
  stopsNow = false;
  /** Called after each store of a core to a watched word of RAM. */
  onStore: ((address: number, size: number, core: number) => void) | undefined;

  /** Both cores, by their number. */
  readonly cores: readonly [CoreInspector, CoreInspector];

  /** How many watch a word, as a debugger and a reader of tasks may both do. */
  private readonly watched = new Uint16Array((SRAM_END - SRAM_START) >> 2);
  /** Where a store is more than a store, because of what is watched or because code is there. */
  readonly guards = new StoreGuards();

  constructor(private readonly chip: () => Inspected) {
    super(() => chip().view(0));
    this.cores = [this, new CoreInspector(() => chip().view(1))];
  }

  /** How many cores are on: 1 until the firmware has started core 1. */
  get running(): number {
    return this.chip().cores.running.length;
  }

  /** The core whose instruction comes next, and at whose breakpoint a run has stopped; 0 while all sleep. */
  get turn(): number {
    return this.chip().cores.next?.index ?? 0;
  }

  /** Has `onStore` called for the word of RAM at an address, until as many `unwatch`; anything else is ignored. */
  watch(address: number): void {
    this.countWatch(address, 1);
  }

  unwatch(address: number): void {
    this.countWatch(address, -1);
  }

  /** For the bus: a core has stored something at this offset of the RAM. */
  stored(offset: number, size: number, core: number): void {
    const word = offset >> 2;
    if (this.guards.words[word] === 0) return;
    this.guards.stored(word);
    if (this.watched[word] !== 0) this.onStore?.(SRAM_START + offset, size, core);
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
    const { flash, sram } = this.chip().view(0);
    const [memory, start] = isSram(address) ? [sram, SRAM_START] : [flash, FLASH_START];
    const offset = (address >>> 0) - start;
    return offset >= 0 && offset + length <= memory.length ? memory.subarray(offset, offset + length) : undefined;
  }

  /** A word of a peripheral, read as core 0 reads it: a few of them notice. Undefined where there are no peripherals. */
  peripheral(address: number): number | undefined {
    const isThere = (address & 3) === 0 && REGISTERS.some(([start, end]) => address >= start && address < end);
    return isThere ? this.chip().view(0).readUint32(address) >>> 0 : undefined;
  }

  /** Writes to RAM, or to flash as a programmer would. False if not all is in one of them. */
  write(address: number, bytes: Uint8Array): boolean {
    const target = this.bytes(address, bytes.length);
    target?.set(bytes);
    this.guards.codeChanged();
    return target !== undefined;
  }

  private countWatch(address: number, change: number): void {
    const index = (address - SRAM_START) >> 2;
    if (!isSram(address)) return;
    this.watched[index] = Math.max(0, (this.watched[index] as number) + change);
    this.guards.setWatched(index, this.watched[index] !== 0);
  }
}

function isSram(address: number): boolean {
  return address >>> 0 >= SRAM_START && address >>> 0 < SRAM_END;
}
