import type { Pico } from '../../../../src/board/pico.js';
import type { PartOf, SimulatedPart } from '../../board/kinds/index.js';
import { simulateWeather } from './bme280.js';
import { simulateBuzzer } from './buzzer.js';
import { simulateIli9341, simulateSt7735 } from './colour-display.js';
import { simulateClimate } from './dht22.js';
import { simulateThermometer } from './ds18b20.js';
import { simulateRange } from './hc-sr04.js';
import { simulateIrRemote } from './ir-remote.js';
import { simulateKeypad } from './keypad.js';
import { simulateRgbLed, simulateSevenSegment } from './lamps.js';
import { simulateNeoPixel } from './neopixel.js';
import { simulatePir } from './pir.js';
import { simulateRelay } from './relay.js';
import { simulateServo } from './servo.js';
import type { Simulate, Simulation, Values } from './simulation.js';
import { simulateSlideSwitch } from './slide-switch.js';
import { simulateDisplay } from './ssd1306.js';

/** How the parts of each type are simulated. */
const SIMULATIONS: { readonly [T in SimulatedPart['type']]: Simulate<PartOf<T>> } = {
  ssd1306: simulateDisplay,
  bme280: simulateWeather,
  neopixel: simulateNeoPixel,
  rgb_led: simulateRgbLed,
  slide_switch: simulateSlideSwitch,
  keypad: simulateKeypad,
  servo: simulateServo,
  buzzer: simulateBuzzer,
  seven_segment: simulateSevenSegment,
  pir: simulatePir,
  relay: simulateRelay,
  ds18b20: simulateThermometer,
  dht22: simulateClimate,
  hc_sr04: simulateRange,
  st7735: simulateSt7735,
  ili9341: simulateIli9341,
  ir_remote: simulateIrRemote,
};

/** Connects a part to a board that is powered on. */
export function simulate(pico: Pico, part: SimulatedPart, values: Values): Simulation {
  return (SIMULATIONS[part.type] as Simulate<SimulatedPart>)(pico, part, values);
}
