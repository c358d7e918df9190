import '@wokwi/elements/dist/esm/pushbutton-element.js';
import type { PushbuttonElement } from '@wokwi/elements/dist/esm/pushbutton-element.js';
import type { PushbuttonPart } from '../kinds/pushbutton.js';
import { HoldButton } from './hold.js';
import { type PartEvents, PartView, picture } from './part.js';

/** A push button between a pin and ground. */
export class PushbuttonView extends PartView {
  readonly width = 92;
  readonly height = 106;
  override readonly buttons: readonly HoldButton[];

  private readonly pin: number;
  private readonly button: HoldButton;

  constructor(part: PushbuttonPart, events: PartEvents) {
    super(part, events);
    this.pin = part.pin;
    const image = picture<PushbuttonElement>('wokwi-pushbutton', { color: part.color });
    this.button = new HoldButton(`${part.label} on GP${part.pin}${keyHint(part.key)}`, (isDown) => {
      image.pressed = isDown;
      this.send(isDown);
    }, part.key);
    this.buttons = [this.button];
    this.button.element.append(image);
    this.build(part.label, this.button.element, ...keyCap(part.key));
  }

  override powerOn(): void {
    if (this.button.isDown) this.send(true);
  }

  private send(grounded: boolean): void {
    this.events.send({ kind: 'ground', pin: this.pin, grounded });
  }
}

/** What a key is called. */
function keyName(key: string): string {
  if (key === ' ') return 'space';
  return key.startsWith('Arrow') ? `${key.slice(5).toLowerCase()} arrow` : key.toLowerCase();
}

export function keyHint(key: string | undefined): string {
  return key === undefined ? '' : `, key: ${keyName(key)}`;
}

/** A picture of a key, where there is one. */
export function keyCap(key: string | undefined): Node[] {
  if (key === undefined) return [];
  const cap = document.createElement('kbd');
  cap.textContent = keyName(key);
  cap.setAttribute('aria-hidden', 'true');
  return [cap];
}
