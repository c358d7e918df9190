import { GND, type Part, type SimulatedKind, V3 } from './kind.js';

/** A DHT22 or AM2302. */
export interface ClimatePart extends Part {
  readonly type: 'dht22';
  readonly data: number;
}

export const DHT22: SimulatedKind<ClimatePart> = {
  title: 'Climate sensor',
  label: 'Climate',
  color: 'blue',
  terminals: [V3, { field: 'data', name: 'DATA', isDriven: true }, GND],
  isSimulated: true,
  read: (part) => ({ data: part.pin('data') }),
};
