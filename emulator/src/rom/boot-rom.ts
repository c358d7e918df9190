import { ROM_END } from '../memory-map.js';
import { BIT_FUNCTIONS } from './bits.js';
import { addFloatTables } from './float-tables.js';
import { MEMORY_FUNCTIONS, type TwoParts } from './memory-functions.js';
import { type RomFunction, UsbBoot, WaitForVector } from './rom-call.js';
import { RomImage } from './rom-image.js';

/** Versions of the ROM: those of the chip's steppings B0, B1 and B2. */
export type RomVersion = 1 | 2 | 3;
/** What chips have that were made since 2021. */
export const NEWEST_ROM: RomVersion = 3;

/** Where core 1 goes when the function that it was started with returns: it sleeps for ever. */
export const ROM_DEAD = 0x180;
const DEAD_CODE = [0xbf30, 0xe7fd] as const; // wfi, and a branch to it
/** Calls r7, and stops. */
const TRAMPOLINE = 0x184;
const TRAMPOLINE_END = 0x186;
const TRAMPOLINE_CODE = [0x47b8, 0xbe00] as const; // blx r7; bkpt 0
/** Where code stands that the core executes. */
const CODE_START = ROM_DEAD;
const CODE_END = TRAMPOLINE_END + 2;

const STACK = 0x20041f00;
/** Where the real ROM would boot; here nothing is. */
const RESET = 0x100;
const MAGIC = 0x10;
const FUNCTION_TABLE = 0x14;
const DATA_TABLE = 0x16;
const LOOK_UP = 0x18;
const COPYRIGHT = 'A boot ROM for an emulator, written anew; MIT licence';

/** Estimates. */
const CYCLES = { lookUp: 12, lookUpEntry: 7 } as const;

/** What other parts of the emulator do for the ROM. */
export interface RomParts {
  /** Functions on the flash, by their letters. */
  readonly flash: Readonly<Record<string, RomFunction | TwoParts>>;
}

/**
 * A boot ROM of our own, as RP2040 datasheet 2.8 describes what programs find in one: the three pointers, the tables, the functions.
 * No byte of it is the real ROM's.
 *
 * A function is an address at which the core executes no instruction: it runs the function in TypeScript, which takes cycles, and returns to its
 * caller. So code cannot be copied out of this ROM, and there is nothing at the addresses at which the real one has its inner parts.
 */
export class BootRom {
  private readonly image = new RomImage();

  constructor(
    readonly version: RomVersion,
    parts: RomParts,
  ) {
    const { image } = this;
    image.setWord(0, STACK);
    image.setWord(4, RESET | 1);
    image.setBytes(MAGIC, 'M'.charCodeAt(0), 'u'.charCodeAt(0), 1, version);
    image.setCode(ROM_DEAD, ...DEAD_CODE);
    image.setCode(TRAMPOLINE, ...TRAMPOLINE_CODE);
    image.setHalfword(FUNCTION_TABLE, image.addTable(this.functions(parts)));
    image.setHalfword(DATA_TABLE, image.addTable(this.data()));
    image.setHalfword(LOOK_UP, image.addFunction('rom_table_lookup', lookUp));
  }

  /** Its contents, as a program reads them. */
  get words(): Uint32Array {
    return this.image.words;
  }

  /** The function that runs when a core is at an address. */
  functionAt(address: number): RomFunction | undefined {
    return this.image.functionAt(address)?.run;
  }

  /** Its name, for messages. */
  nameAt(address: number): string | undefined {
    return this.image.functionAt(address)?.name;
  }

  private functions(parts: RomParts): Record<string, number> {
    const { image } = this;
    const addresses: Record<string, number> = {};
    const functions = { ...BIT_FUNCTIONS, ...MEMORY_FUNCTIONS, ...parts.flash, UB: usbBoot, WV: waitForVector };
    for (const [letters, code] of Object.entries(functions)) {
      addresses[letters] = typeof code === 'function' ? image.addFunction(letters, code) : image.addTwoParts(letters, code);
    }
    return { ...addresses, DT: TRAMPOLINE | 1, DE: TRAMPOLINE_END };
  }

  private data(): Record<string, number> {
    const { image } = this;
    return { CR: image.addText(COPYRIGHT), GR: image.addWords([0]), ...addFloatTables(image, this.version) };
  }
}

/** True where a core executes instructions of the ROM. */
export function isRomCode(address: number): boolean {
  return address >= CODE_START && address < CODE_END && address < ROM_END;
}

/** Looks for a code (r1) in a table (r0): RP2040 datasheet 2.8.3.1. */
const lookUp: RomFunction = (caller) => {
  const { registers } = caller;
  const [table, code] = [registers[0] as number, registers[1] as number];
  for (let index = 0; ; index++) {
    const found = caller.readUint16(table + 4 * index);
    if (found !== 0 && found !== code) continue;
    registers[0] = found === 0 ? 0 : caller.readUint16(table + 4 * index + 2);
    return CYCLES.lookUp + CYCLES.lookUpEntry * index;
  }
};

const usbBoot: RomFunction = () => {
  throw new UsbBoot();
};

const waitForVector: RomFunction = () => {
  throw new WaitForVector();
};
