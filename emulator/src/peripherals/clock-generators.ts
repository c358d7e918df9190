import type { RP2040 } from 'rp2040js';

const ENABLE = 1 << 11;
const KILL = 1 << 10;
const LARGEST_DIVIDER = 0x10000;

/** What a clock can come from, as this file names it. */
type Source = 'pll_sys' | 'pll_usb' | 'rosc' | 'xosc' | 'ref' | 'sys' | 'usb' | 'adc' | 'rtc' | 'none';

/** Where the generators are in the registers: each has its control, its divider and what is selected. */
export const GENERATOR_SIZE = 0x0c;
export const REF = 4;
export const SYS = 5;
export const PERI = 6;
export const USB = 7;
export const ADC = 8;
export const RTC = 9;
export const GENERATORS = 10;

const GPOUT_SOURCES: readonly Source[] = ['pll_sys', 'none', 'none', 'pll_usb', 'rosc', 'xosc', 'sys', 'usb', 'adc', 'rtc', 'ref'];
const USB_SOURCES: readonly Source[] = ['pll_usb', 'pll_sys', 'rosc', 'xosc'];
/** The auxiliary sources of each generator (RP2040 datasheet 2.15.7). The two pins that can be sources are not emulated. */
const AUXILIARY: readonly (readonly Source[])[] = [
  GPOUT_SOURCES, GPOUT_SOURCES, GPOUT_SOURCES, GPOUT_SOURCES,
  ['pll_usb'],
  ['pll_sys', 'pll_usb', 'rosc', 'xosc'],
  ['sys', 'pll_sys', 'pll_usb', 'rosc', 'xosc'],
  USB_SOURCES, USB_SOURCES, USB_SOURCES,
];
/** Bits of the dividers: of most only a small whole number. */
const DIVIDER_BITS: readonly number[] = [-1, -1, -1, -1, 0x300, -1, 0, 0x300, 0x300, -1];
const AUXILIARY_BITS: readonly number[] = [0xf, 0xf, 0xf, 0xf, 3, 7, 7, 7, 7, 7];
const CONTROL_BITS: readonly number[] = [0x131de0, 0x131de0, 0x131de0, 0x131de0, 0x63, 0xe1, 0xce0, 0x130ce0, 0x130ce0, 0x130ce0];

/** The clock generators: what each is set to, and at which frequency it runs (RP2040 datasheet 2.15.3). */
export class ClockGenerators {
  private readonly controls = new Uint32Array(GENERATORS);
  private readonly dividers = new Uint32Array(GENERATORS).fill(0x100);
  /** The system clock has been put back to the reference, since its source has stopped. */
  isRescued = false;

  constructor(private readonly chip: RP2040) {}

  control(generator: number): number {
    return this.controls[generator] as number;
  }

  divider(generator: number): number {
    return this.dividers[generator] as number;
  }

  setControl(generator: number, value: number): void {
    this.controls[generator] = value & (CONTROL_BITS[generator] as number);
  }

  setDivider(generator: number, value: number): void {
    this.dividers[generator] = value & (DIVIDER_BITS[generator] as number);
  }

  /** Which input of a multiplexer without glitches is selected, as a bit; 1 where there is no such multiplexer. */
  selected(generator: number): number {
    if (generator === REF) return 1 << (this.control(REF) & 3);
    return generator === SYS ? 1 << (this.control(SYS) & 1) : 1;
  }

  /** Whether a generator is set to a source that is not emulated. */
  isUnknown(generator: number): boolean {
    if (generator === REF) return (this.control(REF) & 3) === 1 && this.auxiliary(REF) === 'none';
    return (generator !== SYS || (this.control(SYS) & 1) === 1) && this.auxiliary(generator) === 'none';
  }

  /** In hertz; 0 where it stands still. */
  frequency(generator: number): number {
    const divided = (source: number): number => source / this.divisor(generator);
    switch (generator) {
      case REF: {
        const source = (['rosc', this.auxiliary(REF), 'xosc', 'none'] as const)[this.control(REF) & 3] as Source;
        return divided(this.of(source));
      }
      case SYS:
        return divided(this.isRescued || !(this.control(SYS) & 1) ? this.of('ref') : this.of(this.auxiliary(SYS)));
      case PERI:
        return this.isOn(PERI) ? this.of(this.auxiliary(PERI)) : 0;
      default:
        return this.isOn(generator) ? divided(this.of(this.auxiliary(generator))) : 0;
    }
  }

  /** The frequency of a source. */
  of(source: Source): number {
    const { chip } = this;
    switch (source) {
      case 'pll_sys':
        return chip.pllSys.frequency;
      case 'pll_usb':
        return chip.pllUsb.frequency;
      case 'rosc':
        return chip.roscFreq;
      case 'xosc':
        return chip.xoscFreq;
      case 'ref':
        return this.frequency(REF);
      case 'sys':
        return this.frequency(SYS);
      case 'usb':
        return this.frequency(USB);
      case 'adc':
        return this.frequency(ADC);
      case 'rtc':
        return this.frequency(RTC);
      case 'none':
        return 0;
    }
  }

  private isOn(generator: number): boolean {
    return (this.control(generator) & (ENABLE | KILL)) === ENABLE;
  }

  private auxiliary(generator: number): Source {
    const number = (this.control(generator) >> 5) & (AUXILIARY_BITS[generator] as number);
    return AUXILIARY[generator]?.[number] ?? 'none';
  }

  private divisor(generator: number): number {
    const divider = this.divider(generator);
    return divider >>> 8 ? divider / 256 : LARGEST_DIVIDER;
  }
}
