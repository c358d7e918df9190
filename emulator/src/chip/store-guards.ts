import type { RP2040 } from 'rp2040js';
import { FLASH_END, FLASH_START, SRAM_END, SRAM_START } from '../memory-map.js';

const WATCHED = 1;
const CODE = 2;

/** Somebody who has made something of the code in memory. */
export interface CodeUser {
  /** Code has changed: in RAM only, or anywhere. */
  dropCode(inRamOnly: boolean): void;
}

/**
 * The words of RAM at which a store is more than a store: those that somebody watches, and those whose instructions were
 * translated. Translated code leaves stores to them to the interpreter.
 */
export class StoreGuards {
  /** For each word of RAM, 0 where a store is only a store. */
  readonly words = new Uint8Array((SRAM_END - SRAM_START) >> 2);
  private readonly users = new Set<CodeUser>();
  private readonly code = new Set<number>();

  setWatched(word: number, isWatched: boolean): void {
    const guard = this.words[word] as number;
    this.words[word] = isWatched ? guard | WATCHED : guard & ~WATCHED;
  }

  /** Instructions in this word were translated. */
  setCode(word: number): void {
    this.words[word] = (this.words[word] as number) | CODE;
    this.code.add(word);
  }

  /** Something is stored in a word, by a core, by DMA, or from outside. */
  stored(word: number): void {
    if (((this.words[word] as number) & CODE) !== 0) this.changed(true);
  }

  /** Code in flash, or an unknown part of the memory, has changed. */
  codeChanged(): void {
    this.changed(false);
  }

  follow(user: CodeUser): void {
    this.users.add(user);
  }

  leave(user: CodeUser): void {
    this.users.delete(user);
  }

  /** Another chip takes the place of the one whose code is known here. */
  forgetCode(): void {
    this.changed(false);
    this.users.clear();
  }

  private changed(inRamOnly: boolean): void {
    for (const word of this.code) this.words[word] = (this.words[word] as number) & ~CODE;
    this.code.clear();
    for (const user of this.users) user.dropCode(inRamOnly);
  }
}

/** Has the guards see what is stored past the bus of a core: by DMA. To be called before anything else changes the chip's functions. */
export function guardPlainStores(chip: RP2040, guards: StoreGuards): void {
  const { writeUint32, writeUint16, writeUint8 } = chip;
  const note = (address: number): void => {
    if (address >= SRAM_START && address < SRAM_END) guards.stored((address - SRAM_START) >> 2);
    else if (address >= FLASH_START && address < FLASH_END) guards.codeChanged();
  };
  // By `this`, since the chip as core 1 sees it has these functions, too.
  chip.writeUint32 = function (this: RP2040, address, value) {
    writeUint32.call(this, address, value);
    note(address);
  };
  chip.writeUint16 = function (this: RP2040, address, value) {
    writeUint16.call(this, address, value);
    note(address);
  };
  chip.writeUint8 = function (this: RP2040, address, value) {
    writeUint8.call(this, address, value);
    note(address);
  };
}
