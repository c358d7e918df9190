import { type Edge, PIN_COUNT } from '../../../src/board/events.js';
import { Pico } from '../../../src/board/pico.js';
import { ImageError } from '../../../src/firmware/image.js';
import { parseImage } from '../../../src/firmware/load.js';
import type { StepProfile, TaskEvent, TaskSnapshot } from '../../../src/tasks/model.js';
import { TaskObserver } from '../../../src/tasks/observer.js';
import { StepSamples } from '../../../src/tasks/step-samples.js';
import { FigureMeter, type Figures } from '../compare/figures.js';
import { type ImageSize, sizeOf } from '../compare/image-size.js';
import { type ImageNames, namesIn } from '../image-names.js';
import type { ConsolePieces } from '../protocol.js';
import { Bursts } from './bursts.js';
import { type LongStep, LongSteps } from './long-steps.js';
import { NewestConsole } from './newest-console.js';
import { NewestEdges } from './newest-edges.js';
import { Newest } from './newest.js';

/** Of each pin. */
const EDGES_A_FRAME = 300;
const TASK_EVENTS_A_FRAME = 2000;
const CONSOLE_BYTES_A_FRAME = 16_384;

/** Instructions and sleeps between two looks at the real clock: a millisecond or less. */
const BUDGET = 10_000;
/** A firmware that sleeps gets through simulated time so fast that it has to be cut in pieces too. */
const LONGEST_PIECE_NANOS = 20e6;
/** A press lasts at least this long, so that a firmware that polls its button every 40 ms sees it at any speed. */
const SHORTEST_PRESS_NANOS = 50e6;
/** A step ends at the latest after so long: the loop may sleep until somebody presses a button. */
const LONGEST_STEP_NANOS = 1e9;
/** Each contact of an encoder is closed for two of these in a detent. */
const ENCODER_PHASE_NANOS = 1e6;

/** Where a step is, is looked at once it has taken so long. */
const SAMPLED_NANOS = 100e3;

/** What happened on the board since the last time somebody asked. */
export interface Happenings {
  readonly edges: readonly Edge[];
  readonly droppedEdges: Uint32Array;
  readonly console: Uint8Array;
  readonly consolePieces: ConsolePieces;
  readonly droppedConsole: number;
  readonly taskEvents: readonly TaskEvent[];
  readonly droppedTaskEvents: number;
  readonly duty: Float32Array;
  readonly asleep: number;
}

/** A board from power-on to its end, with what the page shows of it. Knows nothing of real time. */
export class BoardRun {
  readonly pico: Pico;
  readonly names: ImageNames;
  readonly size: ImageSize;

  private readonly tasks: TaskObserver;
  private readonly edges = new NewestEdges(EDGES_A_FRAME);
  private readonly taskEvents = new Newest<TaskEvent>(TASK_EVENTS_A_FRAME);
  private readonly bursts = new Bursts((event) => this.taskEvents.push(event));
  private readonly console = new NewestConsole(CONSOLE_BYTES_A_FRAME);
  private readonly meter = new FigureMeter();
  private readonly highNanos = new Float64Array(PIN_COUNT);
  private readonly changedAt = new Float64Array(PIN_COUNT);
  private readonly pressedAt = new Map<number, number>();
  private readonly releases = new Map<number, number>();
  private readonly turnedUntil = new Map<number, number>();
  private takenAt = 0;
  private asleepAtTake = 0;
  private stepsSeen = 0;
  private random = 1;
  private readonly taskNames = new Map<number, string>();
  private readonly samples: StepSamples;
  private readonly longSteps = new LongSteps((id) => this.taskNames.get(id) ?? this.snapshot().tasks.find((task) => task.id === id)?.name ?? `task ${id}`);

