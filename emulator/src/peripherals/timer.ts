import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';

const TIMER = 0x40054;
const ALARM0 = 0x10;
const ALARM3 = 0x1c;

/** The private parts of the timer that the corrections need. */
interface TimerState {
  readonly alarms: ReadonlyArray<{
    armed: boolean;
    targetMicros: number;
    readonly clockAlarm: { schedule(deltaNanos: number): void };
  }>;
  readonly intEnable: number;
}

/** What the run loop must know of the timer. */
export interface Timer {
  /** True if alarm `index` is set and its interrupt enabled. */
  canInterrupt(index: number): boolean;
}

/**
 * Makes the four alarms of the timer fire when the microsecond they are set to begins.
 *
 * `rp2040js` rounds the distance to the alarm down to whole microseconds from where the clock stands within one, so alarms
 * fire up to a microsecond early, before the timer reads the value they were set to.
 */
export function correctTimer(chip: RP2040, clock: CycleClock): Timer {
  const timer = chip.peripherals[TIMER] as (typeof chip.peripherals)[number];
  const state = timer as unknown as TimerState;

  const write = timer.writeUint32.bind(timer);
  timer.writeUint32 = (offset, value) => {
    if (offset < ALARM0 || offset > ALARM3) {
      write(offset, value);
      return;
    }
    const alarm = state.alarms[(offset - ALARM0) >> 2] as TimerState['alarms'][number];
    const micros = Math.floor(clock.nanos / 1000);
    const distance = (value - micros) >>> 0;
    alarm.armed = true;
    alarm.targetMicros = value;
    alarm.clockAlarm.schedule((micros + distance) * 1000 - clock.nanos);
  };

  return {
    canInterrupt: (index) => state.alarms[index]?.armed === true && (state.intEnable & (1 << index)) !== 0,
  };
}
