import '@wokwi/elements/dist/esm/servo-element.js';
import type { ServoElement } from '@wokwi/elements/dist/esm/servo-element.js';
import type { FrameReply } from '../../protocol.js';
import type { ServoPart } from '../kinds/servo.js';
import type { Signals } from '../signals.js';
import { type PartEvents, PartView, picture, readingOf, scaled, stateLine } from './part.js';

/** A servo with its horn. */
export class ServoView extends PartView {
  readonly width = 146;
  readonly height = 156;

  private readonly image = picture<ServoElement>('wokwi-servo', { horn: 'single' });
  private readonly frame = scaled(this.image, 170.08, 119.55, 0.75);
  private readonly state = stateLine();
  private readonly id: string;
  private readonly name: string;

  constructor(part: ServoPart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    this.name = `${part.label} on GP${part.pin}`;
    this.frame.setAttribute('role', 'img');
    this.state.setAttribute('aria-hidden', 'true'); // the picture tells it
    this.build(part.label, this.frame, this.state);
    this.turn(0);
  }

  override show(_signals: Signals, frame: FrameReply): void {
    const { degrees } = readingOf(frame, this.id);
    if (degrees !== undefined) this.turn(degrees);
  }

  private turn(degrees: number): void {
    const angle = `${Math.round(degrees)}°`;
    this.image.angle = degrees;
    this.state.textContent = angle;
    this.frame.setAttribute('aria-label', `${this.name}: ${angle}`);
  }
}
