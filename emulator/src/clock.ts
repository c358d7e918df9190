/** A point in simulated time at which a callback runs, as `rp2040js` peripherals create them. */
class Alarm {
  due = 0;
  scheduled = false;
  next: Alarm | undefined;

  constructor(
    private readonly clock: CycleClock,
    readonly callback: () => void,
    /** Belongs to the world around the chip, so a reset of the chip leaves it alone. */
    readonly isOutside: boolean,
  ) {}

  /** Whether nothing comes of it that a core could hear of, of which these interrupts are enabled: so it may be late for a core. */
  isUnheard: ((interrupts: number) => boolean) | undefined;

  schedule(deltaNanos: number): void {
    this.clock.link(this, deltaNanos);
  }

  cancel(): void {
    this.clock.unlink(this);
  }
}

/**
 * Part of a cycle by which a deadline may lie behind the start of a cycle and still belong to it: the noise of floating point, which must not
 * cost a cycle more. What runs up to a deadline must fire it, or it would run up to it for ever.
 */
const NOISE = 1e-6;
/** The same for late times, of which the last bit is more than that. */
const ROUNDING = 1 + 2 * Number.EPSILON;

/** What {@link CycleClock.cyclesBefore} returns where there is no end. */
const MOST_CYCLES = 1 << 30;

/**
 * Simulated time: the processor's cycles, and the alarms of the peripherals between them.
 *
 * Replaces the clock of `rp2040js`, which fires alarms with equal deadlines in the reverse of the order in which they were set
 * and loops for ever when an alarm's callback sets it again with no delay.
 * Times are nanoseconds since power-on. At 125 MHz a cycle is 8 ns, so every instruction's time is an exact number.
 */
export class CycleClock {
  /** The time now. During an instruction: the cycle at which it starts. */
  nanos = 0;
  /** Processor cycles so far, asleep or not, at whatever frequency they ran. */
  cycles = 0;

  private nanosPerCycle = 8;
  private noiseNanos = 8 * 2 * NOISE;
  private epochNanos = 0;
  private epochCycles = 0;
  private first: Alarm | undefined;
  /** The end of the cycles that pass now. */
  private end = 0;
  /** How far an alarm may let time go on by itself, since all cores sleep, and what ends that. */
  private horizon = -Infinity;
  private isDisturbed: () => boolean = () => true;

  /** When the next alarm is due, if there is one. */
  get nextAlarm(): number | undefined {
    return this.first?.due;
  }

  /**
   * Lets the processor's clock run at another frequency from this moment on.
   *
   * The switch takes up to a cycle, as one without glitches does: the next cycle starts at a multiple of the new period. So
   * times at 125 MHz are multiples of 8 ns, whatever clocks the firmware started on.
   */
  setFrequency(hertz: number): void {
    this.nanosPerCycle = 1e9 / hertz;
    this.noiseNanos = this.nanosPerCycle * 2 * NOISE;
    this.epochNanos = Math.ceil(this.nanos / this.nanosPerCycle - NOISE) * this.nanosPerCycle;
    this.epochCycles = this.cycles;
  }

  createAlarm(callback: () => void): Alarm {
    return new Alarm(this, callback, false);
  }

  /** Runs a callback at a time from now on, whatever becomes of the chip until then. */
  at(nanos: number, callback: () => void): void {
    new Alarm(this, callback, true).schedule(nanos - this.nanos);
  }

  /** Runs `cycles` more processor cycles, with every alarm that becomes due. */
  runCycles(cycles: number): void {
    this.cycles += cycles;
    this.end = this.nanosAt(this.cycles);
    if (this.isAnyDue) this.fireDue();
    this.nanos = this.end;
  }

