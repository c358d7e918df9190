import type { EdgeRange } from './edge-range.js';
import type { Edge } from './events.js';

/**
 * Writes edges as a value change dump, the format of waveform viewers. One wire for every pin that has an edge.
 *
 * @param edges in the order in which they happened; every pin is taken to be 0 at time 0
 * @param endNanos up to when nothing else happened
 */
export function formatVcd(edges: readonly Edge[], endNanos: number): string {
  return formatVcdRange({ startNanos: 0, endNanos, levels: new Map(), edges });
}

/** The same of a part of the time: begins with the level of each pin at its start. @param notes what a reader is to know, a line each */
export function formatVcdRange({ startNanos, endNanos, levels, edges }: EdgeRange, notes: readonly string[] = []): string {
  const pins = [...new Set([...levels.keys(), ...edges.map(({ pin }) => pin)])].sort((a, b) => a - b);
  const lines = [
    '$comment levels of the pins of an emulated Raspberry Pi Pico $end',
    ...notes.map((note) => `$comment ${note} $end`),
    '$timescale 1 ns $end',
    '$scope module pico $end',
    ...pins.map((pin) => `$var wire 1 ${identifier(pin)} GP${pin} $end`),
    '$upscope $end',
    '$enddefinitions $end',
    `#${Math.round(startNanos)}`,
    '$dumpvars',
    ...pins.map((pin) => `${levels.get(pin) ?? 0}${identifier(pin)}`),
    '$end',
  ];
  let time = Math.round(startNanos);
  for (const { pin, nanos, level } of edges) {
    const now = Math.round(nanos);
    if (now > time) lines.push(`#${now}`);
    time = now;
    lines.push(`${level}${identifier(pin)}`);
  }
  if (Math.round(endNanos) > time) lines.push(`#${Math.round(endNanos)}`);
  return lines.join('\n') + '\n';
}

/** VCD names a wire by printable characters; one is enough for the pins. */
function identifier(pin: number): string {
  return String.fromCharCode('!'.charCodeAt(0) + pin);
}
