import type { Pico } from '../../../../src/board/pico.js';
import { Ds18b20 } from '../../../../src/devices/ds18b20.js';
import { OneWireBus } from '../../../../src/devices/onewire-bus.js';
import type { ThermometerPart } from '../../board/kinds/ds18b20.js';
import type { Simulate, Values } from './simulation.js';

const SERIAL_NUMBERS = 2 ** 48;

/** The buses of each board, by their pins. */
const buses = new WeakMap<Pico, Map<number, OneWireBus>>();

/** Senses `celsius`, and whether it is `plugged`. Its number comes from its id. */
export const simulateThermometer: Simulate<ThermometerPart> = (pico, { id, dq }, values) => {
  const thermometer = new Ds18b20(serialOf(id));
  const sense = ({ celsius, plugged }: Values): void => {
    if (celsius !== undefined) thermometer.celsius = celsius;
    if (plugged !== undefined) thermometer.isPlugged = plugged === 1;
  };
  sense(values);
  busAt(pico, dq).attach(thermometer);
  return { sense };
};

function busAt(pico: Pico, pin: number): OneWireBus {
  const known = buses.get(pico) ?? new Map<number, OneWireBus>();
  buses.set(pico, known);
  let bus = known.get(pin);
  if (bus === undefined) {
    bus = new OneWireBus();
    pico.pin(pin).attach(bus);
    known.set(pin, bus);
  }
  return bus;
}

/** A serial number that is the same for an id each time, and hardly ever for two. */
export function serialOf(id: string): number {
  return [...id].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % SERIAL_NUMBERS, 7);
}
