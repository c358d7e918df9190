import type { FlashMemory } from '../flash/flash-memory.js';
import { Command } from '../flash/flash-chip.js';
import type { TwoParts } from './memory-functions.js';
import { PC, type RomFunction } from './rom-call.js';

const PAGE = 256;
const SECTOR = 4096;
const BUSY = 1;
/** A byte at the divider that the ROM sets. */
const BYTE_CYCLES = 8 * 6;
/** Estimates of what the code around the bytes takes. */
const CYCLES = { setUp: 100, exit: 800, command: 40 } as const;

const commandCycles = (bytes: number): number => CYCLES.command + bytes * BYTE_CYCLES;
const addressed = (command: number, address: number): number[] => [command, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff];

/**
 * The functions on the flash: RP2040 datasheet 2.8.3.1.3. Erasing and programming ask the chip again and again whether it is done, and interrupts
 * come in between, as on silicon.
 */
export function flashFunctions(flash: FlashMemory): Readonly<Record<string, RomFunction | TwoParts>> {
  return {
    IF: simple(CYCLES.setUp, () => flash.connectPins()),
    EX: simple(CYCLES.exit, () => flash.exitReading()),
    FC: simple(CYCLES.setUp, () => flash.connectPins()),
    CX: simple(CYCLES.setUp, () => flash.enterReading()),
    RE: { first: (wait) => eraseNext(flash, wait), second: (next) => untilDone(flash, next) },
    RP: { first: (wait) => programNext(flash, wait), second: (next) => untilDone(flash, next) },
  };
}

function simple(cycles: number, action: () => void): RomFunction {
  return () => {
    action();
    return cycles;
  };
}

/** r0 is the offset, r1 the bytes left, r2 and r3 the size of a block and the command that erases one, used where a whole one is to be erased. */
function eraseNext(flash: FlashMemory, wait: number): RomFunction {
  return ({ registers }) => {
    const [offset, left, block, command] = registers as unknown as [number, number, number, number];
    if (left === 0) return CYCLES.command;
    const isBlock = block > 0 && offset % block === 0 && left >= block;
    const size = isBlock ? block : SECTOR;
    flash.command([Command.writeEnable]);
    flash.command(addressed(isBlock ? command & 0xff : Command.eraseSector, offset));
    registers[0] = offset + size;
    registers[1] = Math.max(0, left - size);
    registers[PC] = wait;
    return -commandCycles(5);
  };
}

/** r0 is the offset, r1 where the data are, r2 the bytes left. */
function programNext(flash: FlashMemory, wait: number): RomFunction {
  return (caller) => {
    const { registers } = caller;
    const [offset, data, left] = registers as unknown as [number, number, number];
    if (left === 0) return CYCLES.command;
    const page = Array.from({ length: PAGE }, (_, index) => caller.readUint8(data + index));
    flash.command([Command.writeEnable]);
    flash.command([...addressed(Command.pageProgram, offset), ...page]);
    registers[0] = offset + PAGE;
    registers[1] = data + PAGE;
    registers[2] = Math.max(0, left - PAGE);
    registers[PC] = wait;
    return -commandCycles(5 + PAGE);
  };
}

function untilDone(flash: FlashMemory, next: number): RomFunction {
  return ({ registers }) => {
    if ((flash.command([Command.readStatus, 0]) & BUSY) === 0) registers[PC] = next;
    return -commandCycles(2);
  };
}
