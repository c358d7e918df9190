import type { CycleAlarm, SystemCycles } from './system-cycles.js';

/** Cycles that machines execute before others in the emulator have their turn. */
const MOST_CYCLES = 1000;

/** What has something to do in certain cycles: a PIO block. */
export interface Scheduled {
  /** The first cycle in which it has something to do; Infinity for none. */
  due: number;
  /** Does what is due in a cycle, for itself. */
  execute(cycle: number): void;
  /** The end of a cycle in which it has executed: others see what it has done. Finds out when it is due next. */
  finish(cycle: number): void;
}

/**
 * Runs the PIO blocks, both with one alarm: all do what is due in a cycle, and then all show it. While nothing else happens, cycles follow each other
 * without a way round by the clock.
 */
export class PioSchedule {
  private readonly blocks: Scheduled[] = [];
  private readonly alarm: CycleAlarm;
  private isWorking = false;

  constructor(
    private readonly cycles: SystemCycles,
    isUnheard: (interrupts: number) => boolean,
  ) {
    this.alarm = cycles.createAlarm((cycle) => this.work(cycle));
    this.alarm.isUnheard = isUnheard;
  }

  add(block: Scheduled): void {
    this.blocks.push(block);
  }

  /** To be called when a block is due at another cycle. */
  arm(): void {
    if (this.isWorking) return;
    const next = this.next();
    if (next === Infinity) this.alarm.cancel();
    else this.alarm.schedule(next);
  }

  private work(start: number): void {
    const { blocks, cycles } = this;
    this.isWorking = true;
    let cycle = start;
    for (let left = MOST_CYCLES; ; left--) {
      let executed = 0;
      for (let index = 0; index < blocks.length; index++) {
        const block = blocks[index] as Scheduled;
        if (block.due > cycle) continue;
        block.execute(cycle);
        executed |= 1 << index;
      }
      for (let index = 0; index < blocks.length; index++) if (executed & (1 << index)) (blocks[index] as Scheduled).finish(cycle);
      cycle = this.next();
      // Time goes on to a cycle only if that is executed then.
      if (left === 1 || cycle === Infinity || !cycles.advanceTo(cycle)) break;
    }
    this.isWorking = false;
    this.arm();
  }

  private next(): number {
    let next = Infinity;
    for (let index = 0; index < this.blocks.length; index++) {
      const { due } = this.blocks[index] as Scheduled;
      if (due < next) next = due;
    }
    return next;
  }
}
