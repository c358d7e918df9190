import type { SymbolTable } from '../firmware/symbols.js';

/** Why a firmware will not go on. */
export interface Ending {
  /**
   * - `breakpoint`: it executed `bkpt`.
   * - `returned`: the same where its start-up code ends the program, `main` having returned.
   * - `asleep`: it sleeps, and nothing can wake it any more.
   * - `crashed`: its HardFault handler is done: it loops, sleeps or hit a breakpoint.
   * - `lockup`: a fault within the HardFault handler, or where that could not be entered.
   * - `stuck`: it branches to itself with every interrupt shut out.
   * - `bootsel`: it went to the boot ROM's USB boot loader, as with BOOTSEL held.
   * - `boot rom`: it called anything else of the boot ROM, which is not there.
   * - `emulator`: the emulator itself failed.
   */
  readonly kind: 'breakpoint' | 'returned' | 'asleep' | 'crashed' | 'lockup' | 'stuck' | 'bootsel' | 'boot rom' | 'emulator';
  /** What happened, where, in words. */
  readonly text: string;
}

const EXITED = 'main() returned, or exit() was called';

/** How programs end: the function with the breakpoint, and its caller where it has others than the end of `main`. */
const PROGRAM_ENDS: readonly { readonly stop: string; readonly caller?: string; readonly text: string }[] = [
  { stop: 'uasync_stop', caller: 'uasync_reset', text: 'main() returned' },
  { stop: '_exit', text: EXITED }, // the Pico SDK's
];

/** How far behind its entry the start-up code may call `main`. */
const LONGEST_START = 512;
/** How far behind its entry a function that does little more than to stop may have its breakpoint. */
const LONGEST_STOP = 64;

/** The little that is asked of the processor and its memory. */
export interface CodeReader {
  /** Where the program began: the second word of its vector table. */
  readonly resetHandler: number;
  readUint16(address: number): number;
}

/**
 * What a breakpoint means, where the firmware has names, or where a start-up code without names has called `main`, and then what stops.
 *
 * @param place of the breakpoint, in words
 */
export function endingAtBreakpoint(place: string, pc: number, lr: number, symbols: SymbolTable, code: CodeReader): Ending {
  const breakpoint: Ending = { kind: 'breakpoint', text: `breakpoint ${place}` };
  if (symbols.isEmpty) {
    if (isEndOfStart(pc, lr, code)) return { kind: 'returned', text: 'main() returned' };
    return isEndOfExit(lr, code) ? { kind: 'returned', text: EXITED } : breakpoint;
  }
  // The call may be the caller's last instruction, and the return address the next function's first.
  const [stop, caller] = [pc, (lr & ~1) - 2].map((address) => symbols.at(address >>> 0)?.name);
  const end = PROGRAM_ENDS.find((known) => stop === known.stop && (known.caller === undefined || caller === known.caller));
  return end ? { kind: 'returned', text: end.text } : breakpoint;
}

/** Whether the reset handler has made two calls in a row, the first of which returned, and the second has come to the breakpoint: `main()`, and `stop()`. */
function isEndOfStart(pc: number, lr: number, code: CodeReader): boolean {
  const back = lr & ~1;
  const start = code.resetHandler & ~1;
  if (back < start + 8 || back > start + LONGEST_START) return false;
  const stop = calledAt(back - 4, code);
  return calledAt(back - 8, code) !== undefined && stop !== undefined && pc >= stop && pc < stop + LONGEST_STOP;
}

/**
 * Whether the breakpoint was called by what the start-up code calls as the third and last: the Pico SDK's has `runtime_init()`, `main()` and
 * `exit()`, each through a register with the address, and `exit()` calls what stops.
 */
function isEndOfExit(lr: number, code: CodeReader): boolean {
  const back = lr & ~1;
  const start = code.resetHandler & ~1;
  for (let address = start; address < start + LONGEST_START; address += 2) {
    const called = [0, 4, 8].map((offset) => calledThroughRegister(address + offset, code));
    const exit = called[2];
    if (!called.includes(undefined) && exit !== undefined && back > exit && back <= exit + LONGEST_STOP) return true;
  }
  return false;
}

/** What a load of an address from behind the code, and a `blx` to it, call; undefined if these are not there (A6.7.27, A6.7.14). */
function calledThroughRegister(address: number, code: CodeReader): number | undefined {
  const [load, call] = [code.readUint16(address), code.readUint16(address + 2)];
  if (load >> 11 !== 0b01001 || call !== (0x4780 | (((load >> 8) & 7) << 3))) return undefined;
  const literal = ((address + 4) & ~3) + 4 * (load & 0xff);
  return (code.readUint16(literal) | (code.readUint16(literal + 2) << 16)) & ~1;
}

/** What the `bl` at an address calls; undefined if none is there (ARMv6-M, A6.7.13). */
function calledAt(address: number, code: CodeReader): number | undefined {
  const [first, second] = [code.readUint16(address), code.readUint16(address + 2)];
  if ((first & 0xf800) !== 0xf000 || (second & 0xd000) !== 0xd000) return undefined;
  const sign = (first >> 10) & 1;
  const [j1, j2] = [(second >> 13) & 1, (second >> 11) & 1];
  const high = (sign << 24) | ((1 ^ j1 ^ sign) << 23) | ((1 ^ j2 ^ sign) << 22) | ((first & 0x3ff) << 12) | ((second & 0x7ff) << 1);
  return address + 4 + ((high << 7) >> 7);
}
