import { Servo } from '../../../../src/devices/servo.js';
import type { ServoPart } from '../../board/kinds/servo.js';
import type { Simulate } from './simulation.js';

/** Tells its `degrees`. */
export const simulateServo: Simulate<ServoPart> = (pico, { pin }) => {
  const servo = new Servo();
  pico.pin(pin).attach(servo);
  return { takeReadings: () => ({ degrees: Math.round(servo.degrees * 10) / 10 }) };
};
