import { Bme280 } from '../../../../src/devices/bme280.js';
import type { WeatherPart } from '../../board/kinds/bme280.js';
import { i2cOf } from './i2c.js';
import type { Simulate, Values } from './simulation.js';

/** Senses `celsius`, `hectopascal` and `humidityPercent`. */
export const simulateWeather: Simulate<WeatherPart> = (pico, part, values) => {
  const sensor = new Bme280();
  const sense = (sensed: Values): void => {
    sensor.weather = { ...sensor.weather, ...sensed };
  };
  sense(values);
  i2cOf(pico, part).attach(part.address, sensor, part);
  return { sense };
};
