import { readFileSync } from 'node:fs';
import { I2C_DRIVER } from './i2c-driver.js';

const read = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

/** What a C program needs to read a BME280: the driver of the bus and the formulas. */
export const BME280_DRIVER = I2C_DRIVER + read('bme280.c');
/** Shows a picture on an SSD1306, inverted while a button is pressed. */
export const DISPLAY_PROGRAM = I2C_DRIVER + read('sleep.c') + read('display.c');
/** Prints what a BME280 measures, again and again. */
export const WEATHER_PROGRAM = BME280_DRIVER + read('sleep.c') + read('weather.c');
/** Moves one part of each kind that needs no bus: {@link PARTS_BOARD}. */
export const PARTS_PROGRAM = read('sleep.c') + read('parts.c');
/** The board of that program. */
export const PARTS_BOARD = {
  parts: [
    { id: 'pad', type: 'keypad', r1: 'GP2', r2: 'GP3', r3: 'GP4', r4: 'GP5', c1: 'GP6', c2: 'GP7', c3: 'GP8', c4: 'GP9', keys: true },
    { id: 'arm', type: 'servo', pin: 'GP10' },
    { id: 'digit', type: 'seven_segment', a: 'GP11', b: 'GP12', c: 'GP13', d: 'GP14', e: 'GP15', f: 'GP16', g: 'GP17' },
    { id: 'light', type: 'rgb_led', red: 'GP18', green: 'GP19', blue: 'GP21', label: 'Light' },
    { id: 'beep', type: 'buzzer', pin: 'GP20' },
    { id: 'mode', type: 'slide_switch', pin: 'GP22', label: 'Mode' },
    { id: 'eye', type: 'pir', pin: 'GP26', seconds: 0.5, key: 'm' },
    { id: 'pump', type: 'relay', pin: 'GP27', label: 'Pump' },
  ],
};
/** Prints what a range finder, a DHT22 and the thermometers on a wire measure, again and again. */
export const SENSORS_PROGRAM = read('sleep.c') + read('sensors.c');
/** Draws two pixels on a colour display. @param madctl with which the picture is upright */
export const colourProgram = (madctl: number): string => `#define MADCTL ${madctl}\n${read('colours.c')}`;
