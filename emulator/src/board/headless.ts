import type { Ending } from '../chip/ending.js';
import type { Image } from '../firmware/image.js';
import { FLASH_START } from '../memory-map.js';
import type { ConsoleLine } from './console-line.js';
import { Expectation } from './expectation.js';
import { FLASH_BYTES, programmed } from './flash-contents.js';
import { Pico } from './pico.js';
import { Recording, type Report } from './report.js';
import type { Analog, Drive, Input, Wire } from './stimuli.js';
import type { Press } from './units.js';

/** What to run, and for how long. */
export interface HeadlessOptions {
  readonly image: Image;
  readonly presses?: readonly Press[];
  readonly inputs?: readonly Input[];
  readonly drives?: readonly Drive[];
  readonly analogs?: readonly Analog[];
  readonly wires?: readonly Wire[];
  /** What was in the flash before the image was written to it; without it, nothing. */
  readonly flash?: Uint8Array | undefined;
  /** Texts that the firmware is to print, over any port, one after the other: the run ends at the last. */
  readonly expected?: readonly string[];
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
  private readonly expectation: Expectation | undefined;

  /** @throws ImageError if the image has no usable vector table */
  constructor(options: HeadlessOptions) {
    this.recording = new Recording(options.keepAllEdges ?? false);
    this.untilNanos = options.untilNanos ?? Infinity;
    this.hasNames = !options.image.symbols.isEmpty;
    this.expectation = options.expected?.length ? new Expectation(options.expected) : undefined;
    const { events } = this.recording;
    this.pico = new Pico(options.image, {
      onEdge: events.onEdge,
      onConsoleLine: (line) => {
        events.onConsoleLine(line);
        options.onConsoleLine?.(line);
      },
      onConsoleByte: (uart, byte) => {
        this.expectation?.push(uart, byte);
        if (this.expectation?.missing === undefined && this.expectation !== undefined) this.pico.inspect.stopsNow = true;
      },
    });
    if (options.flash !== undefined) this.pico.inspect.write(FLASH_START, programmed(options.flash, options.image));
    for (const [pin, other] of options.wires ?? []) this.pico.wire(pin, other);
    for (const { pin, startNanos, durationNanos } of options.presses ?? []) this.pico.schedulePress(pin, startNanos, durationNanos);
    for (const { port, bytes, startNanos } of options.inputs ?? []) this.pico.scheduleInput(bytes, startNanos, port);
    for (const { pin, level, startNanos } of options.drives ?? []) this.pico.scheduleDrive(pin, level, startNanos);
    for (const { channel, volts, startNanos } of options.analogs ?? []) this.pico.scheduleAnalog(channel, volts, startNanos);
  }

  /**
   * Runs on, for at most `budget` instructions and sleeps, and not beyond `nanos`.
   *
   * @returns how the run ended, or undefined if it has not yet
   */
  advance(budget = Infinity, nanos = Infinity): Outcome | undefined {
    const untilNanos = Math.min(nanos, this.untilNanos);
    const stopped = this.pico.run(untilNanos, budget);
    if (this.expectation !== undefined && this.expectation.missing === undefined) return this.finish({ exit: 'expected', failed: false, message: undefined });
    if (stopped === 'ended') return this.finish(outcomeOf(this.pico.ending as Ending, this.hasNames));
    if (stopped === 'budget' || stopped === 'breakpoint' || untilNanos < this.untilNanos) return undefined;
    const fault = this.pico.hardFault;
    return this.finish(fault === undefined ? { exit: 'until', failed: false, message: undefined } : crash(`crashed: ${fault}`));
  }

  /** What is in the flash now: a copy. */
  get flash(): Uint8Array {
    return Uint8Array.from(this.pico.inspect.bytes(FLASH_START, FLASH_BYTES) ?? []);
  }

  /** The text that was expected next and has not come; undefined if nothing was expected or all has come. */
  get missing(): string | undefined {
    return this.expectation?.missing;
  }

  /** A sentence for each thing from outside that makes no sense on a board, or did not reach the firmware, and for a program that ended before the run. */
  get remarks(): readonly string[] {
    const { pressedOutputs, drivenOutputs, unsentBytes, leftBehind } = this.pico;
    return [
      ...[...pressedOutputs].map((pin) => `--press: the firmware drives GP${pin}, so on a board the button would short it to ground; press an input`),
      ...[...drivenOutputs].map((pin) => `--drive: the firmware drives GP${pin} itself, which would be a short circuit on a board; drive an input`),
      ...(leftBehind === undefined ? [] : [`the program ended: ${leftBehind.text}; the other core or a peripheral went on`]),
      ...(unsentBytes > 0 ? [`--input: ${unsentBytes} bytes for USB were not sent, as the firmware has not offered a serial port by then`] : []),
    ];
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
