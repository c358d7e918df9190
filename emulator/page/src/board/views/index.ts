import type { BoardPart, PartOf, PartType } from '../kinds/index.js';
import { DisplayView } from './display.js';
import { EncoderView } from './encoder.js';
import { LedView } from './led.js';
import { NeoPixelView } from './neopixel.js';
import type { PartEvents, PartView } from './part.js';
import { PotentiometerView } from './potentiometer.js';
import { PushbuttonView } from './pushbutton.js';
import { WeatherView } from './weather.js';

/** How the parts of each type look. */
const VIEWS: { readonly [T in PartType]: new (part: PartOf<T>, events: PartEvents) => PartView } = {
  led: LedView,
  pushbutton: PushbuttonView,
  potentiometer: PotentiometerView,
  encoder: EncoderView,
  ssd1306: DisplayView,
  bme280: WeatherView,
  neopixel: NeoPixelView,
};

export function viewOf(part: BoardPart, events: PartEvents): PartView {
  const View = VIEWS[part.type] as new (part: BoardPart, events: PartEvents) => PartView;
  return new View(part, events);
}
