import '@wokwi/elements/dist/esm/hc-sr04-element.js';
import type { HCSR04Element } from '@wokwi/elements/dist/esm/hc-sr04-element.js';
import type { RangePart } from '../kinds/hc-sr04.js';
import { type PartEvents, picture, scaled, slider } from './part.js';
import { SensorView } from './sensor.js';

const CENTIMETRES = 100;
const FARTHEST = 400;

/** An HC-SR04, with a slider for what is in front of it; at its end there is nothing. */
export class HcSr04View extends SensorView {
  readonly width = 172;
  readonly height = 200;

  constructor(part: RangePart, events: PartEvents) {
    super(part, events, { centimetres: CENTIMETRES, plugged: 1 });
    this.build(
      part.label,
      scaled(picture<HCSR04Element>('wokwi-hc-sr04', {}), 170.1, 94.5, 0.85),
      slider(
        'Distance',
        { min: 2, max: FARTHEST + 1, step: 1, value: CENTIMETRES },
        (value) => (value > FARTHEST ? 'nothing there' : `${value} cm`),
        (centimetres) => this.change({ centimetres }),
      ),
      this.plug(),
    );
  }
}
