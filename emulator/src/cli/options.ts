import { type Analog, type Drive, type Input, parseAnalog, parseDrive, parseExpected, parseInput, parseWire, type Wire } from '../board/stimuli.js';
import { checkPresses, parseButtonPin, parsePin, parsePort, parsePress, parseTimeToRun, type Press, UsageError } from '../board/units.js';
import { option, parseStrictly } from './arguments.js';

/** What the command line asks for. */
export interface Options {
  readonly image: string;
  readonly presses: readonly Press[];
  readonly inputs: readonly Input[];
  readonly drives: readonly Drive[];
  readonly analogs: readonly Analog[];
  readonly wires: readonly Wire[];
  /** Texts that the firmware is to print, one after the other. */
  readonly expected: readonly string[];
  /** The file that keeps the contents of the flash. */
  readonly flash: string | undefined;
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

Runs a firmware on an emulated Raspberry Pi Pico and prints what it sends over its UARTs and USB.
The run is deterministic: the same image with the same presses and input does the same, to the cycle.

IMAGE is an ELF or UF2 file for the RP2040.

Options:
  --press PIN@START+DURATION  press a button between PIN and ground: GP15@1s+100ms; may be repeated
  --input TEXT@TIME           send text to UART0, as fast as its baud rate: 'hello\\n@1s'; to another port as
                              'UART1:hello\\n@1s' or 'USB:\\x03@1s' (Ctrl-C), which waits for the port to be open; may be repeated
  --drive PIN@TIME=LEVEL      drive PIN from outside: GP4@1s=1; z instead of 0 or 1 lets go of it; may be repeated
  --wire PIN-PIN              connect two pins: GP4-GP3; may be repeated
  --analog PIN@TIME=VOLTS     put a voltage on GP26 to GP29: GP26@0s=1.65V; may be repeated
  --expect TEXT               end as soon as the firmware has printed TEXT, with status 1 if it does not; may be repeated:
                              one after the other
  --within TIME               how long to wait for --expect, in simulated time
  --flash FILE                keep the contents of the flash in FILE: 2 MB, to which the image is written first; a new one
                              is erased
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

Exit status: 0 if the firmware ended well, the time was up or --expect is met, 1 if --expect is not met,
2 for a wrong option or image, 3 if the firmware crashed, 130 after Ctrl-C.
`;

/** The options by their names, as node's `parseArgs` wants them. */
export const OPTIONS = {
  press: { type: 'string', multiple: true },
  input: { type: 'string', multiple: true },
  drive: { type: 'string', multiple: true },
  wire: { type: 'string', multiple: true },
  analog: { type: 'string', multiple: true },
  expect: { type: 'string', multiple: true },
  within: { type: 'string' },
  flash: { type: 'string' },
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

/**
 * Reads the command line.
 *
 * @returns `'help'` if that is what was asked for
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parseStrictly(args, OPTIONS);
  if (values.help) return 'help';
  const [image, ...more] = positionals;
  if (image === undefined) throw new UsageError('no IMAGE given; see --help');
  if (more.length > 0) throw new UsageError(`only one IMAGE can be run, and '${more[0]}' would be a second`);
  const presses = (values.press ?? []).map((press) => option('--press', parsePress, press));
  option('--press', checkPresses, presses);
  if (values.gdb !== undefined && values.interactive) throw new UsageError('--gdb and --interactive do not go together; leave out one of them');
  const [waiter] = [values.gdb === undefined ? undefined : '--gdb', values.interactive ? '--interactive' : undefined].filter((name) => name !== undefined);
  if (values.expect !== undefined && waiter !== undefined) throw new UsageError(`--expect and ${waiter} do not go together; leave out one of them`);
  if (values.within !== undefined && values.expect === undefined) throw new UsageError('--within is for --expect; add it, or write --until');
  const limits = [
    ...(values.until === undefined ? [] : [option('--until', parseTimeToRun, values.until)]),
    ...(values.within === undefined ? [] : [option('--within', parseTimeToRun, values.within)]),
  ];
  return {
    image,
    presses,
    inputs: (values.input ?? []).map((input) => option('--input', parseInput, input)),
    drives: (values.drive ?? []).map((drive) => option('--drive', parseDrive, drive)),
    analogs: (values.analog ?? []).map((analog) => option('--analog', parseAnalog, analog)),
    wires: (values.wire ?? []).map((wire) => option('--wire', parseWire, wire)),
    expected: (values.expect ?? []).map((text) => option('--expect', parseExpected, text)),
    flash: values.flash,
    untilNanos: limits.length > 0 ? Math.min(...limits) : undefined,
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
