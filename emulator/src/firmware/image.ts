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
  /** The names of its functions; empty where the file has none. */
  readonly symbols: SymbolTable;
  /** The names of its variables and constants. */
  readonly objects: SymbolTable;
  /** What the sources say of how tasks wait, for `src/tasks/words.ts`; empty where they say nothing. */
  readonly words: Uint8Array;
  /** What the compiler told of it; undefined where it was compiled without `-g`. */
  readonly debug: DebugInfo | undefined;
}
