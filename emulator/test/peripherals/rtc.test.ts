import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

/** A second is a millisecond here: the clock gets 46,875 Hz, of which 47 make a "second". */
const RTC = `
  #define RTC 0x4005c000
  #define TIME REG(0x40054028)
  static void pause(uint32_t us) { uint32_t start = TIME; while (TIME - start < us) {} }
  static void rtc_init(uint32_t divider) { REG(0x40008030) = 2; REG(0x40008070) = 256 << 8; REG(0x4000806c) = 1 << 11 | 3 << 5; REG(RTC) = divider - 1; }
  static void set(int year, int month, int day, int weekday, int hour, int minute, int second) {
    REG(RTC + 12) = 0; REG(RTC + 4) = year << 12 | month << 8 | day; REG(RTC + 8) = weekday << 24 | hour << 16 | minute << 8 | second;
    REG(RTC + 12) = 1 << 4; REG(RTC + 12) = 1; while (!(REG(RTC + 12) & 2)) {}
  }
  static void show(void) { uint32_t time = REG(RTC + 0x1c), date = REG(RTC + 0x18); hex(date); hex(time); }
`;
const run = (body: string, rest = ''): string[] => {
  const { trace } = boot(`${RTC} ${rest} int main(void) { ${body} done(); }`).run(20e9);
  return trace.match(/.{8}/g) ?? [];
};
const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
const date = (year: number, month: number, day: number): string => word((year << 12) | (month << 8) | day);
const time = (weekday: number, hour: number, minute: number, second: number): string => word((weekday << 24) | (hour << 16) | (minute << 8) | second);

describe('the real-time clock', () => {
  it('counts seconds by the clock and the divider that it is given', () => {
    assert.deepEqual(run('rtc_init(46875); set(2024, 2, 28, 3, 23, 59, 58); show(); pause(990000); show(); pause(20000); show(); pause(1000000); show();'), [
      date(2024, 2, 28), time(3, 23, 59, 58), date(2024, 2, 28), time(3, 23, 59, 58), date(2024, 2, 28), time(3, 23, 59, 59), date(2024, 2, 29), time(4, 0, 0, 0),
    ]);
  });

  it('knows no time zone', () => {
    const before = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
    try {
      // Where the host has a time zone, this hour is missing.
      assert.deepEqual(run('rtc_init(47); set(2024, 3, 31, 0, 1, 59, 59); pause(3050); show();'), [date(2024, 3, 31), time(0, 2, 0, 2)]);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  it('stands while it is disabled or has no clock', () => {
    assert.deepEqual(run('rtc_init(47); set(2024, 1, 1, 1, 0, 0, 0); pause(2050); REG(RTC + 12) = 0; pause(5000); show(); hex(REG(RTC + 12));'), [date(2024, 1, 1), time(1, 0, 0, 2), word(0)]);
    assert.deepEqual(run('rtc_init(47); REG(0x4000806c) = 0; set(2024, 1, 1, 1, 0, 0, 0); pause(5000); show();'), [date(2024, 1, 1), time(1, 0, 0, 0)]);
  });

  it('keeps the date that belongs to a time until that is read again', () => {
    assert.deepEqual(run('rtc_init(47); set(2024, 1, 1, 1, 23, 59, 59); hex(REG(RTC + 0x1c)); pause(1050); hex(REG(RTC + 0x18)); hex(REG(RTC + 0x1c)); hex(REG(RTC + 0x18));'), [
      time(1, 23, 59, 59), date(2024, 1, 1), time(2, 0, 0, 0), date(2024, 1, 2),
    ]);
  });

  it('interrupts a sleep when all fields that are compared are those of now', () => {
    const found = run(
      `rtc_init(47); set(2024, 1, 1, 1, 0, 0, 57); REG(RTC + 0x24) = 1; REG(0xe000e100) = 1 << 25;
       REG(RTC + 0x14) = 1 << 29 | 1 << 28 | 1 << 8 | 2; REG(RTC + 0x10) = 1 << 28; hex(REG(RTC + 0x10));
       __asm__ volatile("wfi"); hex(at); hex(REG(RTC + 0x20)); hex(count);`,
      'static volatile uint32_t at, count; void irq25(void) { at = REG(RTC + 0x1c); count++; REG(RTC + 0x10) = 0; }',
    );
    assert.deepEqual(found, [word((1 << 28) | (1 << 29)), time(1, 0, 1, 2), word(0), word(1)]);
  });

  it('compares the date and the day of the week, too', () => {
    const match = (setup0: string, setup1: string): string[] => run(`rtc_init(47); set(2024, 5, 6, 1, 7, 8, 9); REG(RTC + 0x14) = ${setup1}; REG(RTC + 0x10) = 1 << 28 | ${setup0}; hex(REG(RTC + 0x20));`);
    assert.deepEqual(match('1 << 26 | 1 << 25 | 1 << 24 | 2024 << 12 | 5 << 8 | 6', '1u << 31 | 1 << 30 | 1 << 24 | 7 << 16'), [word(1)]);
    assert.deepEqual(match('1 << 26 | 2023 << 12', '0'), [word(0)]);
    assert.deepEqual(match('0', '1u << 31 | 2 << 24'), [word(0)]);
    assert.deepEqual(match('0', '0'), [word(1)]);
  });
});
