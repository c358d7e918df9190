import type { RP2040 } from 'rp2040js';
import { DmaChannel } from './dma-channel.js';
import { type DmaRequests, FIRST_TIMER_REQUEST, PIO_REQUESTS, PWM_WRAP_REQUEST } from './dma-requests.js';
import { DmaSniffer } from './dma-sniffer.js';
import { DmaTimer } from './dma-timer.js';
import { InterruptLine } from './interrupt-line.js';
import { RegisterBlock } from './register-block.js';
import type { CycleAlarm, SystemCycles } from './system-cycles.js';

const DMA = 0x50000;
const CHANNELS = 12;
const CHANNEL_SIZE = 0x40;
const CHANNELS_END = CHANNELS * CHANNEL_SIZE;
const INTR = 0x400;
const INTE0 = 0x404;
const INTF0 = 0x408;
const INTS0 = 0x40c;
const INTE1 = 0x414;
const INTF1 = 0x418;
const INTS1 = 0x41c;
const TIMER0 = 0x420;
const TIMER3 = 0x42c;
const MULTI_CHAN_TRIGGER = 0x430;
const SNIFF_CTRL = 0x434;
const SNIFF_DATA = 0x438;
const FIFO_LEVELS = 0x440;
const CHAN_ABORT = 0x444;
const N_CHANNELS = 0x448;
const DEBUG_START = 0x800;
const DEBUG_END = DEBUG_START + CHANNELS_END;
const DBG_CTDREQ = 0x0;
const DBG_TCR = 0x4;

const CHANNEL_BITS = 0xfff;
const FIRST_INTERRUPT = 11;
const TIMERS = 4;
const PWM_SLICES = 8;

/**
 * The DMA controller (RP2040 datasheet 2.5), in place of that of `rp2040js`, which lacks the sniffer and bus errors, does all at once what the PWM is to pace,
 * and has its timers upside down.
 *
 * One transfer takes a cycle, whichever channel does it. While no channel can do one, it costs nothing.
 */
export class DmaBlock extends RegisterBlock implements DmaRequests {
  private readonly sniffer = new DmaSniffer();
  private readonly channels: readonly DmaChannel[];
  private readonly timers: readonly DmaTimer[];
  private readonly lines: readonly [InterruptLine, InterruptLine];
  private readonly requested = new Set<number>();
  private readonly alarm: CycleAlarm;
  private raw = 0;
  /** The channels that had the last turn, urgent and not. */
  private lastUrgent = -1;
  private lastPlain = -1;

  constructor(
    chip: RP2040,
    private readonly cycles: SystemCycles,
  ) {
    super(chip, 'DMA');
    this.channels = Array.from({ length: CHANNELS }, (_, index) => {
      const events = {
        onReady: () => this.arm(),
        onInterrupt: () => {
          this.raw |= 1 << index;
          this.interrupt();
        },
        onChain: (channel: number) => this.channels[channel]?.trigger(),
      };
      return new DmaChannel(index, chip, this.sniffer, events);
    });
    this.timers = Array.from({ length: TIMERS }, (_, index) => {
      const request = FIRST_TIMER_REQUEST + index;
      return new DmaTimer(cycles, () => {
        this.pulse(request);
        return this.isHeard(request);
      });
    });
    const line = (number: number): InterruptLine => new InterruptLine((isAsserted) => chip.setInterrupt(FIRST_INTERRUPT + number, isAsserted));
    this.lines = [line(0), line(1)];
    this.alarm = cycles.createAlarm(() => this.work());
  }

  reset(): void {
    this.raw = 0;
    this.sniffer.reset();
    for (const channel of this.channels) channel.reset();
    for (const timer of this.timers) timer.write(0, false);
    for (const line of this.lines) line.enabled = line.forced = 0;
    this.interrupt();
  }

  setDREQ(request: number): void {
    if (this.requested.has(request)) return;
    this.requested.add(request);
    this.arm();
  }

  clearDREQ(request: number): void {
    this.requested.delete(request);
  }

  pulse(request: number): void {
    for (const channel of this.channels) if (channel.isBusy && channel.request === request) channel.credit();
    this.arm();
  }

  protected read(offset: number): number | undefined {
    if (offset < CHANNELS_END) return this.channelAt(offset).read((offset % CHANNEL_SIZE) >> 2);
    if (offset >= TIMER0 && offset <= TIMER3) return this.timers[(offset - TIMER0) >> 2]?.read();
    if (offset >= DEBUG_START && offset < DEBUG_END) {
      const channel = this.channelAt(offset - DEBUG_START);
      const register = offset % CHANNEL_SIZE;
      return register === DBG_CTDREQ ? channel.credits : register === DBG_TCR ? channel.reload : undefined;
    }
    switch (offset) {
      case INTR:
        return this.raw;
      case INTE0:
      case INTE1:
        return this.lineAt(offset).enabled;
      case INTF0:
      case INTF1:
        return this.lineAt(offset).forced;
      case INTS0:
      case INTS1:
        return this.lineAt(offset).status(this.raw);
      case SNIFF_CTRL:
        return this.sniffer.readControl();
      case SNIFF_DATA:
        return this.sniffer.readData();
      case N_CHANNELS:
        return CHANNELS;
      case MULTI_CHAN_TRIGGER:
      case FIFO_LEVELS:
      case CHAN_ABORT:
        return 0;
      default:
        return undefined;
    }
  }

