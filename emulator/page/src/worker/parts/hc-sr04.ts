import { HcSr04 } from '../../../../src/devices/hc-sr04.js';
import type { RangePart } from '../../board/kinds/hc-sr04.js';
import type { Simulate, Values } from './simulation.js';

/** Senses `centimetres`, and whether it is `plugged`. */
export const simulateRange: Simulate<RangePart> = (pico, { trig, echo }, values) => {
  const sensor = new HcSr04();
  const sense = ({ centimetres, plugged }: Values): void => {
    if (centimetres !== undefined) sensor.centimetres = centimetres;
    if (plugged !== undefined) sensor.isPlugged = plugged === 1;
  };
  sense(values);
  pico.pin(trig).attach(sensor.trigger);
  pico.pin(echo).attach(sensor.echo);
  return { sense };
};
