import '@wokwi/elements/dist/esm/slide-switch-element.js';
import type { SlideSwitchElement } from '@wokwi/elements/dist/esm/slide-switch-element.js';
import type { SlideSwitchPart } from '../kinds/slide-switch.js';
import { type PartEvents, PartView, picture, scaled, stateLine } from './part.js';

/** A switch between ground and 3.3 V. */
export class SlideSwitchView extends PartView {
  readonly width = 104;
  readonly height = 122;

  private readonly image = picture<SlideSwitchElement>('wokwi-slide-switch', {});
  private readonly button = document.createElement('button');
  private readonly state = stateLine();
  private readonly id: string;
  private level: 0 | 1;

  constructor(part: SlideSwitchPart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    this.level = part.value;
    const { button, state } = this;
    button.type = 'button';
    button.className = 'hold';
    button.setAttribute('role', 'switch');
    button.setAttribute('aria-label', `${part.label} on GP${part.pin}`);
    button.append(scaled(this.image, 32.1, 34.9, 1.25));
    button.addEventListener('click', () => this.slide());
    state.setAttribute('aria-hidden', 'true'); // the switch tells it
    this.build(part.label, button, state);
    this.draw();
  }

  override connect(): void {
    this.events.send({ kind: 'sense', id: this.id, values: { level: this.level } });
  }

  private slide(): void {
    this.level = this.level === 1 ? 0 : 1;
    this.draw();
    this.connect();
  }

  private draw(): void {
    this.image.value = this.level;
    this.button.setAttribute('aria-checked', String(this.level === 1));
    this.state.textContent = this.level === 1 ? '3.3 V' : 'ground';
  }
}
