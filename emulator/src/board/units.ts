import { printable } from '../printable.js';
import { PIN_COUNT } from './events.js';

const LED_PIN = 25;
/** GP23, GP24 and GP29 are used inside the Pico. */
const EDGE_PINS = /^(?:1?\d|2[012678])$/;
const EDGE = 'the pins at the edge are GP0 to GP22 and GP26 to GP28';
/** Beyond some 104 days nanoseconds are no longer exact. */
const LONGEST_NANOS = 100 * 24 * 3600 * 1e9;
const NANOS_PER_UNIT = { us: 1e3, ms: 1e6, s: 1e9 } as const;

/** A value on the command line that cannot be understood, with the reason in words for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** @param message may quote what the user has given, whatever is in it */
  constructor(message: string) {
    super(printable(message));
  }
}

/** A press of a button between a pin and ground, in simulated time. */
export interface Press {
  readonly pin: number;
  readonly startNanos: number;
  readonly durationNanos: number;
}

/**
 * Reads a time such as `250us`, `20ms` or `1.5s`.
 *
 * @returns nanoseconds
 * @throws UsageError
 */
export function parseTime(text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(us|ms|s)$/.exec(text);
  if (match === null) throw new UsageError(`'${text}' is not a time; write for example 250us, 20ms or 1.5s`);
  const [, number, unit] = match as unknown as [string, string, keyof typeof NANOS_PER_UNIT];
  const nanos = Number(number) * NANOS_PER_UNIT[unit];
  if (nanos > LONGEST_NANOS) throw new UsageError(`'${text}' is longer than 100 days; write a shorter time`);
  return Math.round(nanos);
}

/**
 * Reads the time for which a firmware is to run: more than none.
 *
 * @throws UsageError
 */
export function parseTimeToRun(text: string): number {
  const nanos = parseTime(text);
  if (nanos === 0) throw new UsageError(`'${text}' leaves the firmware no time to run; write for example 20ms or 1.5s`);
  return nanos;
}

/**
 * Reads a pin such as `GP15`.
 *
 * @throws UsageError
 */
export function parsePin(text: string): number {
  const match = /^GP(\d{1,2})$/i.exec(text);
  const pin = Number(match?.[1]);
  if (match === null || pin >= PIN_COUNT) throw new UsageError(`'${text}' is not a pin; the pins are GP0 to GP${PIN_COUNT - 1}`);
  return pin;
}

/**
 * Reads a pin to which a button can be wired: one at the edge of the Pico.
 *
 * @throws UsageError
 */
export function parseButtonPin(text: string): number {
  const pin = parsePin(text);
  if (pin === LED_PIN) throw new UsageError(`GP${pin} is the LED on the Pico and has no pin at the edge; ${EDGE}`);
  if (!EDGE_PINS.test(String(pin))) throw new UsageError(`GP${pin} is used inside the Pico and has no pin at the edge; ${EDGE}`);
  return pin;
}

/**
 * Reads a press such as `GP15@1s+100ms`: the pin, when it is pressed, and for how long.
 *
 * @throws UsageError
 */
export function parsePress(text: string): Press {
  const match = /^([^@+]+)@([^@+]+)\+([^@+]+)$/.exec(text);
  if (match === null) throw new UsageError(`'${text}' is not a press; write PIN@START+DURATION, for example GP15@1s+100ms`);
  const [, pin, start, duration] = match as unknown as [string, string, string, string];
  const press = { pin: parseButtonPin(pin), startNanos: parseTime(start), durationNanos: parseTime(duration) };
  if (press.durationNanos === 0) throw new UsageError(`'${text}' presses for no time at all; write for example GP15@1s+100ms`);
  return press;
}

/**
 * Reads a TCP port such as `3333`.
 *
 * @throws UsageError
 */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) throw new UsageError(`'${text}' is not a port; write a number of up to 65535, for example 3333`);
  return port;
}

/**
 * Makes sure that no pin is pressed while it is pressed already: a button has one state, so that would be a mistake.
 *
 * @throws UsageError
 */
export function checkPresses(presses: readonly Press[]): void {
  const sorted = [...presses].sort((a, b) => a.pin - b.pin || a.startNanos - b.startNanos);
  sorted.forEach((press, index) => {
    const before = sorted[index - 1];
    if (before?.pin === press.pin && before.startNanos + before.durationNanos > press.startNanos) {
      throw new UsageError(`two presses of GP${press.pin} overlap at ${press.startNanos / 1e9} s; release the button before the next press`);
    }
  });
}
