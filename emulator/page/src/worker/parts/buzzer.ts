import { Buzzer } from '../../../../src/devices/buzzer.js';
import type { BuzzerPart } from '../../board/kinds/buzzer.js';
import type { Simulate } from './simulation.js';

/** Tells the `hertz` of its tone; 0 while it is silent. */
export const simulateBuzzer: Simulate<BuzzerPart> = (pico, { pin }) => {
  const buzzer = new Buzzer();
  pico.pin(pin).attach(buzzer);
  return { takeReadings: () => ({ hertz: Math.round(buzzer.takeHertz()) }) };
};
