import { SRAM_START } from '../memory-map.js';
import type { DebugInfo } from './dwarf/debug-info.js';
import type { SymbolTable } from './symbols.js';

/** A file that cannot be run on the emulated Pico, with the reason in words for the user. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** Bytes and the address at which they are to be loaded. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A firmware, ready to be loaded. */
export interface Image {
  readonly segments: readonly Segment[];
  /** Where it begins, if the file says so. Only for images that lie in RAM: those in flash begin where the boot ROM goes. */
  readonly entry?: number | undefined;
  /** The bytes of RAM that its variables take; undefined where the file does not say. */
  readonly ramBytes?: number | undefined;
  /** The names of its functions; empty where the file has none. */
  readonly symbols: SymbolTable;
  /** The names of its variables and constants. */
  readonly objects: SymbolTable;
  /** What the sources say of how tasks wait, for `src/tasks/words.ts`; empty where they say nothing. */
  readonly words: Uint8Array;
  /** What the compiler told of it; undefined where it was compiled without `-g`. */
  readonly debug: DebugInfo | undefined;
}

/** True if nothing of it lies in flash. */
export function isInRam({ segments }: Image): boolean {
  return segments.every(({ address }) => address >= SRAM_START);
}
