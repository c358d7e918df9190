import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import { InterruptLine } from './interrupt-line.js';
import { RegisterBlock } from './register-block.js';

const TIMER = 0x40054;
const ALARMS = 4;
const TIMEHW = 0x00;
const TIMELW = 0x04;
const TIMEHR = 0x08;
const TIMELR = 0x0c;
const ALARM0 = 0x10;
const ALARM3 = 0x1c;
const ARMED = 0x20;
const TIMERAWH = 0x24;
const TIMERAWL = 0x28;
const DBGPAUSE = 0x2c;
const PAUSE = 0x30;
const INTR = 0x34;
const INTE = 0x38;
const INTF = 0x3c;
const INTS = 0x40;
const ALARM_BITS = (1 << ALARMS) - 1;
const DBGPAUSE_BITS = 0x6;
/** Of the lower half there are so many. */
export const UPPER = 2 ** 32;
/** The addresses of the two halves that are read without any effect. */
export const RAW_LOWER = TIMER * 0x1000 + TIMERAWL;
export const RAW_UPPER = TIMER * 0x1000 + TIMERAWH;

/** What the run loop must know of the timer. */
export interface Timer {
  /** True if alarm `index` is set and its interrupt enabled. */
  canInterrupt(index: number): boolean;
  /** What it counts to at a time, unless something sets or stops it before. */
  microsAt(nanos: number): number;
}

/** An alarm: armed, it fires in the microsecond whose lower half it is set to. */
interface TimerAlarm {
  target: number;
  isArmed: boolean;
  readonly alarm: ReturnType<CycleClock['createAlarm']>;
  readonly line: InterruptLine;
}

/**
 * The timer (RP2040 datasheet 4.6), in place of that of `rp2040js`, which fires alarms up to a microsecond early, cannot be set and goes on while it is paused.
 *
 * It counts microseconds, with or without the tick that the watchdog makes.
 */
export class TimerBlock extends RegisterBlock implements Timer {
  private readonly alarms: readonly TimerAlarm[];
  private raw = 0;
  private enabled = 0;
  private forced = 0;
  private debugPause = DBGPAUSE_BITS;
  /** What the timer is ahead of the simulated time, in whole microseconds; where it stands still, where it stands. */
  private ahead = 0;
  private stoppedAt: number | undefined;
  private latchedUpper = 0;
  private writtenLower = 0;

  constructor(
    chip: RP2040,
    private readonly clock: CycleClock,
  ) {
    super(chip, 'TIMER_BASE');
    this.alarms = Array.from({ length: ALARMS }, (_, index) => ({
      target: 0,
      isArmed: false,
      alarm: clock.createAlarm(() => this.fire(index)),
      line: new InterruptLine((isAsserted) => chip.setInterrupt(index, isAsserted)),
    }));
  }

  canInterrupt(index: number): boolean {
    return this.alarms[index]?.isArmed === true && this.stoppedAt === undefined && (this.enabled & (1 << index)) !== 0;
  }

  microsAt(nanos: number): number {
    return this.stoppedAt ?? Math.floor(nanos / 1000) + this.ahead;
  }

  reset(): void {
    this.raw = this.enabled = this.forced = 0;
    this.debugPause = DBGPAUSE_BITS;
    this.stoppedAt = undefined;
    for (const { alarm } of this.alarms) alarm.cancel();
    for (const alarm of this.alarms) alarm.isArmed = false;
    this.set(0);
    this.interrupt();
  }

  protected override peek(offset: number): number {
    return offset === TIMELR ? 0 : super.peek(offset);
  }

  protected read(offset: number): number | undefined {
    if (offset >= ALARM0 && offset <= ALARM3) return this.alarmAt(offset).target;
    switch (offset) {
      case TIMEHW:
      case TIMELW:
        return 0; // they can only be written
      case TIMEHR:
        return this.latchedUpper;
      case TIMELR:
        this.latchedUpper = Math.floor(this.micros / UPPER);
        return this.micros >>> 0;
      case TIMERAWH:
        return Math.floor(this.micros / UPPER);
      case TIMERAWL:
        return this.micros >>> 0;
      case ARMED:
        return this.alarms.reduce((bits, { isArmed }, index) => bits | (isArmed ? 1 << index : 0), 0);
      case DBGPAUSE:
        return this.debugPause;
      case PAUSE:
        return this.stoppedAt === undefined ? 0 : 1;
      case INTR:
        return this.raw;
      case INTE:
        return this.enabled;
      case INTF:
        return this.forced;
      case INTS:
        return (this.raw & this.enabled) | this.forced;
      default:
        return undefined;
    }
  }

  protected write(offset: number, value: number, raw: number): boolean {
    if (offset >= ALARM0 && offset <= ALARM3) {
      const alarm = this.alarmAt(offset);
      alarm.target = value;
      alarm.isArmed = true;
      this.schedule(alarm);
      return true;
    }
    switch (offset) {
      case TIMELW:
        this.writtenLower = value;
        return true;
      case TIMEHW:
        this.set(value * UPPER + this.writtenLower); // both halves count with this one
        return true;
      case ARMED:
        for (const [index, alarm] of this.alarms.entries()) if (raw & (1 << index)) this.disarm(alarm);
        return true;
      case DBGPAUSE:
        this.debugPause = value & DBGPAUSE_BITS;
        return true;
      case PAUSE:
        this.pause((value & 1) !== 0);
        return true;
      case INTR:
        this.raw &= ~raw;
        break;
      case INTE:
        this.enabled = value & ALARM_BITS;
        break;
      case INTF:
        this.forced = value & ALARM_BITS;
        break;
      default:
        return [TIMEHR, TIMELR, TIMERAWH, TIMERAWL, INTS].includes(offset);
    }
    this.interrupt();
    return true;
  }

  private get micros(): number {
    return this.microsAt(this.clock.nanos);
  }

  private set(micros: number): void {
    if (this.stoppedAt !== undefined) this.stoppedAt = micros;
    else this.ahead = micros - Math.floor(this.clock.nanos / 1000);
    for (const alarm of this.alarms) if (alarm.isArmed) this.schedule(alarm);
  }

  private pause(isPaused: boolean): void {
    if (isPaused === (this.stoppedAt !== undefined)) return;
    const { micros } = this;
    this.stoppedAt = isPaused ? micros : undefined;
    this.set(micros);
  }

  private alarmAt(offset: number): TimerAlarm {
    return this.alarms[(offset - ALARM0) >> 2] as TimerAlarm;
  }

  /** Has an alarm fire when the microsecond that it is set to begins. */
  private schedule(alarm: TimerAlarm): void {
    alarm.alarm.cancel();
    if (this.stoppedAt !== undefined) return;
    const distance = (alarm.target - this.micros) >>> 0;
    alarm.alarm.schedule((Math.floor(this.clock.nanos / 1000) + distance) * 1000 - this.clock.nanos);
  }

  private fire(index: number): void {
    this.disarm(this.alarms[index] as TimerAlarm);
    this.raw |= 1 << index;
    this.interrupt();
  }

  private disarm(alarm: TimerAlarm): void {
    alarm.alarm.cancel();
    alarm.isArmed = false;
  }

  private interrupt(): void {
    const status = (this.raw & this.enabled) | this.forced;
    for (const [index, { line }] of this.alarms.entries()) {
      line.enabled = 1;
      line.update((status >> index) & 1);
    }
  }
}

/** Puts the timer of our own into a chip. */
export function installTimer(chip: RP2040, clock: CycleClock): Timer {
  const timer = new TimerBlock(chip, clock);
  chip.peripherals[TIMER] = timer;
  return timer;
}
