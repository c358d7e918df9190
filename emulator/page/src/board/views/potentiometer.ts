import '@wokwi/elements/dist/esm/potentiometer-element.js';
import type { PotentiometerElement } from '@wokwi/elements/dist/esm/potentiometer-element.js';
import type { PotentiometerPart } from '../kinds/potentiometer.js';
import { type PartEvents, PartView, slider } from './part.js';

const REFERENCE_VOLTS = 3.3;
const RANGE = { min: 0, max: 1, step: 0.01 } as const;

/** A potentiometer on an analog input: its knob can be dragged, and a slider turns it too. */
export class PotentiometerView extends PartView {
  readonly width = 124;
  readonly height = 160;

  private readonly pin: number;
  private readonly knob: PotentiometerElement;
  private value: number;

  constructor(part: PotentiometerPart, events: PartEvents) {
    super(part, events);
    this.pin = part.pin;
    this.value = part.value;
    this.knob = Object.assign(document.createElement('wokwi-potentiometer') as PotentiometerElement, { ...RANGE, value: part.value });
    const control = slider(`GP${part.pin}`, { ...RANGE, value: part.value }, (value) => `${(value * REFERENCE_VOLTS).toFixed(2)} V`, (value) => this.turn(value));
    this.knob.addEventListener('input', () => {
      const input = control.querySelector('input') as HTMLInputElement;
      input.valueAsNumber = this.knob.value;
      input.dispatchEvent(new Event('input'));
    });
    void this.knob.updateComplete.then(() => this.leaveFocusToSlider());
    this.build(part.label, this.knob, control);
  }

  override connect(): void {
    this.events.send({ kind: 'analog', pin: this.pin, value: this.value });
  }

  override disconnect(): void {
    this.events.send({ kind: 'analog', pin: this.pin, value: 0 });
  }

  private turn(value: number): void {
    this.value = value;
    this.knob.value = value;
    this.connect();
  }

  /** The knob brings an input of its own, without a name. */
  private leaveFocusToSlider(): void {
    const root = this.knob.shadowRoot;
    root?.querySelector('input')?.remove();
    root?.querySelector('svg')?.setAttribute('aria-hidden', 'true');
  }
}
