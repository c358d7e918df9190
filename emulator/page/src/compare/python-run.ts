import { BoardRun } from '../worker/board-run.js';
import type { Figures } from './figures.js';
import { RawRepl } from './raw-repl.js';

/** Between two attempts to get a prompt: MicroPython needs a while to start, and the host to open its port. */
const KNOCK_NANOS = 100e6;
/** After so long there is none. A file system that is made anew takes a second. */
const PATIENCE_NANOS = 10e9;
/** How long it runs before it is looked at again: what the prompt answers is not to be waited for much longer. */
const PIECE_NANOS = 1e6;
/** In which the command that executes the program goes over the wire, but for its last byte. */
const SETTLE_NANOS = 5e6;
/** Its serial port at USB, and UART0, where some builds have their prompt. */
const PORTS = [null, 0] as const;

/** Of the program; `failed` if it could not be started. */
export type PythonPhase = 'starting' | 'ready' | 'running' | 'ended' | 'failed';

/**
 * A board with MicroPython, which gets a program over its prompt. Knows nothing of real time.
 *
 * It is `ready` once the program is compiled; then its time stands still until {@link start}.
 */
export class PythonRun {
  readonly board: BoardRun;
  /** Why it has `failed`, or has `ended` by itself and not with its program, in a sentence. */
  failure = '';

  private readonly repls: ReadonlyMap<number | null, RawRepl>;
  private state: PythonPhase = 'starting';
  private startNanos = 0;
  private knockAt = 0;
  private output: number[] = [];
  /** Those at the end of the program: MicroPython then waits for more. */
  private last: Figures | undefined;

  /** @throws ImageError if the image cannot be run */
  constructor(file: Uint8Array, program: string) {
    this.board = new BoardRun(file, (uart, byte) => this.receive(uart, byte));
    this.repls = new Map(PORTS.map((port) => [port, new RawRepl(program, (text) => this.send(port, new TextEncoder().encode(text)), (byte) => this.output.push(byte))]));
  }

  get phase(): PythonPhase {
    return this.state;
  }

  /** Simulated time since the program's start. */
  get nanos(): number {
    return this.figures.nanos;
  }

  get figures(): Figures {
    return this.last ?? this.board.figures;
  }

  /** Runs until the program is `ready` or cannot be, as long as `mayGoOn` says so. */
  prepare(mayGoOn: () => boolean): void {
    const { board } = this;
    while (this.state === 'starting' && mayGoOn()) {
      const { nanos } = board.pico;
      const open = this.open;
      if (open?.stage === 'ready') this.settle();
      else if (open?.stage === 'failed') this.fail(`MicroPython cannot compile the program: ${open.error.trim()}`);
      else if (board.pico.ending !== undefined) this.fail('Its firmware has ended before there was a prompt.');
      else if (nanos >= PATIENCE_NANOS) this.fail(`It has given no prompt within ${PATIENCE_NANOS / 1e9} s of simulated time. Is it MicroPython for the Raspberry Pi Pico?`);
      else this.prepareOn(nanos);
    }
  }

  /** Starts the program, which has to be `ready`. */
  start(): void {
    this.state = 'running';
    this.startNanos = this.board.pico.nanos;
    this.board.startFigures();
    this.output = [];
    this.open?.start();
  }

  /** Runs until so much simulated time has passed since the program's start, or to the program's end, as long as `mayGoOn` says so. */
  advance(untilNanos: number, mayGoOn: () => boolean): void {
    const { pico } = this.board;
    const until = this.startNanos + untilNanos;
    while (this.state === 'running' && pico.nanos < until && mayGoOn()) {
      this.board.advance(Math.min(until, pico.nanos + PIECE_NANOS), mayGoOn);
      if (this.last === undefined && pico.ending === undefined) continue;
      this.state = 'ended';
      this.last ??= this.board.figures;
      if (pico.ending !== undefined) this.failure = `Its firmware has ended: ${pico.ending.text}.`;
    }
  }

  /** What somebody types goes to the program once it runs: before, it would be taken for a part of it. */
  type(bytes: Uint8Array): void {
    if (this.state !== 'running') return;
    for (const [port, repl] of this.repls) if (repl === this.open) this.send(port, bytes);
  }

  /** Hands over what the program has printed since the last time. */
  take(): Uint8Array {
    this.board.take();
    const bytes = Uint8Array.from(this.output);
    this.output = [];
    return bytes;
  }

  private settle(): void {
    this.board.advance(this.board.pico.nanos + SETTLE_NANOS, () => true);
    this.state = 'ready';
  }

  private receive(port: number | null, byte: number): void {
    const repl = this.repls.get(port);
    repl?.receive(byte);
    if (repl?.stage === 'ended') this.last ??= this.board.figures; // at that moment
  }

  private prepareOn(nanos: number): void {
    if (this.open === undefined && nanos >= this.knockAt) {
      this.knockAt = nanos + KNOCK_NANOS;
      for (const repl of this.repls.values()) repl.knock();
    }
    this.board.advance(nanos + PIECE_NANOS, () => true);
  }

  /** The prompt that has answered. */
  private get open(): RawRepl | undefined {
    return [...this.repls.values()].find(({ stage }) => stage !== 'greeting');
  }

  private send(port: number | null, bytes: Uint8Array): void {
    const { pico } = this.board;
    if (port === null) pico.usb.receive(bytes);
    else pico.uart(0).receive(bytes);
  }

  private fail(failure: string): void {
    this.state = 'failed';
    this.failure = failure;
  }
}