  protected write(offset: number, value: number, raw: number): boolean {
    if (offset < CHANNELS_END) {
      this.channelAt(offset).write((offset % CHANNEL_SIZE) >> 2, value, raw);
      return true;
    }
    if (offset >= TIMER0 && offset <= TIMER3) {
      const index = (offset - TIMER0) >> 2;
      this.timers[index]?.write(value, this.isHeard(FIRST_TIMER_REQUEST + index));
      return true;
    }
    if (offset >= DEBUG_START && offset < DEBUG_END) {
      if (offset % CHANNEL_SIZE === DBG_CTDREQ) this.channelAt(offset - DEBUG_START).credits = 0;
      return offset % CHANNEL_SIZE <= DBG_TCR;
    }
    return this.writeShared(offset, value, raw);
  }

  private writeShared(offset: number, value: number, raw: number): boolean {
    switch (offset) {
      case INTR:
      case INTS0:
      case INTS1:
        this.raw &= ~raw;
        this.interrupt();
        return true;
      case INTE0:
      case INTE1:
        this.lineAt(offset).enabled = value & CHANNEL_BITS;
        this.interrupt();
        return true;
      case INTF0:
      case INTF1:
        this.lineAt(offset).forced = value & CHANNEL_BITS;
        this.interrupt();
        return true;
      case MULTI_CHAN_TRIGGER:
        for (const [index, channel] of this.channels.entries()) if (value & (1 << index)) channel.trigger();
        return true;
      case CHAN_ABORT:
        for (const [index, channel] of this.channels.entries()) if (value & (1 << index)) channel.abort();
        return true;
      case SNIFF_CTRL:
        this.sniffer.writeControl(value);
        return true;
      case SNIFF_DATA:
        this.sniffer.writeData(value);
        return true;
      default:
        return offset === FIFO_LEVELS || offset === N_CHANNELS;
    }
  }

  private channelAt(offset: number): DmaChannel {
    return this.channels[Math.floor(offset / CHANNEL_SIZE)] as DmaChannel;
  }

  private lineAt(offset: number): InterruptLine {
    return this.lines[offset < INTE1 ? 0 : 1];
  }

  private interrupt(): void {
    for (const line of this.lines) line.update(this.raw);
  }

  /** Whether a channel waits for requests that a state machine may make: those of the PIO blocks, and of a PWM slice that counts edges. */
  get listensToPio(): boolean {
    for (const { isBusy, request } of this.channels) {
      if (isBusy && request !== undefined && (request < PIO_REQUESTS || (request >= PWM_WRAP_REQUEST && request < PWM_WRAP_REQUEST + PWM_SLICES))) return true;
    }
    return false;
  }

  private isHeard(request: number): boolean {
    return this.channels.some((channel) => channel.isActive && channel.request === request);
  }

  private isReady(channel: DmaChannel): boolean {
    if (!channel.isActive) return false;
    const { request } = channel;
    if (request === undefined || this.requested.has(request)) return true;
    return channel.credits > 0;
  }

  /** Has something done in the next cycle, where something can be. */
  private arm(): void {
    let isReady = false;
    for (const channel of this.channels) {
      if (!channel.isActive) continue;
      if (this.isReady(channel)) isReady = true;
      else this.timers[(channel.request ?? 0) - FIRST_TIMER_REQUEST]?.listen();
    }
    if (isReady && this.alarm.due === undefined) this.alarm.schedule(this.cycles.now + 1);
  }

  private work(): void {
    this.choose()?.transfer();
    this.arm();
  }

  /** In each round all urgent channels have a turn, and one of the others (RP2040 datasheet 2.5.7, HIGH_PRIORITY). */
  private choose(): DmaChannel | undefined {
    const find = (isUrgent: boolean, after: number): number =>
      this.channels.findIndex((channel, index) => index > after && channel.isUrgent === isUrgent && this.isReady(channel));
    const urgent = find(true, this.lastUrgent);
    if (urgent >= 0) {
      this.lastUrgent = urgent;
      return this.channels[urgent];
    }
    this.lastUrgent = -1;
    let plain = find(false, this.lastPlain);
    if (plain < 0) plain = find(false, -1);
    if (plain >= 0) {
      this.lastPlain = plain;
      return this.channels[plain];
    }
    this.lastUrgent = find(true, -1);
    return this.channels[this.lastUrgent];
  }
}

/** Puts the controller of our own into a chip, with the requests that its peripherals have made so far. */
export function installDma(chip: RP2040, cycles: SystemCycles): DmaBlock {
  const before = chip.dma as unknown as { readonly dreq: readonly (boolean | undefined)[] };
  const dma = new DmaBlock(chip, cycles);
  before.dreq.forEach((isRequested, request) => {
    if (isRequested) dma.setDREQ(request);
  });
  Object.assign(chip, { dma });
  chip.peripherals[DMA] = dma;
  return dma;
}
