import type { Image } from '../../src/firmware/image.js';

/** What an image knows by name: functions and lines, functions only, or nothing, as every UF2 file. */
export type ImageNames = 'lines' | 'functions' | 'none';

export function namesIn({ symbols, debug }: Image): ImageNames {
  if (symbols.isEmpty) return 'none';
  return debug === undefined ? 'functions' : 'lines';
}

/** Says what is missing to see the source of a file of the user's own. */
export function noteOnSource(file: string, names: ImageNames): string {
  switch (names) {
    case 'none':
      return `${file} holds no names: tasks go by addresses, and lines are unknown. Open the ELF file of the same build to see them.`;
    case 'functions':
      return `${file} holds the names of functions, but no lines: it was built without -g.`;
    case 'lines':
      return `The source of ${file} is not here: the image holds the names and lines of its source files, not their text.`;
  }
}