  /**
   * @param onByte called with each byte that the firmware sends: over UART0, UART1, or USB (null)
   * @throws ImageError if the file cannot be run
   */
  constructor(file: Uint8Array, onByte?: (uart: number | null, byte: number) => void) {
    const image = parseImage(file);
    this.names = namesIn(image);
    this.size = sizeOf(image);
    this.pico = new Pico(image, {
      onEdge: (edge) => this.noteEdge(edge),
      onConsoleLine: (line) => this.console.push(line),
      ...(onByte === undefined ? {} : { onConsoleByte: onByte }),
    });
    this.pico.awaitsInput = true;
    const { debug, symbols } = image;
    this.samples = new StepSamples((pc) => debug?.placeOf(pc), (pc) => symbols.nameAt(symbols.at(pc)?.address ?? pc));
    this.tasks = new TaskObserver(this.pico, image, (event) => {
      if (event.kind === 'created') this.taskNames.set(event.id, event.name);
      else if (event.kind === 'ended') this.taskNames.delete(event.id);
      else if (event.kind === 'step') {
        this.stepsSeen++;
        this.longSteps.end({ id: event.id, since: event.nanos }, event.end);
        this.samples.end(event.id, event.nanos, event.end - event.nanos);
      }
      this.bursts.push(event);
    });
  }

  /** How long a step may take before `advance` stops. */
  set longestStepNanos(nanos: number) {
    this.longSteps.limitNanos = nanos;
  }

  /**
   * Runs until a simulated time, as long as `mayGoOn` says so, or until a step takes too long.
   *
   * @returns that step
   */
  advance(untilNanos: number, mayGoOn: () => boolean): LongStep | undefined {
    const { pico, longSteps, tasks } = this;
    while (pico.ending === undefined && pico.nanos < untilNanos && mayGoOn()) {
      this.runPiece(Math.min(untilNanos, longSteps.dueAt(tasks.running, pico.nanos)), BUDGET);
      this.sample(untilNanos);
      longSteps.goOn(tasks.running, pico.nanos);
      const long = longSteps.take();
      if (long !== undefined) return long;
    }
    return undefined;
  }

  /**
   * Runs to the end of the next step of a task, through the sleep before it, as long as `mayGoOn` says so. A firmware without uasync
   * runs until it has slept.
   *
   * @param since what `stepMark` gave when the step was asked for
   * @returns whether the step is over
   */
  advanceStep(since: StepMark, mayGoOn: () => boolean): boolean {
    const { pico } = this;
    const latest = since.nanos + LONGEST_STEP_NANOS;
    const isOver = (): boolean => {
      const isDone = this.tasks.isUasync ? this.stepsSeen !== since.steps : pico.asleepNanos !== since.asleepNanos;
      return isDone || pico.nanos >= latest || pico.ending !== undefined;
    };
    while (!isOver() && mayGoOn()) {
      for (let left = 1000; left > 0 && !isOver(); left--) this.runPiece(latest, 1);
    }
    return isOver();
  }

  /** Where a step begins. */
  stepMark(): StepMark {
    return { nanos: this.pico.nanos, asleepNanos: this.pico.asleepNanos, steps: this.stepsSeen };
  }

  ground(pin: number, grounded: boolean): void {
    const { nanos } = this.pico;
    if (grounded) {
      this.pressedAt.set(pin, nanos);
      this.releases.delete(pin);
      this.meter.press(nanos);
      this.pico.setButton(pin, true);
    } else {
      this.releases.set(pin, Math.max(nanos, (this.pressedAt.get(pin) ?? -Infinity) + SHORTEST_PRESS_NANOS));
      this.release();
    }
  }

  /** Turns an encoder by detents, one after the other: the contact that closes first tells the direction. */
  turn(clk: number, dt: number, detents: number): void {
    const [first, second] = detents > 0 ? [clk, dt] : [dt, clk];
    let at = Math.max(this.pico.nanos, this.turnedUntil.get(clk) ?? 0) + ENCODER_PHASE_NANOS;
    for (let left = Math.abs(detents); left > 0; left--) {
      this.pico.schedulePress(first, at, 2 * ENCODER_PHASE_NANOS);
      this.pico.schedulePress(second, at + ENCODER_PHASE_NANOS, 2 * ENCODER_PHASE_NANOS);
      at += 4 * ENCODER_PHASE_NANOS;
    }
    this.turnedUntil.set(clk, at);
  }

