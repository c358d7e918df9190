import '@wokwi/elements/dist/esm/pir-motion-sensor-element.js';
import type { PIRMotionSensorElement } from '@wokwi/elements/dist/esm/pir-motion-sensor-element.js';
import type { PirPart } from '../kinds/pir.js';
import type { Signals } from '../signals.js';
import { HoldButton } from './hold.js';
import { type PartEvents, PartView, picture, scaled, stateLine } from './part.js';
import { keyCap, keyHint } from './pushbutton.js';

/** A motion sensor, in front of which something moves while its button is held. */
export class PirView extends PartView {
  readonly width = 126;
  readonly height = 172;
  override readonly buttons: readonly HoldButton[];

  private readonly frame = scaled(picture<PIRMotionSensorElement>('wokwi-pir-motion-sensor', {}), 90.7, 92.4, 0.75);
  private readonly state = stateLine();
  private readonly pin: number;
  private readonly name: string;

  constructor(part: PirPart, events: PartEvents) {
    super(part, events);
    this.pin = part.pin;
    this.name = `${part.label} on GP${part.pin}`;
    const { frame, state } = this;
    frame.setAttribute('role', 'img');
    state.setAttribute('aria-hidden', 'true'); // the picture tells it
    const button = new HoldButton(`Move in front of ${part.label}${keyHint(part.key)}`, (isDown) => events.send({ kind: 'sense', id: part.id, values: { motion: isDown ? 1 : 0 } }), part.key);
    button.element.classList.add('plain');
    button.element.append('Move');
    this.buttons = [button];
    const controls = document.createElement('div');
    controls.className = 'part-controls';
    controls.append(button.element, ...keyCap(part.key));
    this.build(part.label, frame, state, controls);
    this.draw(false);
  }

  override show(signals: Signals): void {
    this.draw(signals.share(this.pin) > 0);
  }

  private draw(isHigh: boolean): void {
    const state = isHigh ? 'motion' : 'no motion';
    if (this.state.textContent === state) return;
    this.state.textContent = state;
    this.state.classList.toggle('on', isHigh);
    this.frame.setAttribute('aria-label', `${this.name}: ${state}`);
  }
}
