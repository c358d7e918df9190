#include <uasync/time/schedule.hpp>

#include <algorithm>
#include <bit>

#include <uasync/time/divide.hpp>

namespace uasync::detail {
namespace {

// Days are counted from 0000-03-01, so that they are positive and leap days come last in their years. They have 32 bits,
// because the calendar of std::chrono divides 64-bit numbers, which takes 800 bytes on a board. After Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms".
using Day = std::uint32_t;
constexpr Day epoch = 719'468;  // 1970-01-01

struct Date {
    unsigned year;
    unsigned month;
    unsigned day;
};

constexpr Day day_of(Date date) noexcept {
    const unsigned years = date.month <= 2 ? date.year - 1 : date.year;
    const unsigned month = date.month > 2 ? date.month - 3 : date.month + 9;
    return years * 365 + years / 4 - years / 100 + years / 400 + (153 * month + 2) / 5 + date.day - 1;
}

constexpr Date date_of(Day day) noexcept {
    const unsigned era = day / 146'097;
    const unsigned of_era = day % 146'097;
    const unsigned years = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const unsigned of_year = of_era - (365 * years + years / 4 - years / 100);
    const unsigned month = (5 * of_year + 2) / 153;
    return {years + era * 400 + (month >= 10 ? 1U : 0U), month < 10 ? month + 3 : month - 9, of_year - (153 * month + 2) / 5 + 1};
}

constexpr unsigned length_of(unsigned month, unsigned year) noexcept {
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static_assert(day_of({1970, 1, 1}) == epoch);

constexpr unsigned none = 64;

/// The first number in a set that is not below `from`; `none` if there is none.
unsigned first_from(std::uint64_t set, unsigned from) noexcept {
    set = from < 64 ? set & ~std::uint64_t{0} << from : 0;
    return static_cast<unsigned>(std::countr_zero(set));
}

/// The first matching second of the day that is not before `from`; negative if there is none.
std::int32_t first_time(const ScheduleFields& fields, std::uint32_t from) noexcept {
    const unsigned from_hour = from / 3600;
    const unsigned from_minute = from / 60 % 60;
    for (unsigned h = first_from(fields.hours, from_hour); h < none; h = first_from(fields.hours, h + 1)) {
        for (unsigned m = first_from(fields.minutes, h == from_hour ? from_minute : 0); m < none;
             m = first_from(fields.minutes, m + 1)) {
            const unsigned s = first_from(fields.seconds, h == from_hour && m == from_minute ? from % 60 : 0);
            if (s < none) return static_cast<std::int32_t>(h * 3600 + m * 60 + s);
        }
    }
    return -1;
}

/// The time, or the nearest one within the years 0 to 9999. `second` is the number of units in a second.
constexpr std::int64_t in_calendar(std::int64_t time, std::int64_t second) noexcept {
    constexpr std::int64_t first = -std::int64_t{epoch} * 86400 - 1;
    constexpr std::int64_t last = (std::int64_t{day_of({9999, 12, 31})} - std::int64_t{epoch} + 1) * 86400 - 1;
    return std::clamp(time, first * second, last * second);
}

std::int64_t seconds(Day day, std::int32_t time) noexcept { return (std::int64_t{day} - std::int64_t{epoch}) * 86400 + time; }

}  // namespace

std::int64_t next_of_schedule(const ScheduleFields& fields, std::int64_t after) noexcept {
    const std::int64_t from = in_calendar(after, 1) + 1 + std::int64_t{epoch} * 86400;
    const Division split = divide(static_cast<std::uint64_t>(from), 86400);
    const auto today = static_cast<Day>(split.quotient);
    const std::int32_t time = first_time(fields, static_cast<std::uint32_t>(split.rest));
    const std::int32_t first = first_time(fields, 0);
    auto [year, month, day] = date_of(today);
    if (time < 0) ++day;

    for (int months = 0; months < 41 * 12; ++months) {
        if ((fields.months >> month & 1U) != 0) {
            const unsigned length = length_of(month, year);
            Day found = day_of({year, month, day});
            unsigned weekday = (found + 3) % 7;  // 0000-03-01 was a Wednesday
            for (; day <= length; ++day, ++found, weekday = weekday == 6 ? 0 : weekday + 1) {
                const bool by_mday = (fields.mdays >> day & 1U) != 0;
                const bool by_wday = (fields.wdays >> weekday & 1U) != 0;
                if (fields.either_day ? !by_mday && !by_wday : !by_mday || !by_wday) continue;
                return seconds(found, found == today ? time : first);
            }
        }
        day = 1;
        if (++month > 12) {
            month = 1;
            ++year;
        }
    }
    return seconds(day_of({9999, 12, 31}), 0);  // not reached: 29 February falls on each day of the week within 40 years
}

// A clock may be set while a task sleeps for days, so the task sleeps in parts.

namespace {
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t look_every = std::int64_t{15} * 60 * second;
constexpr std::int64_t set_anew = std::int64_t{3} * 3600 * second;

std::int64_t loop_time() noexcept { return static_cast<std::int64_t>(port::now()); }

/// us in seconds, rounded down.
std::int64_t whole_seconds(std::int64_t us) noexcept {
    constexpr std::int64_t bias = std::int64_t{1} << 40;  // seconds, so that the dividend is positive
    return static_cast<std::int64_t>(divide(static_cast<std::uint64_t>(us + bias * second), second).quotient) - bias;
}
}  // namespace

ScheduleWait::ScheduleWait(const ScheduleFields& fields, std::int64_t clock_us, std::int64_t last) noexcept : fields_{fields} {
    begin(clock_us);
    const std::int64_t ago = in_calendar(clock_us, second) - in_calendar(last, 1) * second;
    if (ago < set_anew && ago > -set_anew) target_ = next_of_schedule(fields_, last);
}

void ScheduleWait::begin(std::int64_t clock_us) noexcept {
    clock_us = in_calendar(clock_us, second);
    offset_ = clock_us - loop_time();
    target_ = next_of_schedule(fields_, whole_seconds(clock_us));
}

std::int64_t ScheduleWait::left(std::int64_t clock_us) noexcept {
    clock_us = in_calendar(clock_us, second);
    const std::int64_t moved = clock_us - loop_time() - offset_;
    if (moved > set_anew || moved < -set_anew) begin(clock_us);
    return std::min(target_ * second - clock_us, look_every);
}

}  // namespace uasync::detail