  /**
   * For the callback of an alarm that would set itself again: lets time go on to a cycle at once, if nothing else happens before.
   *
   * @returns whether it has
   */
  advanceTo(cycle: number): boolean {
    const nanos = this.nanosAt(cycle);
    if (this.first !== undefined && this.first.due <= nanos) return false;
    if (nanos > this.end) {
      if (nanos > this.horizon || this.isDisturbed()) return false;
      this.cycles = cycle;
      this.end = nanos;
    }
    this.nanos = nanos;
    return true;
  }

  /**
   * How many cycles may pass so that no alarm is due and a time is not reached yet: perhaps one less than that, and at most 2^30.
   *
   * @param interrupts those that are enabled; alarms of which cores cannot hear are not counted
   */
  cyclesBefore(nanos: number, interrupts: number): number {
    let alarm = this.first;
    while (alarm?.isUnheard?.(interrupts)) alarm = alarm.next;
    const limit = alarm === undefined ? nanos : Math.min(nanos, alarm.due);
    const cycle = this.epochCycles + Math.floor((limit - this.epochNanos) / this.nanosPerCycle) - 1;
    return Math.min(MOST_CYCLES, cycle - this.cycles);
  }

  /**
   * Lets time pass up to `nanos` without an instruction, then on to the next whole cycle: that is where a processor that
   * was woken goes on.
   */
  runUntil(nanos: number): void {
    this.runCycles(Math.max(0, this.cycleAt(nanos) - this.cycles));
  }

  /**
   * Lets time pass to the next alarm, at most to `nanos`. An alarm may let it go on from there, as no core is awake.
   *
   * @param isDisturbed whether something has come that may wake one
   */
  sleep(nanos: number, isDisturbed: () => boolean): void {
    this.horizon = nanos;
    this.isDisturbed = isDisturbed;
    this.runUntil(this.first === undefined ? nanos : Math.min(this.first.due, nanos));
    this.horizon = -Infinity;
  }

  /** The first whole cycle that does not start before a time. */
  cycleAt(nanos: number): number {
    return this.epochCycles + Math.ceil((nanos - this.epochNanos) / this.nanosPerCycle - NOISE);
  }

  /** When a cycle starts, at the frequency of now. */
  nanosAt(cycle: number): number {
    return this.epochNanos + (cycle - this.epochCycles) * this.nanosPerCycle;
  }

  /** Drops every alarm of the chip: it is being reset, and its peripherals are gone. */
  dropChipAlarms(): void {
    for (let alarm = this.first; alarm !== undefined; ) {
      const { next } = alarm;
      if (!alarm.isOutside) this.unlink(alarm);
      alarm = next;
    }
  }

  link(alarm: Alarm, deltaNanos: number): void {
    this.unlink(alarm);
    if (!Number.isFinite(deltaNanos)) return; // a divider of 0: it stands still
    // Nothing on the chip happens in less than a cycle; without this rule a peripheral that rearms itself at once (chained
    // DMA, an expired watchdog) would never let time pass.
    alarm.due = this.nanos + Math.max(deltaNanos, this.nanosPerCycle);
    alarm.scheduled = true;
    if (this.first === undefined || alarm.due < this.first.due) {
      alarm.next = this.first;
      this.first = alarm;
      return;
    }
    let before = this.first;
    while (before.next !== undefined && before.next.due <= alarm.due) before = before.next;
    alarm.next = before.next;
    before.next = alarm;
  }

  unlink(alarm: Alarm): void {
    if (!alarm.scheduled) return;
    alarm.scheduled = false;
    if (this.first === alarm) {
      this.first = alarm.next;
    } else {
      let before = this.first;
      while (before && before.next !== alarm) before = before.next;
      if (before) before.next = alarm.next;
    }
    alarm.next = undefined;
  }

  private get isAnyDue(): boolean {
    return this.first !== undefined && this.first.due <= this.end * ROUNDING + this.noiseNanos;
  }

  private fireDue(): void {
    while (this.isAnyDue) {
      const alarm = this.first as Alarm;
      this.unlink(alarm);
      this.nanos = Math.min(alarm.due, this.end);
      alarm.callback();
    }
  }
}
