import { I2C, type I2cPart, type SimulatedKind } from './kind.js';

/** A sensor of temperature, pressure and humidity. */
export interface WeatherPart extends I2cPart {
  readonly type: 'bme280';
}

export const BME280: SimulatedKind<WeatherPart> = {
  title: 'Weather sensor',
  label: 'Weather',
  color: 'green',
  terminals: I2C,
  fields: ['address'],
  isSimulated: true,
  read: (part) => part.i2c([0x76, 0x77]),
};
