import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import { guardFlash } from '../peripherals/dma-access.js';
import { FlashChip } from './flash-chip.js';
import { FlashWindow } from './flash-window.js';
import { QspiPins } from './qspi-pins.js';
import type { Range } from './range.js';
import { Ssi } from './ssi.js';
import { XipControl, XipStreamPort } from './xip.js';

const XIP_CTRL = 0x14000;
const XIP_SSI = 0x18000;
const IO_QSPI = 0x40018;
const XIP_AUX = 0x50400;
const SELECT_PIN = 1;
/** What the pad of the select line is set to out of reset: RP2040 datasheet 2.19.6.4. */
const PULLED_UP_PAD = 0x5a;
const EXIT_CONTINUOUS_READ = 0xff;

/**
 * The flash of a board: the chip, the controller before it, the pins between them, and the window through which the processor reads it.
 *
 * At the start it is as the boot ROM leaves it when it looks for a second stage: each access to memory is a serial read.
 */
export class FlashMemory {
  readonly window: FlashWindow;
  readonly chip: FlashChip;

  private readonly ssi: Ssi;
  private readonly pins: QspiPins;

  /**
   * @param bytes the size of the flash chip
   * @param onWrite called when contents have changed
   * @param interrupt called when a program forces the interrupt of the pins, or no longer does so, for one of the cores
   */
  constructor(
    private readonly rp2040: RP2040,
    clock: CycleClock,
    bytes: number,
    onWrite: (range: Range) => void = () => {},
    interrupt: (core: number, isAsserted: boolean) => void = () => {},
  ) {
    const chip = new FlashChip(rp2040.flash.subarray(0, bytes), () => clock.nanos, onWrite);
    this.chip = chip;
    this.pins = new QspiPins(rp2040, () => this.update(), interrupt);
    this.ssi = new Ssi(rp2040, clock, chip, () => this.update());
    this.window = new FlashWindow(() => this.pins.selectOverride === 'none' && this.ssi.readsMemory && chip.canBeRead);
    guardFlash(rp2040, () => this.window.update());
    const xip = new XipControl(rp2040, clock, () => this.ssi.wordNanos);
    Object.assign(rp2040.peripherals, { [XIP_CTRL]: xip, [XIP_SSI]: this.ssi, [IO_QSPI]: this.pins, [XIP_AUX]: new XipStreamPort(rp2040, xip) });
    const select = rp2040.qspi[SELECT_PIN];
    if (select !== undefined) select.padValue = PULLED_UP_PAD;
    select?.setInputValue(true); // nobody presses BOOTSEL
  }

  /** Frequency of the processor's clock in hertz. */
  get hertz(): number {
    return this.rp2040.clkSys;
  }

  /** For the boot ROM: gives the pins back to the controller. */
  connectPins(): void {
    this.pins.connect();
  }

  /** For the boot ROM: ends the reading of memory. The chip is not selected until the pins are given back. */
  exitReading(): void {
    this.ssi.setUpForCommands();
    this.chip.select(true);
    this.chip.exchange(EXIT_CONTINUOUS_READ);
    this.chip.select(false);
    this.chip.isContinuous = false;
    this.pins.writeUint32(8 * SELECT_PIN + 4, 3 << 8);
    this.update();
  }

  /** For the boot ROM: makes each access to memory a serial read. */
  enterReading(): void {
    this.ssi.setUpForReading();
    this.update();
  }

  /**
   * Leaves all as the second stage for the Pico's flash chip does: reads in quad mode, without a command in front of them. The
   * second stage of a program is not run at the start, only where the program calls it.
   */
  enterQuadReading(): void {
    this.ssi.setUpForQuadReading();
    this.chip.isContinuous = true;
    this.update();
  }

  /**
   * For the boot ROM: a command to the chip. Lost where the controller is not set up for commands.
   *
   * @returns what came back for the last byte
   */
  command(bytes: readonly number[]): number {
    if (!this.ssi.exchangesBytes) return EXIT_CONTINUOUS_READ;
    this.chip.select(true);
    const answers = bytes.map((byte) => this.chip.exchange(byte));
    this.chip.select(false);
    return answers[answers.length - 1] ?? 0;
  }

  private update(): void {
    const { selectOverride } = this.pins;
    this.chip.select(selectOverride === 'low' || (selectOverride === 'none' && this.ssi.isBusy));
    this.window.update();
  }
}
