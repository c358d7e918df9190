import type { BoardPart, PartOf, PartType } from '../kinds/index.js';
import { BuzzerView } from './buzzer.js';
import { Ili9341View, St7735View } from './colour-display.js';
import { DisplayView } from './display.js';
import { Ds18b20View } from './ds18b20.js';
import { Dht22View } from './dht22.js';
import { EncoderView } from './encoder.js';
import { HcSr04View } from './hc-sr04.js';
import { IrRemoteView } from './ir-remote.js';
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
  ds18b20: Ds18b20View,
  dht22: Dht22View,
  hc_sr04: HcSr04View,
  st7735: St7735View,
  ili9341: Ili9341View,
  ir_remote: IrRemoteView,
};

export function viewOf(part: BoardPart, events: PartEvents): PartView {
  const View = VIEWS[part.type] as new (part: BoardPart, events: PartEvents) => PartView;
  return new View(part, events);
}
