import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import { ClockGenerators, GENERATOR_SIZE, GENERATORS, PERI, SYS } from './clock-generators.js';
import { ClockOutputs } from './clock-outputs.js';
import { FrequencyCounter } from './frequency-counter.js';
import { InterruptLine } from './interrupt-line.js';
import type { PinInputs } from './pin-inputs.js';
import { installPlls } from './pll.js';
import { RegisterBlock } from './register-block.js';

const CLOCKS = 0x40008;
const GENERATORS_END = GENERATORS * GENERATOR_SIZE;
const CTRL = 0x0;
const DIV = 0x4;
const RESUS_CTRL = 0x78;
const RESUS_STATUS = 0x7c;
const FC0_START = 0x80;
const FC0_END = 0xa0;
const ENABLES_START = 0xa0;
const WAKE_EN0 = 0xa0;
const ENABLED0 = 0xb0;
const ENABLED1 = 0xb4;
const INTR = 0xb8;
const INTE = 0xbc;
const INTF = 0xc0;
const INTS = 0xc4;
const OUTPUTS = 4;

const CLOCKS_INTERRUPT = 17;
const RESUS_CLEAR = 1 << 16;
const RESUS_FORCE = 1 << 12;
const RESUS_ENABLE = 1 << 8;
const RESUS_BITS = 0x11ff;
const RESUS_RESET = 0xff;
const ALL_CLOCKS = [0xffffffff, 0x7fff, 0xffffffff, 0x7fff];

/**
 * The clocks (RP2040 datasheet 2.15), in place of those of `rp2040js`, which have no frequency counter, no outputs at pins, nothing that puts a stopped
 * system clock back, and keep only two bits of some dividers.
 *
 * The enables of single blocks are kept, but gate nothing.
 */
export class ClocksBlock extends RegisterBlock {
  readonly generators: ClockGenerators;
  private readonly counter: FrequencyCounter;
  private readonly outputs: ClockOutputs;
  private readonly line: InterruptLine;
  private readonly enables = [...ALL_CLOCKS];
  private resus = RESUS_RESET;
  private readonly listeners: (() => void)[] = [];

  constructor(chip: RP2040, clock: CycleClock, inputs: PinInputs) {
    super(chip, 'CLOCKS_BASE');
    this.generators = new ClockGenerators(chip);
    this.counter = new FrequencyCounter(clock, this.generators);
    this.outputs = new ClockOutputs(chip, clock, inputs, this.generators);
    this.line = new InterruptLine((isAsserted) => chip.setInterrupt(CLOCKS_INTERRUPT, isAsserted));
    installPlls(chip, () => {
      chip.updateClocks();
      this.changed();
    });
  }

  /** For `rp2040js`, which asks for them where a clock may have changed. */
  get sysFreq(): number {
    return this.generators.frequency(SYS);
  }

  get periFreq(): number {
    return this.generators.frequency(PERI);
  }

  /** Whether a pin puts out a clock. */
  get isAnyShown(): boolean {
    return this.outputs.isAnyShown;
  }

  /** Has a listener called where any clock may have changed. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  reset(): void {
    this.counter.reset();
  }

  protected read(offset: number): number | undefined {
    if (offset < GENERATORS_END) {
      const generator = Math.floor(offset / GENERATOR_SIZE);
      switch (offset % GENERATOR_SIZE) {
        case CTRL:
          return this.generators.control(generator);
        case DIV:
          return this.generators.divider(generator);
        default:
          return this.generators.selected(generator);
      }
    }
    if (offset >= FC0_START && offset < FC0_END) return this.counter.read((offset - FC0_START) >> 2);
    if (offset >= ENABLES_START && offset < ENABLED0) return this.enables[(offset - WAKE_EN0) >> 2];
    switch (offset) {
      case RESUS_CTRL:
        return this.resus;
      case RESUS_STATUS:
      case INTR:
        return this.generators.isRescued ? 1 : 0;
      case ENABLED0:
      case ENABLED1:
        return this.enables[(offset - ENABLED0) >> 2];
      case INTE:
        return this.line.enabled;
      case INTF:
        return this.line.forced;
      case INTS:
        return this.line.status(this.generators.isRescued ? 1 : 0);
      default:
        return undefined;
    }
  }

  protected write(offset: number, value: number): boolean {
    if (offset < GENERATORS_END) return this.writeGenerator(Math.floor(offset / GENERATOR_SIZE), offset % GENERATOR_SIZE, value);
    if (offset >= FC0_START && offset < FC0_END) {
      this.counter.write((offset - FC0_START) >> 2, value);
      return true;
    }
    if (offset >= ENABLES_START && offset < ENABLED0) {
      const index = (offset - WAKE_EN0) >> 2;
      this.enables[index] = (value & (ALL_CLOCKS[index] as number)) >>> 0;
      return true;
    }
    switch (offset) {
      case RESUS_CTRL:
        this.resus = value & RESUS_BITS;
        if (value & RESUS_CLEAR) this.generators.isRescued = false;
        this.chip.updateClocks();
        this.interrupt();
        this.changed();
        return true;
      case INTE:
        this.line.enabled = value & 1;
        break;
      case INTF:
        this.line.forced = value & 1;
        break;
      default:
        return [RESUS_STATUS, ENABLED0, ENABLED1, INTR, INTS].includes(offset);
    }
    this.interrupt();
    return true;
  }

  /** @returns false for what is not emulated: a clock that comes in at a pin, or is too fast to be shown at one */
  private writeGenerator(generator: number, register: number, value: number): boolean {
    if (register === CTRL) this.generators.setControl(generator, value);
    else if (register === DIV) this.generators.setDivider(generator, value);
    else return true;
    if (generator >= OUTPUTS) this.chip.updateClocks();
    this.changed();
    return !this.generators.isUnknown(generator) && !this.outputs.isHidden(generator);
  }

  private changed(): void {
    this.rescue();
    this.outputs.follow();
    for (const listener of this.listeners) listener();
  }

  /** Puts the system clock back to the reference where its source has stopped (RP2040 datasheet 2.15.5): here at once, not after the time that is set. */
  private rescue(): void {
    const { generators } = this;
    const isNeeded = (this.resus & RESUS_FORCE) !== 0 || ((this.resus & RESUS_ENABLE) !== 0 && generators.frequency(SYS) === 0);
    if (!isNeeded || generators.isRescued) return;
    generators.isRescued = true;
    this.chip.updateClocks();
    this.interrupt();
  }

  private interrupt(): void {
    this.line.update(this.generators.isRescued ? 1 : 0);
  }
}

/** Puts the clocks of our own into a chip. */
export function installClocks(chip: RP2040, clock: CycleClock, inputs: PinInputs): ClocksBlock {
  const clocks = new ClocksBlock(chip, clock, inputs);
  Object.assign(chip, { clocks });
  chip.peripherals[CLOCKS] = clocks;
  return clocks;
}
