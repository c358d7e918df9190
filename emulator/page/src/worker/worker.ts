import type { Reply, Request, RunState } from '../protocol.js';
import { formatDuration } from '../instruments/duration.js';
import { BoardRun, explain, type StepMark } from './board-run.js';
import { wordsOfEnding, wordsOfLeftBehind } from './ending-words.js';
import type { LongStep } from './long-steps.js';
import { Pacer, RatioMeter } from './pacing.js';
import { Devices } from './part-devices.js';
import { record } from './record.js';
import { TypedInput } from './typed-input.js';

/** How long the emulator runs before messages are looked at. */
const SLICE_MILLIS = 12;
/** How long it rests when simulated time has caught up. */
const REST_MILLIS = 12;
const FRAME_MILLIS = 33;
const SNAPSHOT_MILLIS = 200;

/** Runs a board at the pace of real time, between the page's requests. */
class Emulator {
  private file: { name: string; bytes: Uint8Array } | undefined;
  private board: BoardRun | undefined;
  private typed: TypedInput | undefined;
  private boot = 0;
  private state: RunState = 'paused';
  private step: StepMark | undefined;
  /** Whether it was told that the program has ended though the chip goes on. */
  private isLeft = false;
  private isScheduled = false;
  private framedAt = 0;
  private snapshotAt = 0;
  private longestStepNanos = Infinity;
  private readonly devices = new Devices();
  private readonly pacer = new Pacer();
  private readonly meter = new RatioMeter();
  private readonly wakeUp = new MessageChannel();

  constructor(private readonly reply: (message: Reply) => void) {
    this.wakeUp.port1.onmessage = () => this.slice();
  }

  handle(request: Request): void {
    this.devices.handle(request);
    switch (request.kind) {
      case 'load':
        this.powerOn({ name: request.name, bytes: request.bytes }, 'running');
        break;
      case 'reset':
        if (this.file !== undefined) this.powerOn(this.file, this.state === 'paused' ? 'paused' : 'running');
        break;
      case 'run':
        if (this.state === 'paused') this.setState('running');
        break;
      case 'pause':
        if (this.state === 'running') this.setState('paused');
        break;
      case 'step':
        if (this.board === undefined || this.state === 'ended') break;
        this.setState('paused');
        this.step = this.board.stepMark();
        this.schedule(0);
        break;
      case 'speed':
        this.pacer.setSpeed(request.factor, performance.now(), this.board?.pico.nanos ?? 0);
        this.meter.restart();
        break;
      case 'pauseOnStep':
        this.longestStepNanos = request.nanos;
        if (this.board !== undefined) this.board.longestStepNanos = request.nanos;
        break;
      case 'ground':
        this.board?.ground(request.pin, request.grounded);
        break;
      case 'turn':
        this.board?.turn(request.clk, request.dt, request.detents);
        break;
      case 'type':
        if (this.state === 'ended') this.reply({ kind: 'typed', text: 'The program has ended: nobody reads what you type.' });
        else this.typed?.send(request.bytes, request.port);
        break;
      case 'snapshot':
        this.sendFrame(true);
        break;
      case 'record':
        if (this.file !== undefined) this.reply(record(this.file.bytes, request.untilNanos, request.presses));
        break;
    }
    if (this.state === 'paused') this.sendFrame(false);
  }

  /** A file that cannot be run changes nothing: what ran before runs on. */
  private powerOn(file: { name: string; bytes: Uint8Array }, state: RunState): void {
    let board: BoardRun;
    try {
      board = new BoardRun(file.bytes);
    } catch (error) {
      this.reply({ kind: 'error', name: file.name, message: explain(error) });
      return;
    }
    this.board?.finish();
    this.file = file;
    this.board = board;
    board.longestStepNanos = this.longestStepNanos;
    this.typed = new TypedInput(board.pico);
    this.devices.connect(board.pico);
    this.boot++;
    this.setState(state);
    this.sendFrame(true);
  }

  /** @param longStep has it paused */
  private setState(state: RunState, longStep?: LongStep): void {
    const { board } = this;
    if (board === undefined) return;
    this.state = state;
    this.step = undefined;
    this.meter.restart();
    this.reportState(longStep);
    if (state !== 'running') {
      this.sendFrame(true);
      return;
    }
    this.pacer.start(performance.now(), board.pico.nanos);
    this.schedule(0);
  }

