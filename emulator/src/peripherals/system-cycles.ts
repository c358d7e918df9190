import type { CycleClock } from '../clock.js';

/** An alarm at a cycle of the system clock. It stays at that cycle where the clock's frequency changes. */
export class CycleAlarm {
  /** The cycle that it is set to, while it is. */
  due: number | undefined;

  private readonly alarm: ReturnType<CycleClock['createAlarm']>;

  constructor(
    private readonly clock: CycleClock,
    callback: (cycle: number) => void,
  ) {
    this.alarm = clock.createAlarm(() => {
      const cycle = this.due as number;
      this.due = undefined;
      callback(cycle);
    });
  }

  /** Tells when nothing comes of it that a core could hear of, with these interrupts enabled. */
  set isUnheard(isUnheard: (interrupts: number) => boolean) {
    this.alarm.isUnheard = isUnheard;
  }

  /** Sets it to a cycle, or to the next one where that has passed. */
  schedule(cycle: number): void {
    if (cycle === this.due) return;
    this.due = cycle;
    this.link();
  }

  cancel(): void {
    if (this.due === undefined) return;
    this.due = undefined;
    this.alarm.cancel();
  }

  /** The clock has another frequency from now on. */
  link(): void {
    if (this.due !== undefined) this.alarm.schedule(this.clock.nanosAt(this.due) - this.clock.nanos);
  }
}

/** Time as the blocks on the system clock count it. */
export class SystemCycles {
  private readonly alarms: CycleAlarm[] = [];

  constructor(private readonly clock: CycleClock) {}

  /** The cycle now. During an instruction: the one at which it starts. */
  get now(): number {
    return this.clock.cycleAt(this.clock.nanos);
  }

  /** @param callback called with the cycle that it is */
  createAlarm(callback: (cycle: number) => void): CycleAlarm {
    const alarm = new CycleAlarm(this.clock, callback);
    this.alarms.push(alarm);
    return alarm;
  }

  /** For the callback of an alarm: lets time go on to a cycle at once, if nothing else happens before. @returns whether it has */
  advanceTo(cycle: number): boolean {
    return this.clock.advanceTo(cycle);
  }

  frequencyChanged(): void {
    for (const alarm of this.alarms) alarm.link();
  }
}
