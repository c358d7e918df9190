import '@wokwi/elements/dist/esm/7segment-element.js';
import type { SevenSegmentElement } from '@wokwi/elements/dist/esm/7segment-element.js';
import { digitInWords } from '../digits.js';
import { segmentsOf, type SevenSegmentPart } from '../kinds/seven-segment.js';
import { brightnessOf, litShare, type Signals } from '../signals.js';
import { type PartEvents, PartView, picture } from './part.js';

const DARK = '#3a3d42';

/** A digit of seven segments and a point. */
export class SevenSegmentView extends PartView {
  readonly width = 226;
  readonly height = 136;

  private readonly digit = picture<SevenSegmentElement>('wokwi-7segment', { digits: 1, pins: 'none', offColor: DARK });
  private readonly frame = document.createElement('span');
  private readonly pins: readonly number[];
  private readonly name: string;
  private shares: readonly number[] = [];

  constructor(private readonly part: SevenSegmentPart, events: PartEvents) {
    super(part, events);
    this.pins = segmentsOf(part);
    this.name = part.label;
    this.frame.setAttribute('role', 'img');
    this.frame.className = 'lamp';
    this.frame.append(this.digit);
    this.build(part.label, this.frame);
    void this.digit.updateComplete.then(() => this.light(this.shares));
    this.light(this.pins.map(() => 0));
  }

  override show(signals: Signals): void {
    const shares = this.pins.map((pin) => litShare(signals.share(pin), this.part.common));
    if (shares.join() !== this.shares.join()) this.light(shares);
  }

  /** The picture knows only on and off: how bright each segment is, is up to its style. */
  private light(shares: readonly number[]): void {
    this.shares = shares;
    this.digit.shadowRoot?.querySelectorAll<SVGElement>('g > polygon, svg > circle').forEach((segment, index) => {
      const percent = 100 * brightnessOf(shares[index] ?? 0);
      segment.style.fill = `color-mix(in srgb, ${this.color} ${percent.toFixed(0)}%, ${DARK})`;
    });
    const state = digitInWords(shares.map((share) => share > 0));
    this.frame.setAttribute('aria-label', `${this.name}: ${state}`);
    this.events.note(this.name, state);
  }
}
