import type { RelayPart } from '../../board/kinds/relay.js';
import { pullUp } from './pull-up.js';
import type { Simulate } from './simulation.js';

/** Tells its `clicks`: how often its arm has moved. */
export const simulateRelay: Simulate<RelayPart> = (pico, { pin, active }) => {
  let clicks = 0;
  if (active === 'low') pullUp(pico, [pin]);
  pico.pin(pin).attach({ edge: () => void clicks++ });
  return { takeReadings: () => ({ clicks }) };
};
