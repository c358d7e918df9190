import { hex } from '../hex.js';

/** Why an instruction could not be executed. On silicon each of these raises a HardFault. */
export class CpuFault extends Error {
  override readonly name = 'CpuFault';
}

/** The firmware jumped into the boot ROM, to where none of its functions begins. */
export class MissingBootRom extends Error {
  override readonly name = 'MissingBootRom';

  constructor(readonly address: number) {
    super(`jumped to ${hex(address)}, in the boot ROM, where none of its functions begins`);
  }
}
