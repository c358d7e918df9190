import type { ThermometerPart } from '../kinds/ds18b20.js';
import { type PartEvents, slider } from './part.js';
import { SensorView } from './sensor.js';

const ROOM = 21;

/** A DS18B20 as a transistor's case has it, with its temperature. */
export class Ds18b20View extends SensorView {
  readonly width = 150;
  readonly height = 158;

  constructor(part: ThermometerPart, events: PartEvents) {
    super(part, events, { celsius: ROOM, plugged: 1 });
    this.build(
      part.label,
      caseImage(),
      slider('Temperature', { min: -55, max: 125, step: 0.5, value: ROOM }, (value) => `${value.toFixed(1)} °C`, (celsius) => this.change({ celsius })),
      this.plug(),
    );
  }
}

/** Flat in front, with three legs. */
function caseImage(): HTMLElement {
  const image = document.createElement('span');
  image.className = 'part-module';
  image.setAttribute('aria-hidden', 'true');
  image.innerHTML = `<svg viewBox="0 0 44 40" width="44" height="40"><g stroke="#a5abb3" stroke-width="2.2"><path d="M13 24v15"/><path d="M22 24v15"/><path d="M31 24v15"/></g>
<path d="M5 6a4 4 0 0 1 4-4h26a4 4 0 0 1 4 4v20H5z" fill="#2f3338" stroke="#6b7178"/><text x="22" y="12" text-anchor="middle" font-size="6" fill="#d5d9de" font-family="sans-serif">DALLAS</text>
<text x="22" y="20" text-anchor="middle" font-size="6" fill="#d5d9de" font-family="sans-serif">18B20</text></svg>`;
  return image;
}
