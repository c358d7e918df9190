import type { Board } from './board-file.js';
import { wiresOf } from './kinds/index.js';
import { LED_GPIO } from './pinout.js';

/**
 * The pins that something is connected to, with its name, for those who want to look at their levels. Those that carry a voltage
 * in between are not among them: they have no level to look at.
 */
export function namedPinsOf({ parts }: Board): { readonly pin: number; readonly name: string }[] {
  const named = parts.flatMap((part) => {
    const wires = wiresOf(part);
    const levels = wires.filter(({ connection }) => connection.pins !== 'analog');
    return levels.map(({ connection: { field, name = field.toUpperCase() }, pin }) => ({ pin, name: wires.length === 1 ? part.label : `${part.label} ${name}` }));
  });
  return [...new Map([...named, { pin: LED_GPIO, name: 'LED' }].map((pin) => [pin.pin, pin])).values()];
}
