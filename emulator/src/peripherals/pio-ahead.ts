import type { PioSettings } from './pio-settings.js';

/** One bit for each destination, source or condition that the machine has to itself: X, Y, its shift registers, its program counter. */
const OWN_CONDITIONS = 0b1011_1111; // all but the level of a pin
const OWN_IN_SOURCES = 0b1100_1110; // X, Y, null, ISR, OSR
const OWN_OUT_DESTINATIONS = 0b0110_1110; // X, Y, null, PC, ISR
const OWN_MOVE_DESTINATIONS = 0b1110_0110; // X, Y, PC, ISR, OSR
const OWN_MOVE_SOURCES = 0b1100_1110; // X, Y, null, ISR, OSR
const OWN_SET_DESTINATIONS = 0b0000_0110; // X, Y

/**
 * Which instructions of a program a machine can execute ahead of their time: those that nobody else has to do with, but for loops of one, which are skipped
 * in another way.
 */
export class PrivateInstructions {
  private readonly flags = new Uint8Array(32);
  private isCurrent = false;

  constructor(
    private readonly program: Uint16Array,
    private readonly settings: PioSettings,
  ) {}

  /** The program or the settings have changed, or may have. */
  forget(): void {
    this.isCurrent = false;
  }

  has(pc: number): boolean {
    if (!this.isCurrent) this.decode();
    return this.flags[pc] === 1;
  }

  private decode(): void {
    const { flags, program, settings } = this;
    program.forEach((opcode, pc) => {
      const isLoop = opcode >>> 13 === 0 && (opcode & 0x1f) === pc;
      flags[pc] = !isLoop && isPrivate(opcode, settings) ? 1 : 0;
    });
    this.isCurrent = true;
  }
}

/** Whether nobody but the machine has to do with what an instruction does: it looks at no pin, FIFO or flag, and changes none. */
function isPrivate(opcode: number, { autopush, autopull, sideBits }: PioSettings): boolean {
  if (autopull || sideBits !== 0) return false;
  const argument = (opcode >>> 5) & 7;
  switch (opcode >>> 13) {
    case 0:
      return ((OWN_CONDITIONS >> argument) & 1) === 1;
    case 2:
      return !autopush && ((OWN_IN_SOURCES >> argument) & 1) === 1;
    case 3:
      return ((OWN_OUT_DESTINATIONS >> argument) & 1) === 1;
    case 5:
      return ((OWN_MOVE_DESTINATIONS >> argument) & (OWN_MOVE_SOURCES >> (opcode & 7)) & 1) === 1;
    case 7:
      return ((OWN_SET_DESTINATIONS >> argument) & 1) === 1;
    default:
      return false;
  }
}
