import type { PioSettings } from './pio-settings.js';

/** Some pins with the levels, or the directions, that a machine gives them. */
class Assertion {
  mask = 0;
  value = 0;

  /** Later ones of the same cycle win. */
  add(mask: number, value: number): void {
    this.mask |= mask;
    this.value = (this.value & ~mask) | (value & mask);
  }

  apply(before: number): number {
    return (before & ~this.mask) | this.value;
  }

  clear(): void {
    this.mask = this.value = 0;
  }
}

/** What a state machine does to pins in a cycle, and what it holds on to. The block puts the machines' together at the end of the cycle. */
export class PioOutputs {
  isChanged = false;
  private readonly levels = new Assertion();
  private readonly directions = new Assertion();
  /** The newest of `out` and `set`, which a sticky machine asserts in each cycle (RP2040 datasheet 3.7, OUT_STICKY). */
  private readonly sticky = new Assertion();
  /** What a stalled instruction asserts in each cycle. */
  private sideMask = 0;
  private sideValue = 0;

  constructor(private readonly settings: PioSettings) {}

  outPins(data: number): void {
    const { outBase, outCount, outEnableBit, isOutSticky } = this.settings;
    if (outEnableBit !== undefined && !((data >>> outEnableBit) & 1)) {
      if (isOutSticky) this.sticky.clear();
      return;
    }
    this.drive(outBase, outCount, data);
  }

  outDirections(data: number): void {
    this.turn(this.settings.outBase, this.settings.outCount, data);
  }

  setPins(data: number): void {
    this.drive(this.settings.setBase, this.settings.setCount, data);
  }

  setDirections(data: number): void {
    this.turn(this.settings.setBase, this.settings.setCount, data);
  }

  /** The side-set of an instruction, which has precedence over what the instruction itself does. */
  sideSet(opcode: number): void {
    const { sideBits, sideIsOptional, sideBase, sideDirections } = this.settings;
    this.sideMask = 0;
    if (sideBits === 0 || (sideIsOptional && !(opcode & 0x1000))) return;
    const count = sideIsOptional ? sideBits - 1 : sideBits;
    const data = (opcode >>> (13 - sideBits)) & ((1 << count) - 1);
    if (sideDirections) this.turn(sideBase, count, data);
    else {
      this.add(this.levels, sideBase, count, data);
      this.sideMask = spread(sideBase, count, 0xffffffff);
      this.sideValue = spread(sideBase, count, data);
    }
  }

  /** Whether its side-set differs from what others have made of the pins. */
  differsFrom(levels: number): boolean {
    return this.settings.sideBits !== 0 && ((levels ^ this.sideValue) & this.sideMask) !== 0;
  }

  /** Whether it asserts something in each cycle. */
  get isHeld(): boolean {
    return this.settings.isOutSticky;
  }

  release(): void {
    this.sticky.clear();
  }

  applyLevels(before: number): number {
    return this.levels.apply(this.settings.isOutSticky ? this.sticky.apply(before) : before);
  }

  applyDirections(before: number): number {
    return this.directions.apply(before);
  }

  clear(): void {
    this.levels.clear();
    this.directions.clear();
    this.isChanged = false;
  }

  private drive(base: number, count: number, data: number): void {
    this.add(this.levels, base, count, data);
    if (!this.settings.isOutSticky) return;
    this.sticky.clear();
    this.sticky.add(spread(base, count, 0xffffffff), spread(base, count, data));
  }

  private turn(base: number, count: number, data: number): void {
    this.add(this.directions, base, count, data);
  }

  private add(to: Assertion, base: number, count: number, data: number): void {
    if (count === 0) return;
    to.add(spread(base, count, 0xffffffff), spread(base, count, data));
    this.isChanged = true;
  }
}

/** The lowest bits of some data at the pins from a base on; after pin 31 comes pin 0. */
function spread(base: number, count: number, data: number): number {
  const bits = count >= 32 ? data : data & ((1 << count) - 1);
  return base === 0 ? bits : (bits << base) | (bits >>> (32 - base));
}
