import type { CycleClock } from '../clock.js';
import type { Core, CoreTime } from './core.js';
import type { Ending } from './ending.js';

/** Cycles of the longest instruction that is translated: pop with all registers. */
const LONGEST_INSTRUCTION = 11;

/** How far a core is, where both are on: the cycle at which its next instruction starts. */
class Position implements CoreTime {
  cycles = 0;

  constructor(private readonly clock: CycleClock) {}

  get nanos(): number {
    return this.clock.nanosAt(this.cycles);
  }

  runCycles(cycles: number): void {
    this.cycles += cycles;
  }
}

/**
 * Lets the two cores take turns: the one that is behind runs, core 0 where they are level.
 *
 * Each has a position in time of its own, and the clock stands at the earlier of them. So every instruction starts with
 * the clock at its own cycle, in the same order in every run. While core 1 is off, core 0 runs by the clock itself.
 */
export class Cores {
  private readonly positions: readonly [Position, Position];

  constructor(
    private readonly clock: CycleClock,
    readonly first: Core,
    private readonly other: { readonly core: Core | undefined },
  ) {
    this.positions = [new Position(clock), new Position(clock)];
  }

  /** The core whose turn it is; undefined where all that are on sleep. */
  get next(): Core | undefined {
    const { first } = this;
    const second = this.other.core;
    if (second === undefined || second.isAsleep) return first.isAsleep ? undefined : first;
    return first.isAsleep || this.positions[1].cycles < this.positions[0].cycles ? second : first;
  }

  /** Those that are on. */
  get running(): readonly Core[] {
    const second = this.other.core;
    return second === undefined ? [this.first] : [this.first, second];
  }

  /** Core 1 is on from now on, and core 0, which has run alone, executes the `sev` that has started it. */
  startSecond(): void {
    for (const position of this.positions) position.cycles = this.clock.cycles + 1;
  }

  /**
   * Has the core whose turn it is execute an instruction.
   *
   * @returns why the firmware will not go on, if that is so
   */
  step(core: Core): Ending | undefined {
    if (this.other.core === undefined) return core.step(this.clock);
    const position = this.positionOf(core);
    const ending = core.step(position) ?? core.crashAsleep();
    this.wakeSleepers(position.cycles);
    this.catchUp();
    return ending;
  }

  /**
   * Runs translated code up to the next thing that happens outside it.
   *
   * @param most instructions
   * @returns at least as many as were executed, and at most `most`
   */
  runBlocks(untilNanos: number, most: number): number {
    const { clock, first } = this;
    const second = this.other.core;
    const left = clock.cyclesBefore(untilNanos, first.heardInterrupts | (second?.heardInterrupts ?? 0));
    if (second !== undefined && !first.isAsleep && !second.isAsleep) return this.takeTurns(second, clock.cycles + left, most);
    const core = first.isAsleep ? second : first;
    if (core === undefined) return 0;
    const position = this.positionOf(core);
    if (second !== undefined && position.cycles !== clock.cycles) return 0;
    const cycles = core.runBlocks(Math.min(left, most));
    if (cycles === 0) return 0;
    if (second !== undefined) position.cycles += cycles;
    clock.runCycles(cycles);
    return cycles;
  }

  /** Lets both execute single instructions that only they and the memory see, in the order of their cycles. */
  private takeTurns(second: Core, end: number, most: number): number {
    const { clock, first, positions } = this;
    const [own, other] = positions;
    if (!first.prepareTurns() || !second.prepareTurns()) return 0;
    const last = end - LONGEST_INSTRUCTION;
    let count = 0;
    for (; count < most; count++) {
      const isSecond = other.cycles < own.cycles;
      const position = isSecond ? other : own;
      if (position.cycles > last) break;
      const cycles = (isSecond ? second : first).runOne();
      if (cycles === 0) break;
      position.cycles += cycles;
    }
    const behind = Math.min(own.cycles, other.cycles);
    if (behind > clock.cycles) clock.runCycles(behind - clock.cycles);
    return count;
  }

  /** Lets time pass while all that are on sleep, to the next thing that happens but at most to `untilNanos`. */
  sleep(untilNanos: number): void {
    const { clock } = this;
    this.wakeSleepers(clock.cycles); // somebody outside may have done something since the last run
    if (this.next !== undefined) return;
    clock.sleep(untilNanos, this.isDisturbed);
    this.wakeSleepers(clock.cycles);
  }

  private readonly isDisturbed = (): boolean => this.first.isDisturbed || this.other.core?.isDisturbed === true;

  /** Lets the clock go on to the core that is behind. */
  private catchUp(): void {
    const { clock } = this;
    for (let { next } = this; next !== undefined; next = this.next) {
      const target = this.positionOf(next).cycles;
      if (clock.cycles >= target) return;
      const isAlone = this.hasSleeper;
      // Whoever is woken must not find the clock ahead of the moment at which that happened.
      const stop = isAlone && clock.nextAlarm !== undefined ? Math.min(target, clock.cycleAt(clock.nextAlarm)) : target;
      clock.runCycles(stop - clock.cycles);
      if (isAlone) this.wakeSleepers(clock.cycles);
    }
  }

  private wakeSleepers(cycle: number): void {
    this.wake(this.first, cycle);
    const second = this.other.core;
    if (second !== undefined) this.wake(second, cycle);
  }

  private wake(core: Core, cycle: number): void {
    if (!core.isAsleep || !core.wakeIfDue()) return;
    const position = this.positionOf(core);
    position.cycles = Math.max(position.cycles, cycle);
  }

  /** Whether one of those that are on sleeps. */
  private get hasSleeper(): boolean {
    return this.first.isAsleep || this.other.core?.isAsleep === true;
  }

  private positionOf(core: Core): Position {
    return core.index === 0 ? this.positions[0] : this.positions[1];
  }
}
