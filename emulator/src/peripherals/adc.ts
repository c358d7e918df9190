import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import { ADC as ADC_GENERATOR } from './clock-generators.js';
import type { ClocksBlock } from './clocks.js';
import { ADC_REQUEST, type DmaRequests } from './dma-requests.js';
import { InterruptLine } from './interrupt-line.js';
import { RegisterBlock } from './register-block.js';

/** The voltage of full scale, which a Pico makes from its supply. */
export const REFERENCE_VOLTS = 3.3;
/** Channels 0 to 3 are GP26 to GP29, channel 4 is the temperature sensor of the chip. */
export const ANALOG_CHANNELS = 5;

const STEPS = 4096;
const ADC = 0x4004c;
const ADC_INTERRUPT = 22;
const CS = 0x00;
const RESULT = 0x04;
const FCS = 0x08;
const FIFO = 0x0c;
const DIV = 0x10;
const INTR = 0x14;
const INTS = 0x20;

const ENABLE = 1 << 0;
const START_ONCE = 1 << 2;
const START_MANY = 1 << 3;
const READY = 1 << 8;
const CHANNEL_SHIFT = 12;
const CHANNEL_MASK = 7;
const ROBIN_SHIFT = 16;
const CS_KEPT = 0x1f700b;

const FIFO_ENABLE = 1 << 0;
const FIFO_SHIFT = 1 << 1;
const FIFO_REQUESTS = 1 << 3;
const FIFO_EMPTY = 1 << 8;
const FIFO_FULL = 1 << 9;
const FIFO_UNDER = 1 << 10;
const FIFO_OVER = 1 << 11;
const FIFO_LEVEL_SHIFT = 16;
const FIFO_KEPT = 0x0f00000f;
/** The datasheet says four; users have read eight (as the register's description has it). */
const DEPTH = 8;

/** What a conversion takes of the converter's clock, and what that is until the firmware sets it up. */
const CONVERSION_CYCLES = 96;
const DEFAULT_HERTZ = 48e6;

/** The voltage of the temperature sensor at a temperature. */
export function sensorVolts(celsius: number): number {
  return 0.706 - (celsius - 27) * 0.001721;
}

/** What the converter makes of a voltage: the middle of the step that it is in has that number. */
export function convert(volts: number): number {
  return Math.max(0, Math.min(STEPS - 1, Math.round((volts / REFERENCE_VOLTS) * STEPS)));
}

/**
 * The converter (RP2040 datasheet 4.9), in place of that of `rp2040js`, which has a FIFO of four, is ready while it is off, goes round
 * through the wrong channels, and keeps its interrupt up when the FIFO has been read. No conversion fails here.
 */
export class AdcBlock extends RegisterBlock {
  /** What the channels give now. */
  readonly channelValues: number[] = Array.from({ length: ANALOG_CHANNELS }, () => 0);

  private readonly line: InterruptLine;
  private readonly conversion: ReturnType<CycleClock['createAlarm']>;
  private readonly trigger: ReturnType<CycleClock['createAlarm']>;
  private readonly fifo: number[] = [];
  private control = 0;
  private result = 0;
  private fifoControl = 0;
  private fifoErrors = 0;
  private divider = 0;
  private isBusy = false;
  /** When the newest conversion of a series began, as its divider has it. */
  private startedAt = 0;

  constructor(
    chip: RP2040,
    private readonly clock: CycleClock,
    private readonly clocks: ClocksBlock,
    private readonly requests: DmaRequests,
  ) {
    super(chip, 'ADC');
    this.line = new InterruptLine((isAsserted) => chip.setInterrupt(ADC_INTERRUPT, isAsserted));
    this.conversion = clock.createAlarm(() => this.complete());
    this.trigger = clock.createAlarm(() => this.startNext());
  }

  reset(): void {
    this.stop();
    this.fifo.length = 0;
    this.control = this.result = this.fifoControl = this.fifoErrors = this.divider = this.line.enabled = this.line.forced = 0;
    this.fifoChanged();
  }

  protected override peek(offset: number): number {
    return offset === FIFO ? 0 : super.peek(offset);
  }

  protected read(offset: number): number | undefined {
    switch (offset) {
      case CS:
        return this.control | ((this.control & ENABLE) !== 0 && !this.isBusy ? READY : 0);
      case RESULT:
        return this.result;
      case FCS:
        return this.fifoState;
      case FIFO:
        return this.take();
      case DIV:
        return this.divider;
      default:
        return this.line.read(offset - INTR, this.raw);
    }
  }

