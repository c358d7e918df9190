import type { RP2040 } from 'rp2040js';
import { type Processor, processorOf } from './processor.js';

/** Registers as debuggers count them: r0 to r12, sp, lr, pc, xPSR. */
const XPSR = 16;

/** Looks into one of the cores from outside. Nothing here takes simulated time. */
export class CoreInspector {
  /** @param view the chip as the core sees it */
  constructor(private readonly view: () => RP2040) {}

  /** r0 to r12, sp, lr, pc, xPSR. */
  registers(): Uint32Array {
    const { core } = this;
    return Uint32Array.from([...core.registers, core.xPSR]);
  }

  setRegister(index: number, value: number): void {
    if (index === XPSR) this.core.xPSR = value;
    else this.core.registers[index] = value;
  }

  /** A register that only `mrs` reads: 8 msp, 9 psp, 16 primask, 20 control. */
  specialRegister(number: number): number {
    return this.core.readSpecialRegister(number) >>> 0;
  }

  setSpecialRegister(number: number, value: number): void {
    this.core.writeSpecialRegister(number, value);
  }

  /** The instruction to execute next. */
  get programCounter(): number {
    return this.core.PC >>> 0;
  }

  /** Whether the core sleeps, in `wfi` or `wfe`. */
  get isAsleep(): boolean {
    return this.core.waiting;
  }

  /** The number of the exception whose handler runs, 0 where none does. */
  get exception(): number {
    return this.core.IPSR;
  }

  /** Where the vector table is. */
  get vectorTable(): number {
    return this.core.VTOR >>> 0;
  }

  private get core(): Processor {
    return processorOf(this.view());
  }
}
