/** Why a firmware will not go on. */
export interface Ending {
  /**
   * - `breakpoint`: it executed `bkpt`.
   * - `asleep`: it sleeps, and nothing can wake it any more.
   * - `crashed`: its HardFault handler is done: it loops, sleeps or hit a breakpoint.
   * - `lockup`: a fault within the HardFault handler, or where that could not be entered.
   * - `stuck`: it branches to itself with every interrupt shut out.
   * - `boot rom`: it called the boot ROM, which is not there.
   * - `emulator`: the emulator itself failed.
   */
  readonly kind: 'breakpoint' | 'asleep' | 'crashed' | 'lockup' | 'stuck' | 'boot rom' | 'emulator';
  /** What happened, where, in words. */
  readonly text: string;
}