  protected write(offset: number, value: number, raw: number): boolean {
    switch (offset) {
      case CS:
        this.writeControl(value);
        return true;
      case FCS:
        this.fifoControl = value & FIFO_KEPT;
        this.fifoErrors &= ~raw;
        break;
      case DIV:
        this.divider = value & 0xffffff;
        this.startedAt = this.clock.nanos;
        return true;
      default:
        if (!this.line.write(offset - INTR, value & 1)) return [RESULT, FIFO, INTR, INTS].includes(offset);
    }
    this.fifoChanged();
    return true;
  }

  private writeControl(value: number): void {
    this.control = value & CS_KEPT;
    if (!(value & ENABLE)) this.stop();
    else if (!this.isBusy && value & (START_ONCE | START_MANY)) {
      this.trigger.cancel();
      this.startedAt = this.clock.nanos;
      this.start();
    }
  }

  private stop(): void {
    this.isBusy = false;
    this.conversion.cancel();
    this.trigger.cancel();
  }

  private start(): void {
    this.isBusy = true;
    this.conversion.schedule(CONVERSION_CYCLES * this.cycleNanos);
  }

  private startNext(): void {
    if (!(this.control & START_MANY)) return;
    this.startedAt += this.periodNanos;
    this.start();
  }

  private complete(): void {
    this.isBusy = false;
    const channel = (this.control >> CHANNEL_SHIFT) & CHANNEL_MASK;
    this.result = this.channelValues[channel] ?? 0;
    if (this.fifoControl & FIFO_ENABLE) this.give(this.result);
    this.control = (this.control & ~(CHANNEL_MASK << CHANNEL_SHIFT)) | (this.channelAfter(channel) << CHANNEL_SHIFT);
    if (!(this.control & START_MANY)) return;
    const wait = this.startedAt + this.periodNanos - this.clock.nanos;
    // One that is slower than its divider takes one conversion after the other.
    if (wait > 1e-3) this.trigger.schedule(wait);
    else this.startNext();
  }

  /** The next channel of those that take turns. */
  private channelAfter(channel: number): number {
    const robin = (this.control >> ROBIN_SHIFT) & ((1 << ANALOG_CHANNELS) - 1);
    if (robin === 0) return channel;
    let next = channel;
    do next = (next + 1) % ANALOG_CHANNELS;
    while (!(robin & (1 << next)));
    return next;
  }

  private get cycleNanos(): number {
    return 1e9 / (this.clocks.generators.frequency(ADC_GENERATOR) || DEFAULT_HERTZ);
  }

  /** From one conversion of a series to the next: 1 + INT + FRAC / 256 cycles, or as fast as it can. */
  private get periodNanos(): number {
    return Math.max(CONVERSION_CYCLES, this.divider === 0 ? 0 : 1 + this.divider / 256) * this.cycleNanos;
  }

  private get threshold(): number {
    return (this.fifoControl >>> 24) & 0xf;
  }

  private get raw(): number {
    return this.fifo.length >= this.threshold ? 1 : 0;
  }

  private get fifoState(): number {
    const { length } = this.fifo;
    return this.fifoControl | this.fifoErrors | (length << FIFO_LEVEL_SHIFT) | (length === 0 ? FIFO_EMPTY : 0) | (length === DEPTH ? FIFO_FULL : 0);
  }

  private give(value: number): void {
    if (this.fifo.length === DEPTH) this.fifoErrors |= FIFO_OVER;
    else this.fifo.push(this.fifoControl & FIFO_SHIFT ? value >> 4 : value);
    this.fifoChanged();
  }

  private take(): number {
    const value = this.fifo.shift();
    if (value === undefined) this.fifoErrors |= FIFO_UNDER;
    this.fifoChanged();
    return value ?? 0;
  }

  private fifoChanged(): void {
    this.line.update(this.raw);
    // Without anything in it there is nothing to fetch, even at a threshold of 0.
    const isWanted = (this.fifoControl & FIFO_REQUESTS) !== 0 && this.fifo.length > 0 && this.raw === 1;
    if (isWanted) this.requests.setDREQ(ADC_REQUEST);
    else this.requests.clearDREQ(ADC_REQUEST);
  }
}

/** Puts the converter of our own into a chip. */
export function installAdc(chip: RP2040, clock: CycleClock, clocks: ClocksBlock, requests: DmaRequests): void {
  const adc = new AdcBlock(chip, clock, clocks, requests);
  Object.assign(chip, { adc });
  chip.peripherals[ADC] = adc;
}