  levels(): Uint8Array {
    return Uint8Array.from({ length: PIN_COUNT }, (_, pin) => this.pico.level(pin));
  }

  get isUasync(): boolean {
    return this.tasks.isUasync;
  }

  snapshot(): TaskSnapshot {
    return this.tasks.snapshot();
  }

  /** What it has done since power-on, or since {@link startFigures}. */
  get figures(): Figures {
    return this.meter.read(this.pico);
  }

  startFigures(): void {
    this.meter.start(this.pico);
  }

  /** Where the time of the longest step so far went, or goes. */
  profile(): StepProfile | undefined {
    return this.samples.profile(this.pico.nanos);
  }

  /** The board is switched off. */
  finish(): void {
    this.tasks.finish();
  }

  /** Hands over what happened since the last time. */
  take(): Happenings {
    const { pico } = this;
    pico.flushConsole();
    const elapsed = pico.nanos - this.takenAt;
    const duty = Float32Array.from(this.highNanos, (high, pin) => {
      const level = pico.level(pin);
      const open = level === 1 ? pico.nanos - Math.max(this.takenAt, this.changedAt[pin] as number) : 0;
      return elapsed > 0 ? Math.min(1, (high + open) / elapsed) : level;
    });
    const asleep = elapsed > 0 ? (pico.asleepNanos - this.asleepAtTake) / elapsed : 0;
    this.highNanos.fill(0);
    this.takenAt = pico.nanos;
    this.asleepAtTake = pico.asleepNanos;
    this.bursts.flush();
    const [edges, taskEvents, console] = [this.edges.take(), this.taskEvents.take(), this.console.take()];
    return {
      edges: edges.items,
      droppedEdges: edges.dropped,
      console: console.bytes,
      consolePieces: console.pieces,
      droppedConsole: console.dropped,
      taskEvents: taskEvents.items,
      droppedTaskEvents: taskEvents.dropped,
      duty,
      asleep,
    };
  }

  /** Looks where long steps are: a few instructions after the end of a piece, as pieces end at the starts of loops. */
  private sample(untilNanos: number): void {
    const { pico, tasks } = this;
    const isLong = ({ since }: { since: number }): boolean => pico.nanos - since >= SAMPLED_NANOS;
    if (!tasks.running.some(isLong)) return;
    this.random = (Math.imul(this.random, 1_103_515_245) + 12_345) >>> 0;
    for (let left = this.random >>> 26; left > 0; left--) this.runPiece(untilNanos, 1);
    for (const step of tasks.executing) if (isLong(step)) this.samples.add(step);
  }

  private runPiece(untilNanos: number, budget: number): void {
    const { pico } = this;
    pico.run(Math.min(untilNanos, pico.nanos + LONGEST_PIECE_NANOS, ...this.releases.values()), budget);
    if (this.releases.size > 0) this.release();
  }

  /** Lets go of the buttons whose press has lasted long enough. */
  private release(): void {
    for (const [pin, due] of this.releases) {
      if (due > this.pico.nanos) continue;
      this.releases.delete(pin);
      this.pico.setButton(pin, false);
    }
  }

  private noteEdge(edge: Edge): void {
    const { pin, nanos, level } = edge;
    this.edges.push(edge);
    this.meter.edge(edge);
    if (level === 0) this.highNanos[pin] = (this.highNanos[pin] as number) + nanos - Math.max(this.takenAt, this.changedAt[pin] as number);
    this.changedAt[pin] = nanos;
  }
}

/** What was when a step of the loop began. */
export interface StepMark {
  readonly nanos: number;
  readonly asleepNanos: number;
  readonly steps: number;
}

/** What went wrong with a file or with the emulator, in words for the user. */
export function explain(error: unknown): string {
  if (error instanceof ImageError) return error.message;
  return `The emulator failed: ${error instanceof Error ? error.message : String(error)}`;
}
