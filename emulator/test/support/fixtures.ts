import { readFileSync } from 'node:fs';
import { I2C_DRIVER } from './i2c-driver.js';

const read = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

/** What a C program needs to read a BME280: the driver of the bus and the formulas. */
export const BME280_DRIVER = I2C_DRIVER + read('bme280.c');
/** Shows a picture on an SSD1306, inverted while a button is pressed. */
export const DISPLAY_PROGRAM = I2C_DRIVER + read('sleep.c') + read('display.c');
/** Prints what a BME280 measures, again and again. */
export const WEATHER_PROGRAM = BME280_DRIVER + read('sleep.c') + read('weather.c');
/** Poses as MicroPython: answers at its prompt over UART0, and blinks whatever it is told. */
export const RAW_REPL_PROGRAM = read('sleep.c') + read('raw_repl.c');
