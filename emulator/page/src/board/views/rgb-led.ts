import '@wokwi/elements/dist/esm/rgb-led-element.js';
import type { RGBLedElement } from '@wokwi/elements/dist/esm/rgb-led-element.js';
import type { RgbLedPart } from '../kinds/rgb-led.js';
import { brightnessOf, litShare, lampsInWords, type Signals } from '../signals.js';
import { type PartEvents, PartView, picture } from './part.js';

const LAMPS = ['red', 'green', 'blue'] as const;

/** Three lamps in one. */
export class RgbLedView extends PartView {
  readonly width = 130;
  readonly height = 122;

  private readonly led = picture<RGBLedElement>('wokwi-rgb-led', {});
  private readonly lamp = document.createElement('span');
  private readonly name: string;
  private shares: readonly number[] = [];

  constructor(private readonly part: RgbLedPart, events: PartEvents) {
    super(part, events);
    this.name = `${part.label} on ${LAMPS.map((lamp) => `GP${part[lamp]}`).join(', ')}`;
    this.lamp.className = 'lamp';
    this.lamp.setAttribute('role', 'img');
    this.lamp.append(this.led);
    this.build(part.label, this.lamp);
    this.light([0, 0, 0]);
  }

  override show(signals: Signals): void {
    const { part } = this;
    const shares = LAMPS.map((lamp) => litShare(signals.share(part[lamp]), part.common));
    if (shares.join() !== this.shares.join()) this.light(shares);
  }

  private light(shares: readonly number[]): void {
    this.shares = shares;
    const [ledRed, ledGreen, ledBlue] = shares.map(brightnessOf) as [number, number, number];
    Object.assign(this.led, { ledRed, ledGreen, ledBlue });
    const state = lampsInWords(LAMPS, shares);
    this.lamp.setAttribute('aria-label', `${this.name}: ${state}`);
    this.events.note(this.name, state);
  }
}
