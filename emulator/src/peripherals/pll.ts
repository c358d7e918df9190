import type { RP2040 } from 'rp2040js';
import { RegisterBlock } from './register-block.js';

const CS = 0x00;
const PWR = 0x04;
const FBDIV_INT = 0x08;
const PRIM = 0x0c;

const LOCK = 1 << 31;
const BYPASS = 1 << 8;
const REFERENCE_BITS = 0x3f;
const POWER_BITS = 0x2d;
const POWERED_DOWN = (1 << 0) | (1 << 5);
const DIVIDERS_DOWN = 1 << 3;
const FEEDBACK_BITS = 0xfff;
const DIVIDER_BITS = 0x77000;

/** Where the two are, by their names in a chip. */
const PLLS = { pllSys: 0x40028, pllUsb: 0x4002c } as const;

/**
 * A PLL (RP2040 datasheet 2.18), in place of that of `rp2040js`, which says that it is locked even while it is off: code that leaves alone what
 * runs already then never starts one again.
 *
 * It locks at once.
 */
export class Pll extends RegisterBlock {
  private control = 1;
  private power = POWER_BITS;
  private feedback = 0;
  private dividers = DIVIDER_BITS;

  constructor(
    chip: RP2040,
    name: string,
    private readonly onChange: () => void,
  ) {
    super(chip, name);
  }

  /** Of its output, in hertz; 0 where that stands still. */
  get frequency(): number {
    const reference = this.chip.xoscFreq / Math.max(this.control & REFERENCE_BITS, 1);
    if (this.control & BYPASS) return reference;
    if (!this.isLocked || this.power & DIVIDERS_DOWN) return 0;
    return (reference * this.feedback) / (Math.max((this.dividers >> 16) & 7, 1) * Math.max((this.dividers >> 12) & 7, 1));
  }

  reset(): void {
    this.control = 1;
    this.power = POWER_BITS;
    this.feedback = 0;
    this.dividers = DIVIDER_BITS;
    this.onChange();
  }

  protected read(offset: number): number | undefined {
    switch (offset) {
      case CS:
        return this.control | (this.isLocked ? LOCK : 0);
      case PWR:
        return this.power;
      case FBDIV_INT:
        return this.feedback;
      case PRIM:
        return this.dividers;
      default:
        return undefined;
    }
  }

  protected write(offset: number, value: number): boolean {
    switch (offset) {
      case CS:
        this.control = value & (BYPASS | REFERENCE_BITS);
        break;
      case PWR:
        this.power = value & POWER_BITS;
        break;
      case FBDIV_INT:
        this.feedback = value & FEEDBACK_BITS;
        break;
      case PRIM:
        this.dividers = value & DIVIDER_BITS;
        break;
      default:
        return false;
    }
    this.onChange();
    return true;
  }

  private get isLocked(): boolean {
    return (this.power & POWERED_DOWN) === 0 && this.feedback !== 0;
  }
}

/** Puts both PLLs of our own into a chip. `onChange` is called where the frequency of one may have changed. */
export function installPlls(chip: RP2040, onChange: () => void): void {
  for (const name of ['pllSys', 'pllUsb'] as const) {
    const pll = new Pll(chip, name === 'pllSys' ? 'PLL_SYS_BASE' : 'PLL_USB_BASE', onChange);
    Object.assign(chip, { [name]: pll });
    chip.peripherals[PLLS[name]] = pll;
  }
}
