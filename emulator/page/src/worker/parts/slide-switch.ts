import type { SlideSwitchPart } from '../../board/kinds/slide-switch.js';
import type { Simulate, Values } from './simulation.js';

/** Senses `level`. */
export const simulateSlideSwitch: Simulate<SlideSwitchPart> = (pico, { pin, value }, values) => {
  const sense = ({ level = value }: Values): void => pico.drive(pin, level === 1 ? 1 : 0);
  sense(values);
  return { sense };
};
