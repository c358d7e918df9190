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

/** How programs end: the function with the breakpoint, and its caller where it has others than the end of `main`. */
const PROGRAM_ENDS: readonly { readonly stop: string; readonly caller?: string; readonly text: string }[] = [
  { stop: 'uasync_stop', caller: 'uasync_reset', text: 'main() returned' },
  { stop: '_exit', text: 'main() returned, or exit() was called' }, // the Pico SDK's
];

/** What a breakpoint means, where the firmware has names. @param place of the breakpoint, in words */
export function endingAtBreakpoint(place: string, pc: number, lr: number, symbols: SymbolTable): Ending {
  // The call may be the caller's last instruction, and the return address the next function's first.
  const [stop, caller] = [pc, (lr & ~1) - 2].map((address) => symbols.at(address >>> 0)?.name);
  const end = PROGRAM_ENDS.find((known) => stop === known.stop && (known.caller === undefined || caller === known.caller));
  return end ? { kind: 'returned', text: end.text } : { kind: 'breakpoint', text: `breakpoint ${place}` };
}
