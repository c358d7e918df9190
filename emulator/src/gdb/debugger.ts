import type { HeadlessRun } from '../board/headless.js';
import type { Pico } from '../board/pico.js';
import type { CoreInspector } from '../chip/core-inspector.js';
import { SIGNAL, type Stop, stopOfEnding } from './stop.js';
import { Watchpoints } from './watchpoints.js';

const HARD_FAULT = 3;
const SP = 13;

/** Where a core is, as far as stepping has to know. */
interface Context {
  readonly core: number;
  readonly pc: number;
  readonly sp: number;
  readonly exception: number;
  readonly asleep: boolean;
}

/**
 * Runs a firmware for a debugger: with breakpoints and watchpoints, one instruction at a time, and no further than to a fault.
 *
 * While it is not told to advance, simulated time stands still.
 */
export class Debugger {
  /** Addresses before whose instruction the firmware stops. */
  readonly breakpoints = new Set<number>();
  readonly watchpoints: Watchpoints;
  readonly pico: Pico;

  /** The core that is to execute one instruction only. */
  private stepped: number | undefined;
  /** Where an interrupt came before the instruction that is to be stepped. */
  private interrupted: Context | undefined;
  /** It has not moved since it was resumed: the breakpoint where it stands does not count. */
  private fresh = false;

  constructor(private readonly run: HeadlessRun) {
    this.pico = run.pico;
    this.watchpoints = new Watchpoints(run.pico.inspect);
  }

  /**
   * Says how `advance` is to go on.
   *
   * @param stepped the core that is to execute one instruction only. Interrupts that are due before it are handled to their end, so that
   * stepping through a function stays in it, unless a breakpoint in a handler stops that. The other core runs on meanwhile.
   */
  resume(stepped?: number): void {
    this.stepped = stepped;
    this.interrupted = undefined;
    this.fresh = true;
    this.pico.inspect.stopsNow = false;
    this.watchpoints.takeHit();
    this.pico.revive();
  }

  /** Drops all breakpoints and watchpoints: nobody is there any more to stop for. */
  forgetPoints(): void {
    this.breakpoints.clear();
    this.watchpoints.clear();
    this.pico.inspect.breakpoints.clear();
  }

  /**
   * Runs on, for at most `budget` instructions and sleeps.
   *
   * @returns why it was stopped; undefined if it was not yet
   */
  advance(budget: number): Stop | undefined {
    const { inspect } = this.pico;
    inspect.breakpoints.clear();
    for (const address of this.breakpoints) inspect.breakpoints.add(address);
    for (const core of this.coresOn()) {
      const handler = this.faultHandler(core); // anew each time, as the firmware may have moved its vector table
      if (handler !== undefined) inspect.breakpoints.add(handler);
    }

    if (this.stepped === undefined) return this.stopHere() ?? this.runOn(budget);
    for (let left = budget; left > 0; left--) {
      const before = inspect.turn === this.stepped ? this.context(this.stepped) : undefined;
      const stop = this.stopHere() ?? this.runOn(1);
      if (stop !== undefined) return stop;
      if (before !== undefined && this.hasStepped(before)) return { signal: SIGNAL.trap, core: before.core };
    }
    return undefined;
  }

  /** The numbers of the cores that are on. */
  coresOn(): number[] {
    return this.pico.inspect.running === 1 ? [0] : [0, 1];
  }

  private runOn(budget: number): Stop | undefined {
    const { pico } = this;
    const how = pico.run(this.run.untilNanos, budget);
    this.fresh = false;
    const core = pico.inspect.turn;
    const hit = this.watchpoints.takeHit();
    if (hit !== undefined) return { signal: SIGNAL.trap, core: hit.core, watched: hit.address };
    if (how === 'ended' && pico.ending !== undefined) return { ...stopOfEnding(pico.ending), core };
    if (how === 'time') return { signal: SIGNAL.timeUp, core, text: 'the time given with --until is up' };
    return how === 'breakpoint' ? this.stopHere() : undefined;
  }

  /** Whether a breakpoint or a fault stops the core whose turn it is. */
  private stopHere(): Stop | undefined {
    const { inspect, hardFault } = this.pico;
    const core = inspect.turn;
    const { pc, exception, asleep } = this.context(core);
    if (this.fresh || asleep || !inspect.breakpoints.has(pc)) return undefined;
    if (exception === HARD_FAULT && pc === this.faultHandler(core)) return { signal: SIGNAL.fault, core, text: hardFault ?? 'HardFault' };
    if (this.breakpoints.has(pc)) return { signal: SIGNAL.trap, core };
    this.fresh = true; // the handler of faults, but entered for something else
    return undefined;
  }

  private hasStepped(before: Context): boolean {
    const now = this.context(before.core);
    const { interrupted } = this;
    if (interrupted !== undefined) {
      if (now.exception !== interrupted.exception || now.sp !== interrupted.sp) return false;
      this.interrupted = undefined;
      return now.pc !== interrupted.pc;
    }
    if (before.asleep) return false;
    // In a handler both stack pointers are the main one: it grows when the handler is interrupted, and shrinks when it returns.
    const isEntered = now.exception !== before.exception && (before.exception === 0 || (now.exception !== 0 && now.sp < before.sp));
    if (isEntered) this.interrupted = before;
    return !isEntered;
  }

  private faultHandler(core: number): number | undefined {
    const { inspect } = this.pico;
    const vector = inspect.word((inspect.cores[core]?.vectorTable ?? 0) + 4 * HARD_FAULT);
    return vector === undefined ? undefined : (vector & ~1) >>> 0;
  }

  private context(core: number): Context {
    const of = this.pico.inspect.cores[core] as CoreInspector;
    return { core, pc: of.programCounter, sp: of.registers()[SP] as number, exception: of.exception, asleep: of.isAsleep };
  }
}
