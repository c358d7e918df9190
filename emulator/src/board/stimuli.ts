import { parsePin, parseTime, UsageError } from './units.js';

const FIRST_ANALOG_PIN = 26;
/** Full scale of the converter. */
const MOST_VOLTS = 3.3;

/** A level put on a pin from outside. */
export interface Drive {
  readonly pin: number;
  readonly startNanos: number;
  /** Undefined to let go of the pin. */
  readonly level: 0 | 1 | undefined;
}

/** A voltage put on an input of the converter. */
export interface Analog {
  /** The input: 0 to 3 are GP26 to GP29. */
  readonly channel: number;
  readonly startNanos: number;
  readonly volts: number;
}

/** Two pins with a wire between them. */
export type Wire = readonly [pin: number, other: number];

/** Where something can be sent to the firmware: the receiver of a UART, or the serial port that it offers over USB. */
export type InputPort = 0 | 1 | 'usb';

/** Something sent to the firmware. */
export interface Input {
  readonly port: InputPort;
  readonly bytes: Uint8Array;
  readonly startNanos: number;
}

const LEVELS: Readonly<Record<string, Drive['level']>> = { 0: 0, 1: 1, z: undefined };
const PORTS: Readonly<Record<string, InputPort>> = { UART0: 0, UART1: 1, USB: 'usb' };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** `PIN@TIME=VALUE` in its parts; undefined if it is anything else. */
function parts(text: string): [pin: string, time: string, value: string] | undefined {
  const match = /^([^@=]+)@([^@=]+)=([^@=]+)$/.exec(text);
  return match === null ? undefined : [match[1] as string, match[2] as string, match[3] as string];
}

/**
 * Reads a drive such as `GP4@1s=1`: the pin, from when on, and the level.
 *
 * @throws UsageError
 */
export function parseDrive(text: string): Drive {
  const found = parts(text);
  if (found === undefined) throw new UsageError(`'${text}' is not a drive; write PIN@TIME=LEVEL, for example GP4@1s=1`);
  const [pin, time, level] = found;
  const drive = { pin: parsePin(pin), startNanos: parseTime(time), level: LEVELS[level] };
  if (!Object.hasOwn(LEVELS, level)) throw new UsageError(`'${level}' is not a level; write 0, 1, or z to let go of the pin`);
  return drive;
}

/**
 * Reads a voltage such as `GP26@1s=1.65V`.
 *
 * @throws UsageError
 */
export function parseAnalog(text: string): Analog {
  const found = parts(text);
  if (found === undefined) throw new UsageError(`'${text}' is not a voltage at a pin; write PIN@TIME=VOLTS, for example GP26@0s=1.65V`);
  const [pin, time, volts] = found;
  const analog = { channel: parsePin(pin) - FIRST_ANALOG_PIN, startNanos: parseTime(time), volts: Number(volts.replace(/V$/, '')) };
  if (analog.channel < 0) throw new UsageError(`${pin} has no analog input; GP26 to GP29 have`);
  if (!/^[0-9]{1,3}(?:\.[0-9]+)?V?$/.test(volts)) throw new UsageError(`'${volts}' is not a voltage; write for example 1.65V`);
  if (analog.volts > MOST_VOLTS) throw new UsageError(`'${volts}' is more than a pin bears; write up to ${MOST_VOLTS}V`);
  return analog;
}

/**
 * Reads a wire such as `GP4-GP3`.
 *
 * @throws UsageError
 */
export function parseWire(text: string): Wire {
  const match = /^([^-]+)-([^-]+)$/.exec(text);
  if (match === null) throw new UsageError(`'${text}' is not a wire; write PIN-PIN, for example GP4-GP3`);
  const wire = [parsePin(match[1] as string), parsePin(match[2] as string)] as const;
  if (wire[0] === wire[1]) throw new UsageError(`'${text}' wires a pin to itself; write two pins, for example GP4-GP3`);
  return wire;
}

/**
 * Reads an input such as `hello\n@1s`, or `USB:hello\n@1s`: the port, which is UART0 if there is none, the text, in which `\n`, `\r`,
 * `\t` and `\\` stand for what they do in C, and when it is sent.
 *
 * @throws UsageError
 */
export function parseInput(text: string): Input {
  const [, port, given = ''] = /^(?:(UART0|UART1|USB):)?([^]*)$/.exec(text) ?? [];
  const at = given.lastIndexOf('@');
  if (at < 1) throw new UsageError(`'${text}' is not an input; write TEXT@TIME, for example 'hello\\n@1s'`);
  const bytes = new TextEncoder().encode(unescaped(given.slice(0, at), text));
  return { port: PORTS[port ?? 'UART0'] as InputPort, bytes, startNanos: parseTime(given.slice(at + 1)) };
}

/**
 * Reads a text that the firmware is to print, with the same escapes.
 *
 * @throws UsageError
 */
export function parseExpected(text: string): string {
  if (text === '') throw new UsageError("'' is printed by every firmware; write what this one is to print");
  return unescaped(text, text);
}

/** @param whole what the text is part of, for the message */
function unescaped(text: string, whole: string): string {
  return text.replace(/\\(x[0-7][0-9a-fA-F]|.?)/gs, (escape, letter: string) => {
    const meant = letter.length > 1 ? String.fromCharCode(parseInt(letter.slice(1), 16)) : ESCAPES[letter];
    if (meant === undefined) throw new UsageError(`'${escape}' in '${whole}' means nothing; there are \\n, \\r, \\t, \\\\, and \\x00 to \\x7f`);
    return meant;
  });
}
