import type { RP2040 } from 'rp2040js';
import type { DmaBlock } from './dma.js';
import type { Pins } from './pins.js';

const PWM_WRAP = 1 << 4;
const IO_BANK0 = 1 << 13;
/** Two lines of each block. */
const PIO_LINES = 0xf << 7;
const PIO_FUNCTIONS = 6;
const IO_REGISTERS = 0x40014;
const PROC1_INTE = 0x130;
const PROC1_INTE_END = 0x140;

/**
 * Tells whether a core can hear of what state machines do, without looking: by an interrupt, or by what DMA stores. Where it cannot, it runs
 * ahead of them, many instructions at once.
 */
export class PioHearing {
  constructor(
    private readonly chip: RP2040,
    private readonly pins: Pins,
    private readonly dma: DmaBlock,
    private readonly blocks: readonly { readonly hasInterrupts: boolean }[],
  ) {}

  /** @param interrupts those that are enabled, one bit each */
  isUnheard(interrupts: number): boolean {
    if (interrupts & PWM_WRAP) return false; // a slice may count edges of a machine
    if (interrupts & PIO_LINES && this.blocks.some(({ hasInterrupts }) => hasInterrupts)) return false;
    if (interrupts & IO_BANK0 && this.areEdgesHeard) return false;
    return !this.dma.listensToPio;
  }

  /** Whether a pin that a machine may drive causes interrupts. */
  private get areEdgesHeard(): boolean {
    for (const { index, irqEnableMask, functionSelect } of this.chip.gpio) {
      if (irqEnableMask !== 0 && ((functionSelect & ~1) === PIO_FUNCTIONS || this.pins.isWired(index))) return true;
    }
    for (let offset = PROC1_INTE; offset < PROC1_INTE_END; offset += 4) if (this.chip.peripherals[IO_REGISTERS]?.readUint32(offset)) return true;
    return false;
  }
}
