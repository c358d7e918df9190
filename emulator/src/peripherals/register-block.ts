import type { RP2040 } from 'rp2040js';

const OFFSET_MASK = 0xfff;
const ALL_ONES = 0xffffffff;
const XOR = 1;
const SET = 2;
const CLEAR = 3;

/**
 * A peripheral of our own on the bus of `rp2040js`: registers of 32 bits, with the aliases that set, clear or toggle bits (RP2040
 * datasheet 2.1.2) handled once for all of them.
 */
export abstract class RegisterBlock {
  /** @param name under which a register that it does not have is told */
  constructor(
    protected readonly chip: RP2040,
    readonly name: string,
  ) {}

  /** What a load gives; undefined where there is no such register. */
  protected abstract read(offset: number): number | undefined;

  /**
   * A store.
   *
   * @param value what the register holds then
   * @param raw what was stored, through whichever alias: the bits that a register clears where they are written as 1
   * @returns false where there is no such register
   */
  protected abstract write(offset: number, value: number, raw: number): boolean;

  /** Puts all registers back to what they are after a reset. */
  abstract reset(): void;

  /** What an alias sets, clears or toggles bits of. Differs from a load where that has effects of its own. */
  protected peek(offset: number): number {
    return this.read(offset) ?? 0;
  }

  readUint32(offset: number): number {
    const value = this.read(offset & OFFSET_MASK);
    if (value !== undefined) return value >>> 0;
    this.chip.logger.warn(this.name, `Unimplemented peripheral read from 0x${offset.toString(16)}`);
    return ALL_ONES;
  }

  writeUint32(offset: number, value: number): void {
    this.store(offset, value, value);
  }

  writeUint32Atomic(offset: number, value: number, alias: number): void {
    this.store(offset, alias === 0 ? value : combine(this.peek(offset), value, alias), value);
  }

  private store(offset: number, value: number, raw: number): void {
    if (this.write(offset, value >>> 0, raw >>> 0)) return;
    this.chip.logger.warn(this.name, `Unimplemented peripheral write to 0x${offset.toString(16)}`);
  }
}

function combine(before: number, value: number, alias: number): number {
  switch (alias) {
    case XOR:
      return before ^ value;
    case SET:
      return before | value;
    case CLEAR:
      return before & ~value;
    default:
      return value;
  }
}
