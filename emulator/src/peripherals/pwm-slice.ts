import type { CycleAlarm, SystemCycles } from './system-cycles.js';

const ENABLE = 1 << 0;
const PHASE_CORRECT = 1 << 1;
const INVERT_SHIFT = 2;
const MODE_SHIFT = 4;
const RETARD = 1 << 6;
const ADVANCE = 1 << 7;
const KEPT = 0x3f;
const COUNTER_END = 0x10000;
const DIVIDER_ONE = 16;
const LARGEST_DIVIDER = 256;

/** What makes the counter of a slice count, as its control register numbers it. */
const FREE_RUNNING = 0;
const GATED = 1;
const RISING = 2;
const FALLING = 3;

/** What a slice needs of what is around it. */
export interface SliceSurroundings {
  readonly cycles: SystemCycles;
  /** The counter has wrapped. */
  onWrap(): void;
  /** The outputs may have changed. */
  onOutput(): void;
}

/**
 * One of the eight slices of the pulse-width modulator: a counter with two levels (RP2040 datasheet 4.5.2).
 *
 * It counts in whole cycles of the system clock, by a divider that spreads its fraction, and sets an alarm only for the next moment at
 * which something is to be seen: an output changes, or the counter wraps.
 */
export class PwmSlice {
  private control = 0;
  private divider = DIVIDER_ONE;
  /** Levels and top as they were written, and as the counter has them since its last wrap. */
  private levels = 0;
  private top = 0xffff;
  private latchedLevels = 0;
  private latchedTop = 0xffff;

  private counter = 0;
  private isDown = false;
  /** Where the count stands: what has gone into the divider, in sixteenths, up to a cycle. */
  private phase = 0;
  private since = 0;
  private isInputHigh = false;
  private readonly alarm: CycleAlarm;

  constructor(private readonly around: SliceSurroundings) {
    this.alarm = around.cycles.createAlarm(() => this.follow());
  }

  get isEnabled(): boolean {
    return (this.control & ENABLE) !== 0;
  }

  /** Whether pin B is an output: it is an input of the divider in the other modes. */
  get drivesB(): boolean {
    return this.mode === FREE_RUNNING;
  }

  /** The outputs now: A in bit 0, B in bit 1. */
  get outputs(): number {
    const a = this.counter < (this.latchedLevels & 0xffff) ? 1 : 0;
    const b = this.counter < this.latchedLevels >>> 16 ? 2 : 0;
    return (a | b) ^ ((this.control >> INVERT_SHIFT) & 3);
  }

  readControl(): number {
    return this.control;
  }

  readDivider(): number {
    return this.divider;
  }

  readCounter(): number {
    this.catchUp();
    return this.counter;
  }

  readLevels(): number {
    return this.levels;
  }

  readTop(): number {
    return this.top;
  }

  reset(): void {
    this.control = this.levels = this.latchedLevels = this.counter = this.phase = 0;
    this.divider = DIVIDER_ONE;
    this.top = this.latchedTop = 0xffff;
    this.isDown = false;
    this.alarm.cancel();
  }

  writeControl(value: number): void {
    this.catchUp();
    const wasEnabled = this.isEnabled;
    this.control = value & KEPT;
    if (this.isEnabled && !wasEnabled) {
      this.phase = 0;
      this.latch();
    }
    this.clampToTop();
    if (this.isEnabled && value & ADVANCE) this.advance(1);
    // The counter misses its next count, so it is late by one from then on.
    if (this.isEnabled && value & RETARD) this.phase -= this.divisor;
    this.show();
  }

  writeDivider(value: number): void {
    this.catchUp();
    this.divider = value & 0xfff;
    this.show();
  }

  writeCounter(value: number): void {
    this.catchUp();
    this.counter = value & 0xffff;
    this.clampToTop();
    this.show();
  }

  writeLevels(value: number): void {
    this.levels = value;
  }

  writeTop(value: number): void {
    this.top = value & 0xffff;
  }

