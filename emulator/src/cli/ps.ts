#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { HeadlessRun } from '../board/headless.js';
import { checkPresses, parsePress, parseTimeToRun, UsageError } from '../board/units.js';
import type { Image } from '../firmware/image.js';
import { parseImage } from '../firmware/load.js';
import { printable } from '../printable.js';
import { formatTasks, formatTime, tasksAsJson } from '../tasks/format.js';
import { TaskObserver } from '../tasks/observer.js';
import { option, parseStrictly } from './arguments.js';
import { withImage } from './places.js';

const HELP = `Usage: uasync ps IMAGE [options]

Runs a firmware on an emulated Raspberry Pi Pico for a while and shows its tasks: what each waits for, since when, and at which line;
how much memory it takes; how long it ran, how long its longest step took, and how often it was woken.

IMAGE is an ELF file made with uasync and -g. Without debug information, or from a UF2 file, less is known.

Options:
  --at TIME                   when to look, in simulated time from power-on (1s)
  --press PIN@START+DURATION  press a button between PIN and ground: GP15@500ms+100ms; may be repeated
  --json                      print JSON instead of a table
  --help                      print this text

Exit status: 0 if there is something to show, 2 for a wrong option or image, 3 if the firmware crashed before.
`;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  try {
    const options = parse(args);
    if (options === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    return show(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(error.message);
    return 2;
  }
}

type Options = Exclude<ReturnType<typeof parse>, 'help'>;

function parse(args: readonly string[]) {
  const { values, positionals } = parseStrictly(args, {
    at: { type: 'string' },
    press: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return 'help' as const;
  const [image, ...more] = positionals;
  if (image === undefined) throw new UsageError('no IMAGE given; see --help');
  if (more.length > 0) throw new UsageError(`only one IMAGE can be looked at, and '${more[0]}' would be a second`);
  const presses = (values.press ?? []).map((press) => option('--press', parsePress, press));
  option('--press', checkPresses, presses);
  return { image, presses, at: option('--at', parseTimeToRun, values.at ?? '1s'), json: values.json ?? false };
}

function show(options: Options): number {
  const { run, observer, image } = load(options);
  if (!observer.isUasync) throw new UsageError(`${options.image}: has no tasks to show: it was not made with uasync, or its runtime is older than this tool`);
  const outcome = run.advance();
  const snapshot = observer.snapshot();
  if (options.json) process.stdout.write(JSON.stringify(tasksAsJson(snapshot), null, 1) + '\n');
  else process.stdout.write(formatTasks(snapshot));
  if (outcome !== undefined && outcome.exit !== 'until') complain(`it ended before, at ${formatTime(run.pico.nanos)}: ${outcome.message ?? outcome.exit}`);
  run.remarks.forEach(complain);
  const advice = howToKnowMore(options.image, image);
  if (advice !== undefined) complain(advice);
  return outcome?.failed ? 3 : 0;
}

/** Names, lines and objects are not in every file. */
function howToKnowMore(path: string, image: Image): string | undefined {
  if (image.symbols.isEmpty) {
    const elf = path.replace(/(?:\.\w+)?$/, '.elf');
    return `${path}: has no names or line numbers; open the ELF file it was made from${elf !== path && existsSync(elf) ? `: ${elf}` : ''}`;
  }
  if (image.debug === undefined) return `${path}: has no line numbers; compile it with -g to see them`;
  return undefined;
}

function load(options: Options): { run: HeadlessRun; observer: TaskObserver; image: Image } {
  return withImage(options.image, (file) => {
    const image = parseImage(file);
    const run = new HeadlessRun({ image, presses: options.presses, untilNanos: options.at });
    return { run, observer: new TaskObserver(run.pico, image), image };
  });
}

function complain(message: string): void {
  process.stderr.write(`uasync ps: ${printable(message)}\n`);
}
