import type { Ending } from '../chip/ending.js';
import type { Image } from '../firmware/image.js';
import type { ConsoleLine } from './console-line.js';
import { Pico } from './pico.js';
import { Recording, type Report } from './report.js';
import type { Input, Press } from './units.js';

/** What to run, and for how long. */
export interface HeadlessOptions {
  readonly image: Image;
  readonly presses?: readonly Press[];
  readonly inputs?: readonly Input[];
  /** When to end, in nanoseconds of simulated time; without it the firmware must end by itself. */
  readonly untilNanos?: number | undefined;
  /** Keep every edge, for a waveform. */
  readonly keepAllEdges?: boolean;
  /** Called with every line of the console as it comes. */
  readonly onConsoleLine?: (line: ConsoleLine) => void;
}

/** How a run ended. */
export interface Outcome {
  /** As in the report. */
  readonly exit: string;
  /** True if the firmware failed: it crashed, locked up, or hangs where nothing can get it out. */
  readonly failed: boolean;
  /** A sentence for the user, if there is something to tell: where the breakpoint is, why it crashed. */
  readonly message: string | undefined;
}

/** A run of a firmware with everything that it shows recorded. */
export class HeadlessRun {
  readonly pico: Pico;
  readonly recording: Recording;
  /** When it ends, in nanoseconds of simulated time, unless the firmware ends first. */
  readonly untilNanos: number;
  private readonly hasNames: boolean;

  /** @throws ImageError if the image has no usable vector table */
  constructor(options: HeadlessOptions) {
    this.recording = new Recording(options.keepAllEdges ?? false);
    this.untilNanos = options.untilNanos ?? Infinity;
    this.hasNames = !options.image.symbols.isEmpty;
    const { events } = this.recording;
    this.pico = new Pico(options.image, {
      onEdge: events.onEdge,
      onConsoleLine: (line) => {
        events.onConsoleLine(line);
        options.onConsoleLine?.(line);
      },
    });
    for (const { pin, startNanos, durationNanos } of options.presses ?? []) this.pico.schedulePress(pin, startNanos, durationNanos);
    for (const { bytes, startNanos } of options.inputs ?? []) this.pico.scheduleInput(bytes, startNanos);
  }

  /**
   * Runs on, for at most `budget` instructions and sleeps, and not beyond `nanos`.
   *
   * @returns how the run ended, or undefined if it has not yet
   */
  advance(budget = Infinity, nanos = Infinity): Outcome | undefined {
    const untilNanos = Math.min(nanos, this.untilNanos);
    const stopped = this.pico.run(untilNanos, budget);
    if (stopped === 'ended') return this.finish(outcomeOf(this.pico.ending as Ending, this.hasNames));
    if (stopped === 'budget' || untilNanos < this.untilNanos) return undefined;
    const fault = this.pico.hardFault;
    return this.finish(fault === undefined ? { exit: 'until', failed: false, message: undefined } : crash(`crashed: ${fault}`));
  }

  /** A sentence for each pin whose presses make no sense on a board. */
  get pressRemarks(): readonly string[] {
    return [...this.pico.pressedOutputs].map((pin) => `--press: the firmware drives GP${pin}, so on a board the button would short it to ground; press an input`);
  }

  /** Ends the run from outside. @param exit as in the report */
  interrupt(exit = 'interrupted'): Outcome {
    return this.finish({ exit, failed: false, message: undefined });
  }

  /** Sums up the run. */
  report(outcome: Outcome): Report {
    return this.recording.report(this.pico, outcome.exit);
  }

  private finish(outcome: Outcome): Outcome {
    this.pico.flushConsole();
    return outcome;
  }
}

/**
 * Runs a firmware to its end, or to a simulated time, and reports what it showed.
 *
 * Does not return before that, so give `untilNanos` for a firmware that may run for ever.
 *
 * @throws ImageError if the image has no usable vector table
 */
export function runHeadless(options: HeadlessOptions): Report {
  const run = new HeadlessRun(options);
  return run.report(run.advance() as Outcome);
}

/** To a report, the end of a program is the breakpoint that it is. */
function outcomeOf({ kind, text }: Ending, hasNames: boolean): Outcome {
  if (kind === 'asleep') return { exit: 'asleep for ever', failed: false, message: undefined };
  if (kind === 'bootsel') return { exit: 'bootsel', failed: false, message: `the program ended: it ${text}` };
  if (kind === 'returned') return { exit: 'breakpoint', failed: false, message: `the program ended: ${text}` };
  if (kind === 'breakpoint') return { exit: 'breakpoint', failed: false, message: `stopped at a ${text}${hasNames ? '' : '; run the ELF file to see where that is'}` };
  return crash(text);
}

function crash(text: string): Outcome {
  return { exit: text, failed: true, message: `the firmware ${text}` };
}
