import type { RP2040 } from 'rp2040js';
import { RegisterBlock } from './register-block.js';

/** A register that keeps what is written to some of its bits, and does no more. */
export interface KeptRegister {
  readonly offset: number;
  readonly reset: number;
  /** The bits that can be written. */
  readonly bits: number;
}

/** A block of such registers. */
export class KeptRegisters extends RegisterBlock {
  private readonly values = new Map<number, number>();

  constructor(
    chip: RP2040,
    name: string,
    private readonly registers: readonly KeptRegister[],
  ) {
    super(chip, name);
    this.reset();
  }

  reset(): void {
    for (const { offset, reset } of this.registers) this.values.set(offset, reset);
  }

  protected read(offset: number): number | undefined {
    return this.values.get(offset);
  }

  protected write(offset: number, value: number, _raw: number): boolean {
    const register = this.registers.find((known) => known.offset === offset);
    if (register === undefined) return false;
    this.values.set(offset, ((value & register.bits) | (register.reset & ~register.bits)) >>> 0);
    return true;
  }
}

/** Adds such registers to a block of `rp2040js` that lacks them. */
export function addKeptRegisters(block: RP2040['peripherals'][number], registers: readonly KeptRegister[]): void {
  const values = new Map(registers.map(({ offset, reset }) => [offset, reset]));
  const read = block.readUint32.bind(block);
  block.readUint32 = (offset) => values.get(offset) ?? read(offset);
  const write = block.writeUint32.bind(block);
  block.writeUint32 = (offset, value) => {
    const register = registers.find((known) => known.offset === offset);
    if (register === undefined) write(offset, value);
    else values.set(offset, ((value & register.bits) | (register.reset & ~register.bits)) >>> 0);
  };
}