  /** The level at pin B, where that is an input. */
  setInput(isHigh: boolean): void {
    if (isHigh === this.isInputHigh) return;
    this.catchUp();
    this.isInputHigh = isHigh;
    if (this.mode === FREE_RUNNING) return;
    if (this.isEnabled && this.mode === (isHigh ? RISING : FALLING)) {
      this.phase += DIVIDER_ONE;
      this.count();
    }
    this.show();
  }

  private get mode(): number {
    return (this.control >> MODE_SHIFT) & 3;
  }

  /** Sixteenths of a cycle for each count. */
  private get divisor(): number {
    return this.divider >> 4 ? this.divider : this.divider + LARGEST_DIVIDER * DIVIDER_ONE;
  }

  /** Whether the system clock itself goes into the divider. */
  private get isClocked(): boolean {
    return this.isEnabled && (this.mode === FREE_RUNNING || (this.mode === GATED && this.isInputHigh));
  }

  private catchUp(): void {
    const { now } = this.around.cycles;
    if (this.isClocked) {
      this.phase += (now - this.since) * DIVIDER_ONE;
      this.count();
    }
    this.since = now;
  }

  /** Counts what has gone through the divider. */
  private count(): void {
    const { divisor } = this;
    if (this.phase < divisor) return;
    const counts = Math.floor(this.phase / divisor);
    this.phase -= counts * divisor;
    this.advance(counts);
  }

  private advance(counts: number): void {
    for (let left = counts; left > 0; ) {
      const step = Math.min(left, this.countsToEvent());
      this.move(step);
      left -= step;
    }
  }

  /** Moves the counter, at most to the next event. */
  private move(counts: number): void {
    const { latchedTop } = this;
    if (this.control & PHASE_CORRECT) {
      // It stands for two counts at its top, and for two at 0: a period is twice as long as without.
      const place = (this.isDown ? 2 * latchedTop + 1 - this.counter : this.counter) + counts;
      if (place > 2 * latchedTop + 1) return this.wrap();
      this.isDown = place > latchedTop;
      this.counter = this.isDown ? 2 * latchedTop + 1 - place : place;
      return;
    }
    const place = this.counter + counts;
    if (this.counter <= latchedTop && place > latchedTop) return this.wrap();
    this.counter = place % COUNTER_END; // one that was written above the top goes round without a wrap
  }

  private wrap(): void {
    this.counter = 0;
    this.isDown = false;
    this.latch();
    this.around.onWrap();
  }

  /** Levels and top are buffered: what is written counts from the next wrap on, or when the slice is switched on. */
  private latch(): void {
    this.latchedLevels = this.levels;
    this.latchedTop = this.top;
  }

  private clampToTop(): void {
    if (!(this.control & PHASE_CORRECT)) this.isDown = false;
    else if (this.counter > this.latchedTop) this.counter = this.latchedTop;
  }

  /** Counts to the next change of an output, or the next wrap. */
  private countsToEvent(): number {
    const { counter, latchedTop, latchedLevels } = this;
    const levels = [latchedLevels & 0xffff, latchedLevels >>> 16];
    if (this.control & PHASE_CORRECT) {
      const end = 2 * (latchedTop + 1);
      const place = this.isDown ? end - 1 - counter : counter;
      let next = end;
      for (const level of levels) {
        if (level === 0 || level > latchedTop) continue;
        if (level > place) next = Math.min(next, level);
        else if (end - level > place) next = Math.min(next, end - level);
      }
      return next - place;
    }
    let next = counter <= latchedTop ? latchedTop + 1 : COUNTER_END;
    for (const level of levels) if (level > counter) next = Math.min(next, level);
    return next - counter;
  }

  private follow(): void {
    this.catchUp();
    this.show();
  }

  /** Shows the outputs, and waits for the next event. */
  private show(): void {
    this.around.onOutput();
    if (!this.isClocked) {
      this.alarm.cancel();
      return;
    }
    const sixteenths = this.countsToEvent() * this.divisor - this.phase;
    this.alarm.schedule(this.since + Math.ceil(sixteenths / DIVIDER_ONE));
  }
}
