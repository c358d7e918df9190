import { Dht22 } from '../../../../src/devices/dht22.js';
import type { ClimatePart } from '../../board/kinds/dht22.js';
import type { Simulate, Values } from './simulation.js';

/** Senses `celsius` and `humidityPercent`, and whether it is `plugged`. */
export const simulateClimate: Simulate<ClimatePart> = (pico, part, values) => {
  const sensor = new Dht22();
  const sense = ({ plugged, ...climate }: Values): void => {
    sensor.climate = { ...sensor.climate, ...climate };
    if (plugged !== undefined) sensor.isPlugged = plugged === 1;
  };
  sense(values);
  pico.pin(part.data).attach(sensor);
  return { sense };
};
