import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import { type Moment, nextSecond } from './calendar.js';
import { RTC as RTC_GENERATOR } from './clock-generators.js';
import type { ClocksBlock } from './clocks.js';
import { InterruptLine } from './interrupt-line.js';
import { RegisterBlock } from './register-block.js';

const RTC = 0x4005c;
const RTC_INTERRUPT = 25;
const CLKDIV_M1 = 0x00;
const SETUP_0 = 0x04;
const SETUP_1 = 0x08;
const CTRL = 0x0c;
const IRQ_SETUP_0 = 0x10;
const IRQ_SETUP_1 = 0x14;
const RTC_1 = 0x18;
const RTC_0 = 0x1c;
const INTR = 0x20;
const INTS = 0x2c;

const ENABLE = 1 << 0;
const ACTIVE = 1 << 1;
const LOAD = 1 << 4;
const NEVER_LEAP = 1 << 8;
const DATE_BITS = 0xffff1f;
const TIME_BITS = 0x071f3f3f;
const MATCH_DATE_BITS = 0x17ffff1f;
const MATCH_TIME_BITS = 0xf71f3f3f;
const MATCH_ENABLE = 1 << 28;
const MATCH_ACTIVE = 1 << 29;
/** The bits that have a field of the alarm compared, with that field. */
const DATE_FIELDS = [[1 << 26, 0xfff000], [1 << 25, 0xf00], [1 << 24, 0x1f]] as const;
const TIME_FIELDS = [[1 << 31, 0x07000000], [1 << 30, 0x1f0000], [1 << 29, 0x3f00], [1 << 28, 0x3f]] as const;

const START: Moment = { year: 0, month: 0, day: 0, weekday: 0, hour: 0, minute: 0, second: 0 };

/**
 * The real-time clock (RP2040 datasheet 4.8), in place of that of `rp2040js`, which asks the host for its time zone and has no alarm.
 *
 * It counts by the clock that the firmware has set up for it. While no alarm is set it counts only when it is looked at.
 */
export class RtcBlock extends RegisterBlock {
  private readonly line: InterruptLine;
  private readonly alarm: ReturnType<CycleClock['createAlarm']>;
  private moment = START;
  private divider = 0;
  private setup0 = 0;
  private setup1 = 0;
  private control = 0;
  private match0 = 0;
  private match1 = 0;
  /** When the second began that is going on, and how long it takes. */
  private since = 0;
  private secondNanos = Infinity;
  private latchedDate = 0;

  constructor(
    chip: RP2040,
    private readonly clock: CycleClock,
    private readonly clocks: ClocksBlock,
  ) {
    super(chip, 'RTC_BASE');
    this.line = new InterruptLine((isAsserted) => chip.setInterrupt(RTC_INTERRUPT, isAsserted));
    this.alarm = clock.createAlarm(() => this.follow());
    clocks.onChange(() => this.changePace());
  }

  reset(): void {
    this.moment = START;
    this.divider = this.setup0 = this.setup1 = this.control = this.match0 = this.match1 = this.line.enabled = this.line.forced = 0;
    this.changePace();
    this.follow();
  }

  protected read(offset: number): number | undefined {
    this.follow();
    switch (offset) {
      case CLKDIV_M1:
        return this.divider;
      case SETUP_0:
        return this.setup0;
      case SETUP_1:
        return this.setup1;
      case CTRL:
        return this.control | (this.control & ENABLE ? ACTIVE : 0);
      case IRQ_SETUP_0:
        return this.match0 | (this.match0 & MATCH_ENABLE ? MATCH_ACTIVE : 0);
      case IRQ_SETUP_1:
        return this.match1;
      case RTC_0:
        // The date that belongs to this time is kept for the next look at it.
        this.latchedDate = this.date;
        return this.time;
      case RTC_1:
        return this.latchedDate;
      default:
        return this.line.read(offset - INTR, this.raw);
    }
  }

  protected write(offset: number, value: number): boolean {
    this.follow();
    switch (offset) {
      case CLKDIV_M1:
        this.divider = value & 0xffff;
        this.changePace();
        return true;
      case SETUP_0:
        this.setup0 = value & DATE_BITS;
        return true;
      case SETUP_1:
        this.setup1 = value & TIME_BITS;
        return true;
      case CTRL:
        this.writeControl(value);
        break;
      case IRQ_SETUP_0:
        this.match0 = value & MATCH_DATE_BITS;
        break;
      case IRQ_SETUP_1:
        this.match1 = (value & MATCH_TIME_BITS) >>> 0;
        break;
      default:
        if (!this.line.write(offset - INTR, value & 1)) return offset === RTC_0 || offset === RTC_1 || offset === INTR || offset === INTS;
    }
    this.follow();
    return true;
  }

  private writeControl(value: number): void {
    const wasEnabled = (this.control & ENABLE) !== 0;
    this.control = value & (ENABLE | NEVER_LEAP);
    if (value & LOAD) this.load();
    if ((value & ENABLE) !== 0 && (!wasEnabled || value & LOAD)) this.since = this.clock.nanos;
  }

  private load(): void {
    const { setup0, setup1 } = this;
    this.moment = {
      year: setup0 >>> 12, month: (setup0 >>> 8) & 0xf, day: setup0 & 0x1f,
      weekday: setup1 >>> 24, hour: (setup1 >>> 16) & 0x1f, minute: (setup1 >>> 8) & 0x3f, second: setup1 & 0x3f,
    };
  }

  private get date(): number {
    const { year, month, day } = this.moment;
    return (year << 12) | (month << 8) | day;
  }

  private get time(): number {
    const { weekday, hour, minute, second } = this.moment;
    return (weekday << 24) | (hour << 16) | (minute << 8) | second;
  }

  /** The alarm: it lasts as long as all fields that are compared are those of now. */
  private get raw(): number {
    if (!(this.match0 & MATCH_ENABLE)) return 0;
    const differs = (fields: readonly (readonly [number, number])[], match: number, now: number): boolean =>
      fields.some(([enable, field]) => (match & enable) !== 0 && ((match ^ now) & field) !== 0);
    return differs(DATE_FIELDS, this.match0, this.date) || differs(TIME_FIELDS, this.match1, this.time) ? 0 : 1;
  }

  private changePace(): void {
    this.count();
    const hertz = this.clocks.generators.frequency(RTC_GENERATOR);
    const secondNanos = hertz > 0 ? ((this.divider + 1) * 1e9) / hertz : Infinity;
    if (secondNanos === this.secondNanos) return;
    this.secondNanos = secondNanos;
    this.since = this.clock.nanos;
    this.follow();
  }

  /** Counts the seconds that have passed. */
  private count(): void {
    if (!(this.control & ENABLE)) return;
    const isNeverLeap = (this.control & NEVER_LEAP) !== 0;
    // A second that begins in this very nanosecond has begun, whatever the digits behind say.
    while (this.since + this.secondNanos <= this.clock.nanos + 1e-3) {
      this.since += this.secondNanos;
      this.moment = nextSecond(this.moment, isNeverLeap);
    }
  }

  private follow(): void {
    this.count();
    this.line.update(this.raw);
    const isAwaited = (this.control & ENABLE) !== 0 && (this.match0 & MATCH_ENABLE) !== 0;
    if (isAwaited) this.alarm.schedule(this.since + this.secondNanos - this.clock.nanos);
    else this.alarm.cancel();
  }
}

/** Puts the real-time clock of our own into a chip. */
export function installRtc(chip: RP2040, clock: CycleClock, clocks: ClocksBlock): void {
  chip.peripherals[RTC] = new RtcBlock(chip, clock, clocks);
}
