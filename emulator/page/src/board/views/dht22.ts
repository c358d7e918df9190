import '@wokwi/elements/dist/esm/dht22-element.js';
import type { DHT22Element } from '@wokwi/elements/dist/esm/dht22-element.js';
import type { Climate } from '../../../../src/devices/dht22.js';
import type { ClimatePart } from '../kinds/dht22.js';
import { type PartEvents, picture, scaled, slider } from './part.js';
import { SensorView } from './sensor.js';

/** What is around it until somebody moves a slider. */
const FAIR: Climate = { celsius: 21, humidityPercent: 50 };

/** A DHT22, with a slider for each thing that it measures. */
export class Dht22View extends SensorView {
  readonly width = 168;
  readonly height = 226;

  constructor(part: ClimatePart, events: PartEvents) {
    super(part, events, { ...FAIR, plugged: 1 });
    this.build(
      part.label,
      scaled(picture<DHT22Element>('wokwi-dht22', {}), 57.1, 116.7, 0.6),
      slider('Temperature', { min: -40, max: 80, step: 0.5, value: FAIR.celsius }, (value) => `${value.toFixed(1)} °C`, (celsius) => this.change({ celsius })),
      slider('Humidity', { min: 0, max: 99.5, step: 0.5, value: FAIR.humidityPercent }, (value) => `${value.toFixed(1)} %`, (humidityPercent) => this.change({ humidityPercent })),
      this.plug(),
    );
  }
}
