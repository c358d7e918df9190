import type { Inspector } from '../chip/inspector.js';
import { SRAM_START } from '../memory-map.js';

/** A store to a watched place. */
export interface Hit {
  /** Where the watchpoint starts. */
  readonly address: number;
  readonly core: number;
}

interface Watchpoint {
  readonly address: number;
  readonly length: number;
}

/** Places in RAM at which stores stop the firmware, after the instruction. What DMA writes is not a store. */
export class Watchpoints {
  private readonly places: Watchpoint[] = [];
  private hit: Hit | undefined;

  constructor(private readonly inspect: Inspector) {
    const others = inspect.onStore;
    inspect.onStore = (address, size, core) => {
      others?.(address, size, core);
      const place = this.places.find((watched) => address < watched.address + watched.length && watched.address < address + size);
      if (place === undefined) return;
      this.hit ??= { address: place.address, core };
      inspect.stopsNow = true;
    };
  }

  /** Watches some bytes. False if they are not in RAM. */
  add(address: number, length: number): boolean {
    if (address < SRAM_START || length < 0 || this.inspect.bytes(address, length) === undefined) return false;
    if (this.places.some((watched) => watched.address === address && watched.length === length)) return true;
    this.places.push({ address, length });
    for (const word of wordsOf({ address, length })) this.inspect.watch(word);
    return true;
  }

  delete(address: number, length: number): void {
    const index = this.places.findIndex((watched) => watched.address === address && watched.length === length);
    if (index === -1) return;
    for (const removed of this.places.splice(index, 1)) for (const word of wordsOf(removed)) this.inspect.unwatch(word);
  }

  clear(): void {
    for (const { address, length } of [...this.places]) this.delete(address, length);
  }

  /** The first store since this was asked last, if there was one. */
  takeHit(): Hit | undefined {
    const { hit } = this;
    this.hit = undefined;
    return hit;
  }
}

function wordsOf({ address, length }: Watchpoint): number[] {
  const words = [];
  for (let word = (address & ~3) >>> 0; word < address + length; word += 4) words.push(word);
  return words;
}
