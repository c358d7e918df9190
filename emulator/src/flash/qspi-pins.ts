import { BasePeripheral, type RP2040 } from 'rp2040js';

const PINS = 6;
const FIRST_AFTER_PINS = 8 * PINS;
const LAST_REGISTER = 0x54;
const SELECT_PIN = 1;
const OUTPUT_OVERRIDE_SHIFT = 8;
const OUTPUT_ENABLE_OVERRIDE_SHIFT = 12;
const OVERRIDE = 0b11;
const FORCE_LOW = 2;
const FORCE_HIGH = 3;
const DISABLE = 2;
const XIP_FUNCTION = 0;
/** The interrupt registers: one for the edges, then three for each core, of which this is the one that forces. */
const FIRST_FORCED = 0x38;
const REGISTERS_OF_CORE = 0x0c;
const STATUS = 4;
/** Bits of a pin's status: the level at the pad, as it comes in. */
const LEVEL_IN = (1 << 17) | (1 << 19);

/** What a program makes of the chip's select line: it leaves that to the SSI, holds it at a level, or lets go of it. */
export type SelectOverride = 'none' | 'low' | 'high';

/**
 * The pins between the chip and its flash: RP2040 datasheet 2.19.6.2. Only what is done to the select line has an effect, and an
 * interrupt that a program forces; the pins themselves never interrupt.
 */
export class QspiPins extends BasePeripheral {
  private readonly controls = Array.from({ length: PINS }, () => XIP_FUNCTION);
  private readonly interrupts = new Map<number, number>();

  constructor(
    chip: RP2040,
    private readonly onChange: () => void,
    private readonly interrupt: (core: number, isAsserted: boolean) => void = () => {},
  ) {
    super(chip, 'IO_QSPI_BASE');
  }

  get selectOverride(): SelectOverride {
    const control = this.controls[SELECT_PIN] as number;
    const output = (control >> OUTPUT_OVERRIDE_SHIFT) & OVERRIDE;
    // A line that nothing drives is pulled up on the board.
    if (((control >> OUTPUT_ENABLE_OVERRIDE_SHIFT) & OVERRIDE) === DISABLE || output === FORCE_HIGH) return 'high';
    return output === FORCE_LOW ? 'low' : 'none';
  }

  /** Connects the SSI to the pins, and takes back what a program has overridden. */
  connect(): void {
    this.controls.fill(XIP_FUNCTION);
    this.onChange();
  }

  override readUint32(offset: number): number {
    if (offset < FIRST_AFTER_PINS) {
      const pin = offset >> 3;
      if (offset & 4) return this.controls[pin] as number;
      return pin === SELECT_PIN && this.selectOverride === 'low' ? 0 : LEVEL_IN;
    }
    if (offset > LAST_REGISTER) return super.readUint32(offset);
    return this.interrupts.get(isStatus(offset) ? offset - STATUS : offset) ?? 0;
  }

  override writeUint32(offset: number, value: number): void {
    if (offset < FIRST_AFTER_PINS) {
      if (offset & 4) this.controls[offset >> 3] = value;
      this.onChange();
    } else if (offset <= LAST_REGISTER) {
      if (isStatus(offset)) return;
      this.interrupts.set(offset, value);
      const core = (offset - FIRST_FORCED) / REGISTERS_OF_CORE;
      if (core === 0 || core === 1) this.interrupt(core, value !== 0);
    } else {
      super.writeUint32(offset, value);
    }
  }
}

/** Of a core: what has come and is enabled, or is forced. */
function isStatus(offset: number): boolean {
  return [0, 1].some((core) => offset === FIRST_FORCED + core * REGISTERS_OF_CORE + STATUS);
}
