import '@wokwi/elements/dist/esm/ky-040-element.js';
import type { KY040Element } from '@wokwi/elements/dist/esm/ky-040-element.js';
import type { EncoderPart } from '../kinds/encoder.js';
import { HoldButton } from './hold.js';
import { type PartEvents, PartView, picture } from './part.js';
import { keyCap, keyHint } from './pushbutton.js';

const DETENTS = 20;
/** How far a wheel is turned for a detent, in its own unit. */
const WHEEL_DETENT = 50;

/** A rotary encoder: turned with two buttons or the wheel of the mouse, and pressed with a third where its switch is connected. */
export class EncoderView extends PartView {
  readonly width = 176;
  readonly height = 170;
  override readonly buttons: readonly HoldButton[];

  private readonly image = picture<KY040Element>('wokwi-ky-040', {});
  private readonly button: HoldButton | undefined;
  private wheeled = 0;

  constructor(private readonly part: EncoderPart, events: PartEvents) {
    super(part, events);
    const controls = document.createElement('div');
    controls.className = 'part-controls';
    controls.append(this.turner('↺', 'counterclockwise', -1), this.turner('↻', 'clockwise', 1));
    this.button = this.pusher(part);
    this.buttons = this.button === undefined ? [] : [this.button];
    if (this.button !== undefined) controls.children[0]?.after(this.button.element, ...keyCap(part.key));
    this.element.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.build(part.label, this.image, controls);
  }

  override powerOn(): void {
    if (this.button?.isDown) this.press(true);
  }

  private pusher({ label, sw, key }: EncoderPart): HoldButton | undefined {
    if (sw === undefined) return undefined;
    const button = new HoldButton(`Press ${label} on GP${sw}${keyHint(key)}`, (isDown) => this.press(isDown), key);
    button.element.classList.add('plain');
    button.element.append('Press');
    return button;
  }

  private press(isDown: boolean): void {
    if (isDown) this.image.setAttribute('pressed', 'true');
    else this.image.removeAttribute('pressed');
    this.events.send({ kind: 'ground', pin: this.part.sw as number, grounded: isDown });
  }

  private turner(sign: string, direction: string, detents: number): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = sign;
    button.setAttribute('aria-label', `Turn ${this.part.label} ${direction}`);
    button.addEventListener('click', () => this.turn(detents));
    return button;
  }

  private turn(detents: number): void {
    const { clk, dt } = this.part;
    this.image.angle = (this.image.angle + detents * (360 / DETENTS) + 360) % 360;
    this.events.send({ kind: 'turn', clk, dt, detents });
  }

  /** A mouse's wheel clicks, a touch pad glides: what is left of a detent is kept for the next. */
  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.wheeled += event.deltaY;
    const detents = Math.trunc(this.wheeled / WHEEL_DETENT);
    this.wheeled -= detents * WHEEL_DETENT;
    if (detents !== 0) this.turn(detents);
  }
}
