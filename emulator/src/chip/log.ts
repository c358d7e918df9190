import type { RP2040 } from 'rp2040js';

/** What `rp2040js` logs of a register that it does not have. */
const UNKNOWN_REGISTER = /^(Unimplemented peripheral (read|write)|Read from invalid memory|Write to undefined address)/;

/**
 * Registers that are not emulated announce themselves only through the logger of `rp2040js`, so that is where they are caught.
 * Everything else that is logged is dropped: it must not mix with the firmware's console.
 *
 * @param onUnknownRegister called with the peripheral that does not have the register, or `RP2040` where none has it
 */
export function followLog(chip: RP2040, onUnknownRegister: (peripheral: string) => void): void {
  chip.logger = {
    debug() {},
    info() {},
    warn(component, message) {
      if (UNKNOWN_REGISTER.test(message)) onUnknownRegister(component);
    },
    error() {},
  };
}
