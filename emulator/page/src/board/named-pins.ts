import type { Board } from './board-file.js';
import { wiresOf } from './board-file.js';
import { LED_GPIO } from './pinout.js';

/**
 * The pins that something is connected to, with its name, for those who want to look at their levels. Those that carry a voltage
 * in between are not among them: they have no level to look at.
 */
export function namedPinsOf({ parts }: Board): { readonly pin: number; readonly name: string }[] {
  const named = parts.flatMap((part) => {
    if (part.type === 'potentiometer') return [];
    const wires = wiresOf(part);
    return wires.map(([name, pin]) => ({ pin, name: wires.length === 1 ? part.label : `${part.label} ${name.toUpperCase()}` }));
  });
  return [...new Map([...named, { pin: LED_GPIO, name: 'LED' }].map((pin) => [pin.pin, pin])).values()];
}
