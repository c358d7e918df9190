import type { Ending } from '../../../src/chip/ending.js';

/** Endings with which nothing is wrong. */
const GOOD: readonly Ending['kind'][] = ['asleep', 'bootsel', 'breakpoint', 'returned'];

/** How a firmware ended, in a sentence for the user. */
export interface EndingWords {
  readonly text: string;
  /** True if something is wrong with the firmware. */
  readonly failed: boolean;
}

/** How a program has ended whose chip goes on. */
export function wordsOfLeftBehind({ text }: Ending): string {
  return `The program has ended: ${text}. The other core or a peripheral goes on.`;
}

/** @param hasNames whether the image has names for places in it */
export function wordsOfEnding({ kind, text }: Ending, hasNames: boolean): EndingWords {
  const failed = !GOOD.includes(kind);
  if (failed) return { text: `The firmware ${text}`, failed };
  if (kind === 'returned') return { text: `The program has ended: ${text}.`, failed };
  if (kind === 'breakpoint') return { text: `The program has stopped at a ${text}${hasNames ? '' : '; open the ELF file to see where that is'}.`, failed };
  return { text: kind === 'bootsel' ? `The program has ended: it ${text}.` : `The program is ${text}.`, failed };
}
