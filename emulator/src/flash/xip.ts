import { BasePeripheral, type RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import { FLASH_START } from '../memory-map.js';

const CTRL = 0x00;
const FLUSH = 0x04;
const STAT = 0x08;
const STREAM_ADDR = 0x14;
const STREAM_CTR = 0x18;
const STREAM_FIFO = 0x1c;

const CACHE_ON = 0b11;
const STATUS = { flushReady: 1, fifoEmpty: 2, fifoFull: 4 } as const;
const FIFO_DEPTH = 2;
const COUNTER = 0x3fffff;
const STREAM_REQUEST = 37;
const ALL_ONES = 0xffffffff;

/**
 * The control registers of the flash as memory, and its stream, which reads words one after the other into a FIFO: RP2040 datasheet 2.6.3.
 *
 * There is no cache here, so a flush is done at once; the counters of its hits are missing.
 */
export class XipControl extends BasePeripheral {
  private control = CACHE_ON;
  private streamAddress = 0;
  private left = 0;
  private readonly fifo: number[] = [];
  private isReading = false;
  private readonly alarm: { schedule(deltaNanos: number): void; cancel(): void };

  /** @param wordNanos how long a word takes */
  constructor(
    chip: RP2040,
    clock: CycleClock,
    private readonly wordNanos: () => number,
  ) {
    super(chip, 'XIP_CTRL');
    this.alarm = clock.createAlarm(() => this.arrive());
  }

  /** The next word of the stream, for the second port of its FIFO. */
  takeFromStream(): number {
    const word = this.fifo.shift();
    this.proceed();
    return word ?? 0;
  }

  override readUint32(offset: number): number {
    switch (offset) {
      case CTRL:
        return this.control;
      case FLUSH:
        return 0;
      case STAT:
        return STATUS.flushReady | (this.fifo.length === 0 ? STATUS.fifoEmpty : 0) | (this.fifo.length === FIFO_DEPTH ? STATUS.fifoFull : 0);
      case STREAM_ADDR:
        return this.streamAddress >>> 0;
      case STREAM_CTR:
        return this.left;
      case STREAM_FIFO:
        return this.takeFromStream();
      default:
        return super.readUint32(offset);
    }
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === CTRL) this.control = value & 0b1011;
    else if (offset === STREAM_ADDR) this.streamAddress = value & ~3;
    else if (offset === STREAM_CTR) this.start(value & COUNTER);
    else if (offset !== FLUSH) super.writeUint32(offset, value);
  }

  private start(words: number): void {
    this.left = words;
    if (words === 0) {
      this.alarm.cancel();
      this.isReading = false;
    }
    this.proceed();
  }

  /** Begins to read the next word if there is room for it. */
  private proceed(): void {
    const { dma } = this.rp2040;
    if (this.fifo.length > 0) dma.setDREQ(STREAM_REQUEST);
    else dma.clearDREQ(STREAM_REQUEST);
    if (this.isReading || this.left === 0 || this.fifo.length === FIFO_DEPTH) return;
    this.isReading = true;
    this.alarm.schedule(this.wordNanos());
  }

  private arrive(): void {
    const { flash, flashView } = this.rp2040;
    const offset = (this.streamAddress - FLASH_START) & (flash.length - 1);
    this.isReading = false;
    this.fifo.push(this.streamAddress >= FLASH_START ? flashView.getUint32(offset, true) : ALL_ONES);
    this.streamAddress += 4;
    this.left--;
    this.proceed();
  }
}

/** The second port of the stream's FIFO, where DMA does not wait for others that read the flash: RP2040 datasheet 2.6.3.3. */
export class XipStreamPort extends BasePeripheral {
  constructor(
    chip: RP2040,
    private readonly xip: XipControl,
  ) {
    super(chip, 'XIP_AUX');
  }

  override readUint32(offset: number): number {
    return offset === 0 ? this.xip.takeFromStream() : super.readUint32(offset);
  }
}
