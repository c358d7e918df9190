import '@wokwi/elements/dist/esm/led-element.js';
import type { LEDElement } from '@wokwi/elements/dist/esm/led-element.js';
import type { LedPart } from '../kinds/led.js';
import { type PartEvents, PartView, picture } from './part.js';
import { brightnessOf, type Signals, stateOf } from '../signals.js';

/** A light-emitting diode. */
export class LedView extends PartView {
  readonly width = 76;
  readonly height = 98;

  private readonly led: LEDElement;
  private readonly lamp = document.createElement('span');
  private readonly name: string;
  private readonly gpio: number;
  private share = -1;

  constructor(part: LedPart, events: PartEvents) {
    super(part, events);
    this.gpio = part.pin;
    this.name = `${part.label} on GP${part.pin}`;
    this.led = picture<LEDElement>('wokwi-led', { color: part.color });
    this.lamp.className = 'lamp';
    this.lamp.setAttribute('role', 'img');
    this.lamp.append(this.led);
    this.build(part.label, this.lamp);
    this.light(0);
  }

  override show(signals: Signals): void {
    const share = signals.share(this.gpio);
    if (share !== this.share) this.light(share);
  }

  private light(share: number): void {
    this.share = share;
    this.led.value = share > 0;
    this.led.brightness = brightnessOf(share);
    this.lamp.setAttribute('aria-label', `${this.name}: ${stateOf(share)}`);
    this.events.note(this.name, stateOf(share));
  }
}
