import type { Input } from './inputs.js';

/** What one emulator tells the other: how much simulated time has passed since its program's start, and what was done to its board then. */
export interface Step {
  readonly nanos: number;
  readonly input?: Input;
}

/** An end of a line to the other worker: a `MessagePort`. */
export interface Line {
  addEventListener(type: 'message', listener: (event: { readonly data: Step }) => void): void;
  start(): void;
  postMessage(step: Step): void;
  close(): void;
}

/**
 * Keeps two emulators in step that run beside each other: each tells the other how far it is, and waits where it is too far ahead.
 *
 * The one that somebody uses leads, and passes on what is done to its board. The other one is never ahead of it, so it has that done to its
 * own board at the same moment of simulated time.
 */
export class Lockstep {
  private other = 0;
  private told = -1;
  private readonly inputs: { readonly nanos: number; readonly input: Input }[] = [];

  /** @param leadNanos how far this one may be ahead of the other */
  constructor(
    private readonly line: Line,
    private readonly leadNanos: number,
  ) {
    line.addEventListener('message', ({ data: { nanos, input } }) => {
      if (input === undefined) this.other = nanos;
      else this.inputs.push({ nanos, input });
    });
    line.start();
  }

  /** Up to which time since its start this one may run, before it takes what is due then. */
  get limit(): number {
    return Math.min(this.other + this.leadNanos, this.inputs[0]?.nanos ?? Infinity);
  }

  /** What the other one has passed on that is due at a time since this one's start. */
  takeDue(nanos: number): readonly Input[] {
    const count = this.inputs.findIndex((input) => input.nanos > nanos);
    return this.inputs.splice(0, count < 0 ? this.inputs.length : count).map(({ input }) => input);
  }

  /** Tells how far this one is; Infinity says that it will not go on, and that nobody is to wait for it. */
  tell(nanos: number): void {
    if (nanos === this.told) return;
    this.told = nanos;
    this.line.postMessage({ nanos });
  }

  /** Passes on what is done to this one's board. */
  pass(input: Input, nanos: number): void {
    this.line.postMessage({ nanos, input });
  }

  close(): void {
    this.line.close();
  }
}
