import { setImmediate } from 'node:timers/promises';
import { HeadlessRun, type Outcome } from '../board/headless.js';
import { UsageError } from '../board/units.js';
import { formatVcd } from '../board/vcd.js';
import type { Image } from '../firmware/image.js';
import { parseImage } from '../firmware/load.js';
import { GdbServer } from '../gdb/server.js';
import { printable } from '../printable.js';
import { formatTime } from '../tasks/format.js';
import { TaskObserver } from '../tasks/observer.js';
import { formatChromeTrace } from '../tasks/perfetto.js';
import { MOST_EVENTS, TaskRecording } from '../tasks/recording.js';
import { TerminalBoard } from './interactive.js';
import { HELP, type Options, parseOptions } from './options.js';
import { aboutImage, openFlash, openOutput, withImage } from './places.js';

const EXIT_MISSING = 1;
const EXIT_USAGE = 2;
const EXIT_CRASHED = 3;
const EXIT_INTERRUPTED = 130;

/** Instructions between two looks at whether Ctrl-C was pressed: a few milliseconds. */
const BUDGET = 200_000;

/** Where a command writes to. */
export interface Streams {
  /** What the firmware prints, and help. */
  out(content: Uint8Array | string): void;
  /** Sentences for the user. */
  error(text: string): void;
}

/** `uasync run`. @returns the exit status, as the help tells it */
export async function runCommand(args: readonly string[], streams: Streams): Promise<number> {
  const complain = (message: string): void => streams.error(`uasync run: ${printable(message)}\n`);
  try {
    const options = parseOptions(args);
    if (options !== 'help') return await new Command(options, streams, complain).run();
    streams.out(HELP);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    complain(isUsage ? error.message : `the emulator failed: ${String(error)}`);
    return isUsage ? EXIT_USAGE : EXIT_CRASHED;
  }
}

class Command {
  constructor(
    private readonly options: Options,
    private readonly streams: Streams,
    private readonly complain: (message: string) => void,
  ) {}

  async run(): Promise<number> {
    const { options, complain } = this;
    const terminal = options.interactive ? new TerminalBoard(options) : undefined;
    const print = (bytes: Uint8Array): void => {
      if (terminal) terminal.print(bytes);
      else this.streams.out(bytes);
    };
    const flash = openFlash('--flash', options.flash);
    const { headless, image } = this.load(print, flash?.before);
    // Opened before the run, so that a wrong name is told at once and not after it.
    const json = openOutput('--json', options.json);
    const vcd = openOutput('--vcd', options.vcd);
    const trace = openOutput('--trace', options.trace);
    const tasks = trace && aboutImage(options.image, () => this.observe(headless, image));
    const outcome = terminal ? await terminal.run(headless) : options.gdb === undefined ? await runToEnd(headless) : await runWithGdb(headless, options.gdb, complain);
    flash?.write(headless.flash);
    json?.write(JSON.stringify(headless.report(outcome), null, 1) + '\n');
    vcd?.write(formatVcd(headless.recording.recordedEdges, headless.pico.nanos));
    trace?.write(tasks?.() ?? '');
    for (const { text } of headless.pico.unknownRegisters) complain(`the firmware ${text}`);
    headless.remarks.forEach(complain);
    if (outcome.message !== undefined) complain(outcome.message);
    if (headless.missing !== undefined) complain(`--expect: '${headless.missing}' was not printed; the run ended at ${formatTime(headless.pico.nanos)}`);
    if (outcome.failed) return EXIT_CRASHED;
    if (headless.missing !== undefined && outcome.exit !== 'interrupted') return EXIT_MISSING;
    return outcome.exit === 'interrupted' && !options.interactive ? EXIT_INTERRUPTED : 0;
  }

  /** Follows the tasks from now on. @returns what gives the trace at the end */
  private observe(headless: HeadlessRun, image: Image): () => string {
    const recording = new TaskRecording();
    const observer = new TaskObserver(headless.pico, image, recording.push);
    if (!observer.isUasync) this.complain('the trace has pins only: the firmware was not made with uasync, or its runtime is older than this tool');
    return () => {
      observer.finish();
      const { events, leftOut } = recording.take();
      if (leftOut > 0) this.complain(`the trace has the newest ${events.length} events of the tasks; ${leftOut} older ones were left out`);
      return formatChromeTrace(events, headless.recording.recordedEdges.slice(-MOST_EVENTS), { endNanos: headless.pico.nanos });
    };
  }

  private load(print: (bytes: Uint8Array) => void, flash: Uint8Array | undefined): { headless: HeadlessRun; image: Image } {
    const { options } = this;
    return withImage(options.image, (file) => {
      const image = parseImage(file);
      const headless = new HeadlessRun({
        image,
        presses: options.presses,
        inputs: options.inputs,
        drives: options.drives,
        analogs: options.analogs,
        wires: options.wires,
        expected: options.expected,
        flash,
        untilNanos: options.untilNanos,
        keepAllEdges: options.vcd !== undefined || options.trace !== undefined,
        onConsoleLine: (line) => {
          if (!options.quiet) print(line.bytes);
        },
      });
      return { headless, image };
    });
  }
}

async function runToEnd(headless: HeadlessRun): Promise<Outcome> {
  let interrupted = false;
  return await interruptibly(() => (interrupted = true), async () => {
    for (;;) {
      const outcome = headless.advance(BUDGET);
      if (outcome !== undefined) return outcome;
      await setImmediate();
      if (interrupted) return headless.interrupt();
    }
  });
}

async function runWithGdb(headless: HeadlessRun, port: number, say: (sentence: string) => void): Promise<Outcome> {
  const server = await GdbServer.listen(headless, port, say);
  return await interruptibly(() => server.interrupt(), () => server.run());
}

/** Runs something that Ctrl-C interrupts. */
async function interruptibly<Result>(interrupt: () => void, action: () => Promise<Result>): Promise<Result> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    return await action();
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
