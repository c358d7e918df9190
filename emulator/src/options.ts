import { parseArgs } from 'node:util';
import { asUsageError, attachValues, option } from './arguments.js';
import { checkPresses, type Input, parseButtonPin, parseInput, parsePin, parsePort, parsePress, parseTimeToRun, type Press, UsageError } from './units.js';

/** What the command line asks for. */
export interface Options {
  readonly image: string;
  readonly presses: readonly Press[];
  readonly inputs: readonly Input[];
  /** When to end, in nanoseconds of simulated time; undefined to run until the firmware ends by itself. */
  readonly untilNanos: number | undefined;
  readonly json: string | undefined;
  readonly vcd: string | undefined;
  readonly trace: string | undefined;
  readonly interactive: boolean;
  readonly led: number;
  readonly button: number;
  readonly quiet: boolean;
  /** The TCP port on which to wait for gdb; undefined to run without one. */
  readonly gdb: number | undefined;
}

/** The text of `--help`. */
export const HELP = `Usage: uasync run IMAGE [options]

Runs a firmware on an emulated Raspberry Pi Pico and prints what it sends over its UARTs.
The run is deterministic: the same image with the same presses and input does the same, to the cycle.

IMAGE is an ELF or UF2 file for the RP2040.

Options:
  --press PIN@START+DURATION  press a button between PIN and ground: GP15@1s+100ms; may be repeated
  --input TEXT@TIME           send text to UART0, as fast as its baud rate: 'hello\\n@1s'; may be repeated
  --until TIME                end at this simulated time; otherwise run until the firmware ends by itself:
                              at a breakpoint, in a crash, or asleep with nothing left to wake it
  --json FILE                 write the console, the pins' edges and how the run ended, with times
  --vcd FILE                  write the pins' waveforms, for GTKWave and other viewers
  --trace FILE                write what the tasks did and who woke them, for ui.perfetto.dev and chrome://tracing
  --quiet                     do not print the console
  --interactive               run in real time in this terminal: space presses the button, q quits
  --led PIN                   the LED shown by --interactive (GP25)
  --button PIN                the button pressed by --interactive (GP15)
  --gdb PORT                  wait for gdb on this TCP port of this machine, and run the firmware as it says; 0 takes any free port
  --help                      print this text

Times are simulated time from power-on and have a unit: 250us, 20ms, 1.5s.
Pins are GP0 to GP29. An input that nothing drives follows its pull resistor, and reads 0 without one.

Exit status: 0 if the firmware ended well or the time was up, 2 for a wrong option or image,
3 if the firmware crashed, 130 after Ctrl-C.
`;

/**
 * Reads the command line.
 *
 * @returns `'help'` if that is what was asked for
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [image, ...more] = positionals;
  if (image === undefined) throw new UsageError('no IMAGE given; see --help');
  if (more.length > 0) throw new UsageError(`only one IMAGE can be run, and '${more[0]}' would be a second`);
  const presses = (values.press ?? []).map((press) => option('--press', parsePress, press));
  option('--press', checkPresses, presses);
  if (values.gdb !== undefined && values.interactive) throw new UsageError('--gdb and --interactive do not go together; leave out one of them');
  return {
    image,
    presses,
    inputs: (values.input ?? []).map((input) => option('--input', parseInput, input)),
    untilNanos: values.until === undefined ? undefined : option('--until', parseTimeToRun, values.until),
    json: values.json,
    vcd: values.vcd,
    trace: values.trace,
    interactive: values.interactive ?? false,
    led: option('--led', parsePin, values.led ?? 'GP25'),
    button: option('--button', parseButtonPin, values.button ?? 'GP15'),
    quiet: values.quiet ?? false,
    gdb: values.gdb === undefined ? undefined : option('--gdb', parsePort, values.gdb),
  };
}

function parse(args: readonly string[]) {
  const options = {
    press: { type: 'string', multiple: true },
    input: { type: 'string', multiple: true },
    until: { type: 'string' },
    json: { type: 'string' },
    vcd: { type: 'string' },
    trace: { type: 'string' },
    interactive: { type: 'boolean' },
    led: { type: 'string' },
    button: { type: 'string' },
    quiet: { type: 'boolean' },
    gdb: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: attachValues(args, options), allowPositionals: true, options });
  } catch (error) {
    throw asUsageError(error);
  }
}
