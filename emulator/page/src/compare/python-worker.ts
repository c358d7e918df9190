import { explain } from '../worker/board-run.js';
import { Pacer } from '../worker/pacing.js';
import { Devices } from '../worker/part-devices.js';
import type { Input } from './inputs.js';
import { type Line, Lockstep } from './lockstep.js';
import type { PythonReply, PythonRequest } from './python-protocol.js';
import { PythonRun } from './python-run.js';

/** How long the emulator runs before messages are looked at. */
const SLICE_MILLIS = 12;
/** How long it rests when it has caught up with the other one. */
const REST_MILLIS = 4;
const FRAME_MILLIS = 33;

/**
 * Runs MicroPython beside the program on the page. It goes as far as that one has come, and no further; once that one has ended, at the pace
 * of real time.
 */
class PythonEmulator {
  private run: PythonRun | undefined;
  private lockstep: Lockstep | undefined;
  private isScheduled = false;
  private framedAt = 0;
  private readonly devices = new Devices();
  private readonly pacer = new Pacer();
  private readonly wakeUp = new MessageChannel(); // a timer of 0 ms would be one of 4 ms to a browser

  constructor(private readonly reply: (message: PythonReply) => void) {
    this.wakeUp.port1.onmessage = () => this.slice();
  }

  handle(request: PythonRequest): void {
    if (request.kind === 'begin') this.begin(request.file, request.program, request.line);
    else if (request.kind === 'speed') this.pacer.setSpeed(request.factor, performance.now(), this.run?.nanos ?? 0);
    else this.devices.handle(request);
  }

  private begin(file: Uint8Array, program: string, line: Line): void {
    this.lockstep = new Lockstep(line, 0);
    try {
      this.run = new PythonRun(file, program);
    } catch (error) {
      this.fail(explain(error));
      return;
    }
    this.devices.connect(this.run.board.pico);
    this.schedule(0);
  }

  /** Has done to this board what was done to the other one. */
  private use(run: PythonRun, input: Input): void {
    this.devices.handle(input);
    if (input.kind === 'ground') run.board.ground(input.pin, input.grounded);
    else if (input.kind === 'turn') run.board.turn(input.clk, input.dt, input.detents);
    else if (input.kind === 'type') run.type(input.bytes);
  }

  private schedule(restMillis: number): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    if (restMillis > 0) setTimeout(() => this.slice(), restMillis);
    else this.wakeUp.port2.postMessage(undefined);
  }

  private slice(): void {
    this.isScheduled = false;
    const { run } = this;
    if (run === undefined) return;
    const start = performance.now();
    try {
      this.goOn(run, start, () => performance.now() - start < SLICE_MILLIS);
    } catch (error) {
      this.fail(explain(error));
    }
  }

  private goOn(run: PythonRun, start: number, mayGoOn: () => boolean): void {
    const before = run.phase;
    if (run.phase === 'starting') run.prepare(mayGoOn);
    else if (run.phase === 'ready') run.start();
    else this.advance(run, start, mayGoOn);
    const isOver = run.phase === 'ended' || run.phase === 'failed';
    // Before its program's start it is at the start: the other one waits there.
    if (isOver || run.phase === 'running') this.lockstep?.tell(isOver ? Infinity : run.nanos);
    if (run.phase !== before || start - this.framedAt >= FRAME_MILLIS) this.sendFrame(run, start);
    if (isOver) return;
    this.schedule(run.phase !== 'running' || run.nanos < this.target(run, performance.now()) ? 0 : REST_MILLIS);
  }

  private advance(run: PythonRun, start: number, mayGoOn: () => boolean): void {
    run.advance(this.target(run, start), mayGoOn);
    for (const input of this.lockstep?.takeDue(run.nanos) ?? []) this.use(run, input);
  }

  /** Up to which time since its program's start it is to run. */
  private target(run: PythonRun, millis: number): number {
    const limit = this.lockstep?.limit ?? 0;
    if (limit < Infinity) this.pacer.start(millis, run.nanos);
    return limit < Infinity ? limit : this.pacer.target(millis, run.nanos);
  }

  private sendFrame(run: PythonRun, now: number): void {
    this.framedAt = now;
    this.devices.takeChanged();
    this.reply({ phase: run.phase, failure: run.failure, output: run.take(), figures: run.figures, size: run.board.size });
  }

  private fail(failure: string): void {
    const { run } = this;
    this.run = undefined;
    this.lockstep?.tell(Infinity);
    this.reply({ phase: 'failed', failure, output: new Uint8Array(), figures: run?.figures, size: run?.board.size });
  }
}

const emulator = new PythonEmulator((message) => postMessage(message));
onmessage = ({ data }: MessageEvent<PythonRequest>) => emulator.handle(data);
