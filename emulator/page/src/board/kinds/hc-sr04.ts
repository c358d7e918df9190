import { GND, type Part, type SimulatedKind, V5 } from './kind.js';

/** An HC-SR04. */
export interface RangePart extends Part {
  readonly type: 'hc_sr04';
  readonly trig: number;
  readonly echo: number;
}

export const HC_SR04: SimulatedKind<RangePart> = {
  title: 'Ultrasonic range finder',
  label: 'Distance',
  color: 'orange',
  terminals: [V5, { field: 'trig', name: 'TRIG' }, { field: 'echo', name: 'ECHO', isDriven: true }, GND],
  isSimulated: true,
  read: (part) => ({ trig: part.pin('trig'), echo: part.pin('echo') }),
};
