import { IrRemote } from '../../../../src/devices/ir-remote.js';
import { IR_KEYS, type IrRemotePart } from '../../board/kinds/ir-remote.js';
import type { Simulate, Values } from './simulation.js';

/** Senses 1 for each key that is held, by its name. */
export const simulateIrRemote: Simulate<IrRemotePart> = (pico, { pin }, values) => {
  const remote = new IrRemote(pin);
  pico.attach(remote);
  const sense = (sensed: Values): void => {
    for (const { name, command } of IR_KEYS) {
      if (sensed[name] !== undefined) remote.press(command, sensed[name] === 1);
    }
  };
  sense(values);
  return { sense };
};
