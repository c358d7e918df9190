import { GND, type Part, type SimulatedKind, V5 } from './kind.js';

/** A relay with its driver: the coil has current while the pin has the level that is active. */
export interface RelayPart extends Part {
  readonly type: 'relay';
  readonly pin: number;
  readonly active: 'high' | 'low';
}

export const RELAY: SimulatedKind<RelayPart> = {
  title: 'Relay',
  label: 'Relay',
  color: 'blue',
  terminals: [{ field: 'pin', name: 'IN' }, V5, GND],
  fields: ['active'],
  isSimulated: true,
  read: (part) => ({ pin: part.pin('pin'), active: part.oneOf('active', ['high', 'low'], 'high') }),
};
