import type { RP2040 } from 'rp2040js';
import { load, store } from './dma-access.js';
import { type DmaSniffer, swapBytes } from './dma-sniffer.js';

const ENABLE = 1 << 0;
const HIGH_PRIORITY = 1 << 1;
const SIZE_SHIFT = 2;
const INCREMENT_READ = 1 << 4;
const INCREMENT_WRITE = 1 << 5;
const RING_SHIFT = 6;
const RING_WRITES = 1 << 10;
const CHAIN_SHIFT = 11;
const REQUEST_SHIFT = 15;
const QUIET = 1 << 21;
const SWAP = 1 << 22;
const SNIFF = 1 << 23;
const BUSY = 1 << 24;
const WRITE_ERROR = 1 << 29;
const READ_ERROR = 1 << 30;
const BUS_ERROR = 1 << 31;
const SETTINGS = 0xffffff;
const ALWAYS = 0x3f;
const MOST_CREDITS = 63;

/** The four registers that each alias of a channel has in another order: the last one triggers (RP2040 datasheet 2.5.2.1). */
const READ_ADDRESS = 0;
const WRITE_ADDRESS = 1;
const COUNT = 2;
const CONTROL = 3;
const ALIASES = [
  [READ_ADDRESS, WRITE_ADDRESS, COUNT, CONTROL],
  [CONTROL, READ_ADDRESS, WRITE_ADDRESS, COUNT],
  [CONTROL, COUNT, READ_ADDRESS, WRITE_ADDRESS],
  [CONTROL, WRITE_ADDRESS, COUNT, READ_ADDRESS],
] as const;

/** What a channel tells the controller. */
export interface ChannelEvents {
  /** It may have something to transfer now. */
  onReady(): void;
  /** Its block is done, or has failed, or a null trigger has come. */
  onInterrupt(): void;
  /** It triggers another channel. */
  onChain(channel: number): void;
}

/** A channel of the DMA controller (RP2040 datasheet 2.5.1). */
export class DmaChannel {
  isBusy = false;
  /** Requests that have come and were not answered yet, of a peripheral that sends one for each transfer. */
  credits = 0;
  /** What the next trigger sets the count to. */
  reload = 0;

  private readAddress = 0;
  private writeAddress = 0;
  private count = 0;
  private control: number;

  constructor(
    private readonly index: number,
    private readonly chip: RP2040,
    private readonly sniffer: DmaSniffer,
    private readonly events: ChannelEvents,
  ) {
    this.control = index << CHAIN_SHIFT;
  }

  /** The number of the request that paces it; undefined where nothing does. */
  get request(): number | undefined {
    const request = (this.control >> REQUEST_SHIFT) & 0x3f;
    return request === ALWAYS ? undefined : request;
  }

  get isUrgent(): boolean {
    return (this.control & HIGH_PRIORITY) !== 0;
  }

  /** Started, and not paused by its enable bit. */
  get isActive(): boolean {
    return this.isBusy && (this.control & ENABLE) !== 0;
  }

  reset(): void {
    this.isBusy = false;
    this.credits = this.reload = this.readAddress = this.writeAddress = this.count = 0;
    this.control = this.index << CHAIN_SHIFT;
  }

  /** @param register its place in the channel's 64 bytes, in words */
  read(register: number): number {
    switch (this.meaning(register)) {
      case READ_ADDRESS:
        return this.readAddress;
      case WRITE_ADDRESS:
        return this.writeAddress;
      case COUNT:
        return this.count;
      default:
        return this.control | (this.isBusy ? BUSY : 0) | (this.control & (READ_ERROR | WRITE_ERROR) ? BUS_ERROR : 0);
    }
  }

  write(register: number, value: number, raw: number): void {
    switch (this.meaning(register)) {
      case READ_ADDRESS:
        this.readAddress = value;
        break;
      case WRITE_ADDRESS:
        this.writeAddress = value;
        break;
      case COUNT:
        this.reload = value;
        break;
      default:
        this.control = (value & SETTINGS) | (this.control & (READ_ERROR | WRITE_ERROR) & ~raw);
        this.events.onReady(); // it may go on where it was paused
    }
    if ((register & 3) !== 3) return;
    if (value !== 0) this.trigger();
    else if (this.control & QUIET) this.events.onInterrupt();
  }

  /** Starts it, unless it runs or is disabled. */
  trigger(): void {
    if (this.isBusy || !(this.control & ENABLE)) return;
    this.isBusy = true;
    this.count = this.reload;
    this.credits = 0;
    this.events.onReady();
  }

  abort(): void {
    this.isBusy = false;
    this.credits = 0;
  }

  /** A peripheral that sends a request for each transfer has sent one. */
  credit(): void {
    this.credits = Math.min(MOST_CREDITS, this.credits + 1);
  }

  /** Does one transfer. */
  transfer(): void {
    if (this.count === 0) return this.complete();
    const size = 1 << Math.min(2, (this.control >> SIZE_SHIFT) & 3);
    const read = load(this.chip, this.readAddress, size);
    if (read === undefined) return this.fail(READ_ERROR);
    const data = this.control & SWAP ? swapBytes(read, size) : read;
    if (this.control & SNIFF) this.sniffer.sniff(this.index, data, size);
    const to = this.writeAddress;
    // A store may change this channel itself: all that belongs to this transfer is done before.
    this.count--;
    if (this.credits > 0) this.credits--;
    const { control } = this;
    if (control & INCREMENT_READ) this.readAddress = next(this.readAddress, size, control & RING_WRITES ? 0 : control);
    if (control & INCREMENT_WRITE) this.writeAddress = next(to, size, control & RING_WRITES ? control : 0);
    if (!store(this.chip, to, size, data)) return this.fail(WRITE_ERROR);
    if (this.count === 0 && this.isBusy) this.complete();
  }

  private meaning(register: number): number {
    return (ALIASES[register >> 2] as (typeof ALIASES)[number])[register & 3] as number;
  }

  private complete(): void {
    this.isBusy = false;
    if (!(this.control & QUIET)) this.events.onInterrupt();
    const chained = (this.control >> CHAIN_SHIFT) & 0xf;
    if (chained !== this.index) this.events.onChain(chained);
  }

  /** An error on the bus stops it, and always interrupts. */
  private fail(error: number): void {
    this.isBusy = false;
    this.control |= error;
    this.events.onInterrupt();
  }
}

/** The next address; where there is a ring, only the lowest bits of it change. */
function next(address: number, size: number, control: number): number {
  const bits = (control >> RING_SHIFT) & 0xf;
  const mask = bits === 0 ? 0xffffffff : (1 << bits) - 1;
  return ((address & ~mask) | ((address + size) & mask)) >>> 0;
}
