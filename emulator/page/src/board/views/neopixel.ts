import type { FrameReply } from '../../protocol.js';
import type { NeoPixelPart } from '../kinds/neopixel.js';
import { type PartEvents, PartView } from './part.js';
import type { Signals } from '../signals.js';

const MOST_IN_A_ROW = 8;
const PIXEL = 20;
const MARGIN = 16;
const LABEL = 40;

/** A strip of addressable LEDs, in rows of eight. */
export class NeoPixelView extends PartView {
  readonly width: number;
  readonly height: number;

  private readonly id: string;
  private readonly lamps: readonly HTMLElement[];

  constructor(part: NeoPixelPart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    const columns = Math.min(part.pixels, MOST_IN_A_ROW);
    this.width = Math.max(120, columns * PIXEL + MARGIN);
    this.height = Math.ceil(part.pixels / columns) * PIXEL + MARGIN + LABEL;
    this.lamps = Array.from({ length: part.pixels }, () => document.createElement('span'));
    const strip = document.createElement('span');
    strip.className = 'part-pixels';
    strip.style.gridTemplateColumns = `repeat(${columns}, ${PIXEL}px)`;
    strip.setAttribute('role', 'img');
    strip.setAttribute('aria-label', `${part.label}, ${part.pixels} pixels`);
    strip.append(...this.lamps);
    this.build(part.label, strip);
    this.powerOn();
  }

  override powerOn(): void {
    this.paint(new Uint8Array(3 * this.lamps.length));
  }

  override show(_signals: Signals, { displays }: FrameReply): void {
    const shown = displays.find(({ id }) => id === this.id);
    if (shown !== undefined) this.paint(shown.pixels);
  }

  private paint(lamps: Uint8Array): void {
    this.lamps.forEach((lamp, index) => {
      const colour = [...lamps.subarray(3 * index, 3 * index + 3)].join(', ');
      lamp.style.backgroundColor = `rgb(${colour})`;
    });
  }
}
