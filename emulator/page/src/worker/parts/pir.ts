import { MotionSensor } from '../../../../src/devices/motion-sensor.js';
import type { PirPart } from '../../board/kinds/pir.js';
import type { Simulate, Values } from './simulation.js';

/** Senses `motion`. */
export const simulatePir: Simulate<PirPart> = (pico, { pin, seconds }, values) => {
  const sensor = new MotionSensor(pin, seconds * 1e9);
  pico.attach(sensor);
  const sense = ({ motion = 0 }: Values): void => sensor.see(motion === 1);
  sense(values);
  return { sense };
};
