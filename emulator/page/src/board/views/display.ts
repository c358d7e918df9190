import '@wokwi/elements/dist/esm/ssd1306-element.js';
import type { SSD1306Element } from '@wokwi/elements/dist/esm/ssd1306-element.js';
import type { FrameReply } from '../../protocol.js';
import type { DisplayPart } from '../kinds/ssd1306.js';
import { type PartEvents, PartView, picture } from './part.js';
import type { Signals } from '../signals.js';

const LIT = [0xd8, 0xf1, 0xff] as const;
const DARK = [0x08, 0x0b, 0x10] as const;

/** A display of 128 by 64 pixels. */
export class DisplayView extends PartView {
  readonly width = 178;
  readonly height = 174;

  private readonly id: string;
  private readonly screen = picture<SSD1306Element>('wokwi-ssd1306', {});

  constructor(part: DisplayPart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    const frame = document.createElement('span');
    frame.setAttribute('role', 'img');
    frame.setAttribute('aria-label', `${part.label}, 128 by 64 pixels`);
    frame.append(this.screen);
    this.build(part.label, frame);
    this.powerOn();
  }

  override powerOn(): void {
    this.paint(new Uint8Array(128 * 64));
  }

  override show(_signals: Signals, { displays }: FrameReply): void {
    const shown = displays.find(({ id }) => id === this.id);
    if (shown !== undefined) this.paint(shown.pixels);
  }

  private paint(pixels: Uint8Array): void {
    const { data } = this.screen.imageData;
    pixels.forEach((pixel, index) => data.set(pixel > 0 ? LIT : DARK, 4 * index));
    for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
    this.screen.redraw();
  }
}
