import type { DeviceBoard, PinDevice } from './device.js';
import { noteFault, type WireFault } from './wire-fault.js';

/** Times of the wire in nanoseconds (data sheet of the WS2812B): high and low of a 0 and of a 1, each give or take. */
const HIGH = [400, 800] as const;
const LOW = [850, 450] as const;
const TOLERANCE = 150;
/** The wire is low for longer than that: the pixels show what they got. */
const RESET = 50_000;

/** What the lamps of a pixel show, 0 to 255 each. */
export interface PixelColour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly white: number;
}

/** In which order a pixel takes its lamps. */
export type PixelOrder = 'grb' | 'rgb' | 'grbw';

const DARK: PixelColour = { red: 0, green: 0, blue: 0, white: 0 };

/**
 * A strip of WS2812 pixels on one wire, DIN. Each pixel keeps the first bits that come and passes on the others; all show what they got when the
 * wire has been low for 50 us. A pulse whose time is not that of the data sheet is noted, and taken for what it is nearest to.
 */
export class NeoPixel implements PinDevice {
  /** The first pulses that were not as the data sheet has them, up to a hundred. */
  readonly faults: WireFault[] = [];
  /** How often the pixels have taken new colours. */
  frames = 0;
  /** Called when they have. Only what comes after it on the wire tells that, or a look at {@link colours}. */
  onChange: (() => void) | undefined;

  private board: DeviceBoard | undefined;
  private shown: readonly PixelColour[];
  private readonly words: Uint32Array;
  private bits = 0;
  private level = 0;
  private changedAt = -RESET;
  private lastBit: 0 | 1 | undefined;

  /** @param pixels how many there are */
  constructor(
    pixels: number,
    readonly order: PixelOrder = 'grb',
  ) {
    this.words = new Uint32Array(pixels);
    this.shown = Array.from({ length: pixels }, () => DARK);
  }

  /** What the pixels show now; the first one is that at DIN. */
  get colours(): readonly PixelColour[] {
    if (this.board !== undefined && this.level === 0) this.latchAfter(this.board.nanos - this.changedAt);
    return this.shown;
  }

  connect(board: DeviceBoard): void {
    this.board = board;
  }

  edge(level: number, nanos: number): void {
    if (level === this.level) return;
    const took = nanos - this.changedAt;
    if (level === 1) this.rise(took, nanos);
    else this.fall(took, nanos);
    this.level = level;
    this.changedAt = nanos;
  }

  private get bitsOfPixel(): number {
    return this.order === 'grbw' ? 32 : 24;
  }

  private rise(low: number, nanos: number): void {
    this.latchAfter(low);
    if (this.lastBit !== undefined) this.check('low', low, LOW[this.lastBit], nanos);
  }

  private fall(high: number, nanos: number): void {
    const bit = high > (HIGH[0] + HIGH[1]) / 2 ? 1 : 0;
    this.check('high', high, HIGH[bit], nanos);
    const pixel = Math.floor(this.bits / this.bitsOfPixel);
    if (pixel < this.words.length) this.words[pixel] = ((this.words[pixel] as number) << 1) | bit;
    this.bits++;
    this.lastBit = bit;
  }

  /** Whether the wire was low for long enough. */
  private latchAfter(low: number): void {
    if (low < RESET || this.lastBit === undefined) return;
    const { bits, bitsOfPixel } = this;
    if (bits % bitsOfPixel !== 0) noteFault(this.faults, this.changedAt, `a reset after ${bits} bits`);
    // Pixels that got nothing keep what they have.
    this.shown = this.shown.map((colour, pixel) => (bits >= (pixel + 1) * bitsOfPixel ? this.colourOf(this.words[pixel] as number) : colour));
    this.lastBit = undefined;
    this.bits = 0;
    this.frames++;
    this.onChange?.();
  }

  private colourOf(word: number): PixelColour {
    const hasWhite = this.order === 'grbw';
    const [first, second, third] = (hasWhite ? [24, 16, 8] : [16, 8, 0]).map((shift) => (word >>> shift) & 0xff) as [number, number, number];
    const [red, green] = this.order === 'rgb' ? [first, second] : [second, first];
    return { red, green, blue: third, white: hasWhite ? word & 0xff : 0 };
  }

  private check(name: string, took: number, wanted: number, nanos: number): void {
    if (Math.abs(took - wanted) > TOLERANCE) noteFault(this.faults, nanos, `${name} for ${Math.round(took)} ns, not ${wanted} ns`);
  }
}
