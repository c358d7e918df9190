import { GND, type Part, type SimulatedKind, V3 } from './kind.js';

/** A DS18B20 on a 1-Wire bus; several may share it. */
export interface ThermometerPart extends Part {
  readonly type: 'ds18b20';
  readonly dq: number;
}

export const DS18B20: SimulatedKind<ThermometerPart> = {
  title: 'Thermometer on 1-Wire',
  label: 'Thermometer',
  color: 'yellow',
  terminals: [GND, { field: 'dq', name: 'DQ', isShared: true, isDriven: true }, V3],
  isSimulated: true,
  read: (part) => ({ dq: part.pin('dq') }),
};
