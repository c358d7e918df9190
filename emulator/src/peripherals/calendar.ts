/** A date and a time of day, as the real-time clock counts them. */
export interface Moment {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const LAST_YEAR = 4095;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The next second. A year is a leap year if four divides it (RP2040 datasheet 4.8.3), unless that is overruled.
 *
 * Nothing checks what was set: what is beyond its end goes on with the next higher part.
 */
export function nextSecond(now: Moment, isNeverLeap: boolean): Moment {
  const second = now.second + 1;
  if (second < 60) return { ...now, second };
  const minute = now.minute + 1;
  if (minute < 60) return { ...now, minute, second: 0 };
  const hour = now.hour + 1;
  if (hour < 24) return { ...now, hour, minute: 0, second: 0 };
  const midnight = { ...now, weekday: (now.weekday + 1) % 7, hour: 0, minute: 0, second: 0 };
  const isLeap = now.month === 2 && now.year % 4 === 0 && !isNeverLeap;
  const day = now.day + 1;
  if (day <= (DAYS[now.month - 1] ?? 31) + (isLeap ? 1 : 0)) return { ...midnight, day };
  const month = now.month + 1;
  if (month <= 12) return { ...midnight, month, day: 1 };
  return { ...midnight, year: now.year >= LAST_YEAR ? 0 : now.year + 1, month: 1, day: 1 };
}
