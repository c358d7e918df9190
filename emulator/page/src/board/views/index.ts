import type { BoardPart, PartOf, PartType } from '../kinds/index.js';
import { BuzzerView } from './buzzer.js';
import { DisplayView } from './display.js';
import { EncoderView } from './encoder.js';
import { KeypadView } from './keypad.js';
import { LedView } from './led.js';
import { NeoPixelView } from './neopixel.js';
import type { PartEvents, PartView } from './part.js';
import { PirView } from './pir.js';
import { PotentiometerView } from './potentiometer.js';
import { PushbuttonView } from './pushbutton.js';
import { RelayView } from './relay.js';
import { RgbLedView } from './rgb-led.js';
import { ServoView } from './servo.js';
import { SevenSegmentView } from './seven-segment.js';
import { SlideSwitchView } from './slide-switch.js';
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
  rgb_led: RgbLedView,
  slide_switch: SlideSwitchView,
  keypad: KeypadView,
  servo: ServoView,
  buzzer: BuzzerView,
  seven_segment: SevenSegmentView,
  pir: PirView,
  relay: RelayView,
};

export function viewOf(part: BoardPart, events: PartEvents): PartView {
  const View = VIEWS[part.type] as new (part: BoardPart, events: PartEvents) => PartView;
  return new View(part, events);
}
