import '@wokwi/elements/dist/esm/ili9341-element.js';
import type { ILI9341Element } from '@wokwi/elements/dist/esm/ili9341-element.js';
import type { FrameReply } from '../../protocol.js';
import type { ColourDisplayPart, Ili9341Part, St7735Part } from '../kinds/colour-display.js';
import type { Signals } from '../signals.js';
import { type PartEvents, PartView, picture } from './part.js';

/** A colour display, whose picture is painted on a canvas. */
abstract class ColourDisplayView extends PartView {
  private readonly id: string;
  private readonly image: ImageData;

  constructor(part: (St7735Part | Ili9341Part) & ColourDisplayPart, events: PartEvents, columns: number, rows: number) {
    super(part, events);
    this.id = part.id;
    this.image = new ImageData(columns, rows);
  }

  /** Where its pixels are; undefined while there is none. */
  protected abstract get canvas(): HTMLCanvasElement | null | undefined;

  override powerOn(): void {
    this.paint(new Uint8Array(3 * this.image.width * this.image.height));
  }

  override show(_signals: Signals, { displays }: FrameReply): void {
    const shown = displays.find(({ id }) => id === this.id);
    if (shown !== undefined) this.paint(shown.pixels);
  }

  /** The picture that is to be seen, in a frame that says what it is. */
  protected frame(part: ColourDisplayPart, screen: HTMLElement): HTMLElement {
    const { width, height } = this.image;
    const frame = document.createElement('span');
    frame.className = 'part-screen';
    frame.setAttribute('role', 'img');
    frame.setAttribute('aria-label', `${part.label}, ${width} by ${height} pixels in colour`);
    frame.append(screen);
    return frame;
  }

  /** Shows again what was painted last. */
  protected repaint(): void {
    this.canvas?.getContext('2d')?.putImageData(this.image, 0, 0);
  }

  private paint(pixels: Uint8Array): void {
    const { data } = this.image;
    for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
      data[to] = pixels[from] as number;
      data[to + 1] = pixels[from + 1] as number;
      data[to + 2] = pixels[from + 2] as number;
      data[to + 3] = 255;
    }
    this.repaint();
  }
}

/** A display of 128 by 160 pixels, on a small module. */
export class St7735View extends ColourDisplayView {
  readonly width = 192;
  readonly height = 238;
  protected readonly canvas = document.createElement('canvas');

  constructor(part: St7735Part, events: PartEvents) {
    super(part, events, 128, 160);
    Object.assign(this.canvas, { width: 128, height: 160, className: 'st7735-screen' });
    this.build(part.label, this.frame(part, this.canvas));
    this.powerOn();
  }
}

/** A display of 240 by 320 pixels. */
export class Ili9341View extends ColourDisplayView {
  readonly width = 192;
  readonly height = 348;
  private readonly screen = picture<ILI9341Element>('wokwi-ili9341', {});

  constructor(part: Ili9341Part, events: PartEvents) {
    super(part, events, 240, 320);
    this.screen.addEventListener('canvas-ready', () => this.repaint());
    this.build(part.label, this.frame(part, this.screen));
    this.powerOn();
  }

  protected get canvas(): HTMLCanvasElement | null | undefined {
    return this.screen.canvas;
  }
}
