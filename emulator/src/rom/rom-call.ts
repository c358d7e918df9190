/** What a function of the boot ROM sees of the core that has called it: its registers, and the memory as that core has it. */
export interface RomCaller {
  /** r0 to r12, sp, lr, pc. */
  readonly registers: Uint32Array;
  readUint8(address: number): number;
  readUint16(address: number): number;
  readUint32(address: number): number;
  writeUint8(address: number, value: number): void;
  writeUint32(address: number, value: number): void;
}

/**
 * A function of the boot ROM, or a part of one that runs without an interrupt in between.
 *
 * It keeps all that it has to remember in the registers that a caller gives away (r0 to r3, r12) and in the program counter, so an
 * interrupt between two parts, whose handler may call the same function, loses nothing.
 *
 * @returns the cycles that it takes, and more than none; negative where the function is not done: it goes on at the program counter, which it may
 * have set to another part
 */
export type RomFunction = (caller: RomCaller) => number;

export const PC = 15;

/** A program asks for the USB boot loader, and does not get back from there. */
export class UsbBoot extends Error {
  override readonly name = 'UsbBoot';
}

/** A core goes to where the ROM holds core 1 out of reset, and does not get back from there. */
export class WaitForVector extends Error {
  override readonly name = 'WaitForVector';
}
