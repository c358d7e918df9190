import { DOUBLE, SINGLE } from './float-format.js';
import { floatFunctions } from './float-library.js';
import type { RomImage } from './rom-image.js';

/** How many entries the table of version 1 has; it has none for doubles. */
const ENTRIES_OF_VERSION_1 = 21;

/**
 * The cycles that functions take, in the order of the tables. They are estimates, of the size that RP2040 datasheet 2.8.3.2.2 gives as averages for
 * versions 2 and 3, and have not been compared with it number by number.
 */
const SINGLE_CYCLES = [
  71, 74, 58, 71, 25, 25, 63, 40, 39, 39, 38, 55, 53, 54, 52, 587, 577, 653, 577, 524, 789, 25, 599, 56, 56, 56, 54, 53, 42, 42, 41, 15,
] as const;
const DOUBLE_CYCLES = [
  91, 95, 155, 183, 39, 39, 169, 75, 74, 63, 62, 69, 68, 64, 62, 1617, 1618, 1891, 1618, 804, 428, 39, 2168, 55, 56, 50, 49, 64, 63, 53, 52, 23,
] as const;

/**
 * Puts the tables of the floating-point functions into the ROM. The byte two before the table of singles tells how many entries it has, which programs ask.
 *
 * @returns where the tables are
 */
export function addFloatTables(image: RomImage, version: number): Readonly<Record<string, number>> {
  const add = (functions: ReturnType<typeof floatFunctions>): number[] => functions.map(({ name, run }) => image.addFunction(name, run));
  const singles = add(floatFunctions(SINGLE, SINGLE_CYCLES)).slice(0, version === 1 ? ENTRIES_OF_VERSION_1 : undefined);
  const [start, end] = [singles[0] as number, (singles[singles.length - 1] as number) + 2].map((address) => address & ~1) as [number, number];
  const table = image.addWords([singles.length << 16, ...singles]) + 4;
  const tables = { FS: start, SF: table, FE: end };
  return version === 1 ? tables : { ...tables, SD: image.addWords(add(floatFunctions(DOUBLE, DOUBLE_CYCLES))) };
}