  private reportState(longStep: LongStep | undefined): void {
    const { board, state } = this;
    const ending = state === 'ended' ? board?.pico.ending : undefined;
    const words = ending === undefined ? undefined : wordsOfEnding(ending, board?.names !== 'none');
    const why = longStep && `Paused: ${longStep.name} ${longStep.isOpen ? 'has run' : 'ran'} for ${formatDuration(longStep.nanos)} without a break.`;
    const left = board?.pico.leftBehind;
    this.isLeft = left !== undefined;
    this.reply({ kind: 'state', state, text: words?.text ?? why ?? (left && wordsOfLeftBehind(left)), failed: words?.failed ?? false, isOver: state === 'ended' || this.isLeft });
  }

  /** Has the next slice begin after a rest. A timer of 0 ms would be one of 4 ms to a browser. */
  private schedule(restMillis: number): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    if (restMillis > 0) setTimeout(() => this.slice(), restMillis);
    else this.wakeUp.port2.postMessage(undefined);
  }

  private slice(): void {
    this.isScheduled = false;
    const { board } = this;
    if (board === undefined || (this.state !== 'running' && this.step === undefined)) return;
    const start = performance.now();
    const mayGoOn = (): boolean => performance.now() - start < SLICE_MILLIS;
    try {
      if (this.step !== undefined) this.goOnStep(board, this.step, mayGoOn);
      else this.goOn(board, start, mayGoOn);
    } catch (error) {
      this.board = undefined;
      this.fail(error);
    }
  }

  private goOn(board: BoardRun, start: number, mayGoOn: () => boolean): void {
    const { pico } = board;
    const longStep = board.advance(this.pacer.target(start, pico.nanos), mayGoOn);
    const now = performance.now();
    this.meter.add(now, pico.nanos);
    if (pico.ending !== undefined) {
      this.setState('ended');
      return;
    }
    if (longStep !== undefined) {
      this.setState('paused', longStep);
      return;
    }
    if (this.isLeft !== (pico.leftBehind !== undefined)) this.reportState(undefined); // it has ended, or a watchdog began anew
    const verdict = this.typed?.verdict();
    if (verdict !== undefined) this.reply({ kind: 'typed', text: verdict });
    if (now - this.framedAt >= FRAME_MILLIS) this.sendFrame(false);
    this.schedule(pico.nanos < this.pacer.target(now, pico.nanos) ? 0 : REST_MILLIS);
  }

  private goOnStep(board: BoardRun, step: StepMark, mayGoOn: () => boolean): void {
    if (!board.advanceStep(step, mayGoOn)) {
      this.schedule(0);
      return;
    }
    this.step = undefined;
    if (board.pico.ending !== undefined) this.setState('ended');
    else this.sendFrame(true);
  }

  private sendFrame(withTasks: boolean): void {
    const { board } = this;
    if (board === undefined) return;
    const now = performance.now();
    const isDue = withTasks || now - this.snapshotAt >= SNAPSHOT_MILLIS;
    this.framedAt = now;
    if (isDue) this.snapshotAt = now;
    this.reply({
      kind: 'frame',
      boot: this.boot,
      name: this.file?.name ?? '',
      nanos: board.pico.nanos,
      cycles: board.pico.cycles,
      frequency: board.pico.frequency,
      ratio: this.state === 'running' ? this.meter.ratio : undefined,
      levels: board.levels(),
      names: board.names,
      isUasync: board.isUasync,
      ...board.take(),
      tasks: isDue ? board.snapshot() : undefined,
      longestStep: isDue ? board.profile() : undefined,
      displays: this.devices.takeChanged(),
      readings: this.devices.takeReadings(),
    });
  }

  private fail(error: unknown): void {
    this.state = 'ended';
    const message = explain(error);
    this.reply({ kind: 'state', state: 'ended', text: undefined, failed: true, isOver: true });
    this.reply({ kind: 'error', name: this.file?.name ?? '', message });
  }
}

const emulator = new Emulator((message) => postMessage(message));
onmessage = ({ data }: MessageEvent<Request>) => emulator.handle(data);
