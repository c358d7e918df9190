import type { Weather } from '../../../../src/devices/bme280.js';
import type { WeatherPart } from '../kinds/bme280.js';
import { type PartEvents, PartView, slider } from './part.js';

/** What it measures until somebody moves a slider. */
const FAIR: Weather = { celsius: 21, hectopascal: 1013, humidityPercent: 50 };

/** A BME280: a picture of the module, and a slider for each thing that it measures. */
export class WeatherView extends PartView {
  readonly width = 214;
  readonly height = 196;

  private readonly id: string;
  private weather = FAIR;

  constructor(part: WeatherPart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    const sliders = [
      slider('Temperature', { min: -40, max: 85, step: 0.5, value: FAIR.celsius }, (value) => `${value.toFixed(1)} °C`, (celsius) => this.change({ celsius })),
      slider('Pressure', { min: 300, max: 1100, step: 1, value: FAIR.hectopascal }, (value) => `${value} hPa`, (hectopascal) => this.change({ hectopascal })),
      slider('Humidity', { min: 0, max: 100, step: 1, value: FAIR.humidityPercent }, (value) => `${value} %`, (humidityPercent) => this.change({ humidityPercent })),
    ];
    this.build(part.label, ...sliders);
    this.element.querySelector('.part-body')?.prepend(moduleImage());
  }

  override connect(): void {
    this.events.send({ kind: 'sense', id: this.id, values: { ...this.weather } });
  }

  private change(change: Partial<Weather>): void {
    this.weather = { ...this.weather, ...change };
    this.connect();
  }
}

/** The sensor's metal case with its vent hole, on a small module. */
function moduleImage(): HTMLElement {
  const image = document.createElement('span');
  image.className = 'part-module';
  image.setAttribute('aria-hidden', 'true');
  image.innerHTML = `<svg viewBox="0 0 64 30" width="64" height="30"><rect width="64" height="30" rx="3" fill="#5b3a8e"/><rect x="23" y="5" width="20" height="20" rx="2" fill="#cfd4d9" stroke="#8b9198"/>
<circle cx="28" cy="10" r="1.6" fill="#3a3d42"/><rect x="6" y="8" width="5" height="3" fill="#2b2d30"/><rect x="6" y="19" width="5" height="3" fill="#b08d5b"/><rect x="53" y="8" width="5" height="3" fill="#b08d5b"/>
<text x="33" y="21" text-anchor="middle" font-size="5.5" fill="#4d535a" font-family="sans-serif">280</text></svg>`;
  return image;
}
