import { BME280 } from './bme280.js';
import { BUZZER } from './buzzer.js';
import { ILI9341, ST7735 } from './colour-display.js';
import { DHT22 } from './dht22.js';
import { DS18B20 } from './ds18b20.js';
import { ENCODER } from './encoder.js';
import { HC_SR04 } from './hc-sr04.js';
import { IR_REMOTE } from './ir-remote.js';
import { KEYPAD } from './keypad.js';
import type { Connection, Key, Kind, Part, SimulatedKind } from './kind.js';
import { LED } from './led.js';
import { NEOPIXEL } from './neopixel.js';
import { PIR } from './pir.js';
import { POTENTIOMETER } from './potentiometer.js';
import { PUSHBUTTON } from './pushbutton.js';
import { RELAY } from './relay.js';
import { RGB_LED } from './rgb-led.js';
import { SERVO } from './servo.js';
import { SEVEN_SEGMENT } from './seven-segment.js';
import { SLIDE_SWITCH } from './slide-switch.js';
import { SSD1306 } from './ssd1306.js';

/** The types of parts, by the names that the board file gives them. */
export const KINDS = {
  led: LED,
  pushbutton: PUSHBUTTON,
  potentiometer: POTENTIOMETER,
  encoder: ENCODER,
  ssd1306: SSD1306,
  bme280: BME280,
  neopixel: NEOPIXEL,
  rgb_led: RGB_LED,
  slide_switch: SLIDE_SWITCH,
  keypad: KEYPAD,
  servo: SERVO,
  buzzer: BUZZER,
  seven_segment: SEVEN_SEGMENT,
  pir: PIR,
  relay: RELAY,
  ds18b20: DS18B20,
  dht22: DHT22,
  hc_sr04: HC_SR04,
  st7735: ST7735,
  ili9341: ILI9341,
  ir_remote: IR_REMOTE,
} satisfies Readonly<Record<string, Kind<Part>>>;

type Kinds = typeof KINDS;

export type PartType = keyof Kinds;

/** The part of a type. */
export type PartOf<T extends PartType> = Kinds[T] extends Kind<infer P> ? P & { readonly type: T } : never;

export type BoardPart = { [T in PartType]: PartOf<T> }[PartType];

/** A part that the emulator simulates. */
export type SimulatedPart = { [T in PartType]: Kinds[T] extends SimulatedKind<Part> ? PartOf<T> : never }[PartType];

export const PART_TYPES = Object.keys(KINDS) as readonly PartType[];

export function kindOf(type: PartType): Kind<Part> {
  return KINDS[type];
}

/** The fields of the board file for a part of a type, in the order in which they are told. */
export function fieldsOf(type: PartType): readonly string[] {
  const { terminals, fields } = kindOf(type);
  return ['id', 'type', 'label', 'color', ...terminals.flatMap(({ field }) => field ?? []), ...(fields ?? [])];
}

/** The pin in a field of a part; undefined where an optional one is not connected. */
export function pinOf(part: BoardPart, field: string): number | undefined {
  return (part as unknown as Readonly<Record<string, number | undefined>>)[field];
}

/** The pins that a part is wired to, in the order of its terminals. */
export function wiresOf(part: BoardPart): readonly { readonly connection: Connection; readonly pin: number }[] {
  return kindOf(part.type).terminals.flatMap((terminal) => {
    const pin = terminal.field === undefined ? undefined : pinOf(part, terminal.field);
    return terminal.field === undefined || pin === undefined ? [] : [{ connection: terminal, pin }];
  });
}

/** The keys of the keyboard that hold something of a part down. */
export function keysOf(part: BoardPart): readonly Key[] {
  const keys = kindOf(part.type).keys?.(part);
  return keys ?? ('key' in part && part.key !== undefined ? [part.key] : []);
}

/** The parts that the emulator has to simulate. */
export function simulatedOf(parts: readonly BoardPart[]): readonly SimulatedPart[] {
  return parts.filter((part): part is SimulatedPart => kindOf(part.type).isSimulated === true);
}
