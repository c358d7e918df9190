#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string_view>
#include <type_traits>

#include <uasync/kernel/coro.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

/// What is wrong with the text of a Schedule.
enum class ScheduleError : std::uint8_t {
    not_six_fields,   ///< the text has fewer or more than six fields
    not_a_number,     ///< a field has no number, name or `*`, or something follows it
    out_of_range,     ///< a number is out of its field's range, such as hour 24
    range_runs_down,  ///< a range runs down, such as 5-1
    step_is_zero,     ///< a step is not 1 to 99
    no_such_day,      ///< no year has such a day, such as 31 feb
};

/// A few words about an error, for a message.
/// @param error what Schedule::parse() gave
/// @return a constant text, never null
constexpr const char* to_string(ScheduleError error) noexcept {
    switch (error) {
        case ScheduleError::not_six_fields: return "a schedule has six fields: sec min hour mday month wday";
        case ScheduleError::not_a_number: return "expected a number, a name or *";
        case ScheduleError::out_of_range: return "a number is out of its field's range";
        case ScheduleError::range_runs_down: return "a range runs down";
        case ScheduleError::step_is_zero: return "a step is 1 to 99";
        case ScheduleError::no_such_day: return "no year has such a day";
    }
    return "unknown error";
}

namespace detail {

void a_schedule_has_six_fields_sec_min_hour_mday_month_wday();
void expected_a_number_a_name_or_an_asterisk();
void a_number_is_out_of_its_fields_range();
void a_range_runs_down();
void a_step_is_1_to_99();
void no_year_has_such_a_day();

/// The fields as sets of bits.
struct ScheduleFields {
    std::uint64_t seconds = 0;
    std::uint64_t minutes = 0;
    std::uint32_t hours = 0;
    std::uint32_t mdays = 0;
    std::uint16_t months = 0;
    std::uint8_t wdays = 0;
    bool either_day = false;  ///< mday or wday is enough
};

constexpr std::expected<ScheduleFields, ScheduleError> parse_schedule(std::string_view text) noexcept;
std::int64_t next_of_schedule(const ScheduleFields& fields, std::int64_t after) noexcept;

/// What is left to sleep in `wait`, computed again and again.
class ScheduleWait {
public:
    ScheduleWait(const ScheduleFields& fields, std::int64_t clock_us, std::int64_t last) noexcept;
    /// Microseconds to sleep before the next look; 0: it is time.
    std::int64_t left(std::int64_t clock_us) noexcept;
    std::int64_t target() const noexcept { return target_; }

private:
    void begin(std::int64_t clock_us) noexcept;

    ScheduleFields fields_;
    std::int64_t offset_ = 0;  ///< from the loop's clock to the user's
    std::int64_t target_ = 0;  ///< in seconds
};

}  // namespace detail

/// Calendar times, written as in cron, with seconds in front: `"0 30 6 * * mon-fri"`.
///
/// The six fields are `sec min hour mday month wday`. Each is `*`, a number, a range such as `1-5`, one of these
/// with a step (`*/10`, `8-18/2`; `5/10` means from 5 on), or a list of these: `0,15,30-40/5`. Months may be `jan`
/// to `dec` and days of the week `sun` to `sat`, in upper or lower case; Sunday is both 0 and 7. Ranges do not wrap
/// around. If both mday and wday are restricted (neither begins with `*`), one of them has to match, as in cron:
/// `0 0 0 13 * fri` is every 13th and every Friday. Otherwise both have to match. A month that lacks a day is
/// skipped.
///
/// There are no time zones: times are those of your clock, `local_seconds` of one that tells local time,
/// `sys_seconds` of one that tells UTC.
///
/// @par Use it for
/// Waking up at half past six on weekdays, a reading every quarter of an hour, a report on the first of the month.
/// @par Instead use
/// Ticker for a period that need not fall on round times, sleep_until() for a moment on Clock.
/// @par Cost
/// 32 bytes and no heap. next() takes a few hundred steps, and looks at 500 months at worst. wait() is a coroutine
/// with a frame.
/// @par From an interrupt
/// next() is allowed; wait() is for tasks.
/// @par When cancelled
/// wait() has taken nothing.
/// @par Errors
/// A mistake in a constant text does not compile. For other texts, parse() gives a ScheduleError. A day that no
/// year has, such as `31 feb`, is an error, so next() always finds a time.
/// @par Source
/// cron's crontab(5), with a field for seconds
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono;
///
/// constexpr Schedule wake_up{"0 30 6 * * mon-fri"};
///
/// sys_time<microseconds> rtc() { return sys_days{2026y / 11 / 27} + hours{6} + Clock::now().time_since_epoch(); }
///
/// Coro<> async_main() {
///     sys_seconds time{};
///     for (int i = 0; i < 3; ++i) {
///         time = co_await wake_up.wait(rtc, time);
///         const year_month_day date{floor<days>(time)};
///         print("day {}, {} minutes after the start\n", static_cast<unsigned>(date.day()), ticks_ms() / 60'000);
///     }
///     auto wrong = Schedule::parse("0 0 0 31 feb *");
///     print("31 feb: {}\n", to_string(wrong.error()));
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// day 27, 30 minutes after the start
/// day 30, 4350 minutes after the start
/// day 1, 5790 minutes after the start
/// 31 feb: no year has such a day
/// @endcode
class Schedule {
public:
    /// From a constant text. If the text is wrong, the compiler's message names a function that says what is wrong.
    /// @param text the six fields
    consteval Schedule(const char* text) {  // NOLINT(*-explicit-*)
        const auto parsed = detail::parse_schedule(text);
        if (parsed) {
            fields_ = *parsed;
            return;
        }
        switch (parsed.error()) {
            case ScheduleError::not_six_fields: detail::a_schedule_has_six_fields_sec_min_hour_mday_month_wday(); break;
            case ScheduleError::not_a_number: detail::expected_a_number_a_name_or_an_asterisk(); break;
            case ScheduleError::out_of_range: detail::a_number_is_out_of_its_fields_range(); break;
            case ScheduleError::range_runs_down: detail::a_range_runs_down(); break;
            case ScheduleError::step_is_zero: detail::a_step_is_1_to_99(); break;
            case ScheduleError::no_such_day: detail::no_year_has_such_a_day(); break;
        }
    }

    /// From a text that is known only at run time.
    /// @param text the six fields, separated by spaces or tabs
    /// @return the schedule, or what is wrong with the text
    static std::expected<Schedule, ScheduleError> parse(std::string_view text) noexcept {
        const auto parsed = detail::parse_schedule(text);
        if (!parsed) return std::unexpected{parsed.error()};
        return Schedule{*parsed};
    }

    /// The first matching time after another one. A pure function.
    /// @param after a time; one outside the years 0 to 9999 counts as the nearest in them
    /// @return a time after `after`, at most 40 years later
    std::chrono::sys_seconds next(std::chrono::sys_seconds after) const noexcept { return next_after(after); }
    /// The first matching time after another one, in local time.
    /// @param after a time; one outside the years 0 to 9999 counts as the nearest in them
    /// @return a time after `after`, at most 40 years later
    std::chrono::local_seconds next(std::chrono::local_seconds after) const noexcept { return next_after(after); }

    /// Sleeps until the next matching time of your clock.
    ///
    /// It looks at the clock at least every 15 minutes. If the clock was set by less than three hours (summer time,
    /// NTP), the awaited time stays the same, and comes at once if it was skipped. If it was set by more, the
    /// schedule starts again from the new time. It yields at least once.
    ///
    /// In a loop, pass the time that the last wait() gave as `last`: no time then comes twice because the clock was
    /// set back a little, and one that passed during the work, up to three hours ago, comes at once.
    /// @par When cancelled
    /// It has taken nothing.
    /// @tparam WallClock a callable without parameters
    /// @tparam Now what it returns: a `std::chrono::sys_time` or `local_time` of any resolution
    /// @param clock gives the present time
    /// @param last the time that the last wait() gave; by default, the present counts
    /// @return a coroutine; `co_await` gives the time it waited for, in seconds
    template <class WallClock, class Now = std::invoke_result_t<WallClock&>>
    [[nodiscard("co_await it")]] Coro<std::chrono::time_point<typename Now::clock, std::chrono::seconds>> wait(
        WallClock clock, std::chrono::time_point<typename Now::clock, std::chrono::seconds> last = {}) const {
        return wait_by<Now>(detail::ScheduleWait{fields_, us(clock()), last.time_since_epoch().count()}, std::move(clock));
    }

private:
    constexpr explicit Schedule(const detail::ScheduleFields& fields) noexcept : fields_{fields} {}

    template <class TimePoint>
    TimePoint next_after(TimePoint after) const noexcept {
        return TimePoint{std::chrono::seconds{detail::next_of_schedule(fields_, after.time_since_epoch().count())}};
    }
    template <class TimePoint>
    static std::int64_t us(TimePoint time) noexcept {
        return detail::to_us(time.time_since_epoch(), true);
    }
    template <class Now, class WallClock>
    static Coro<std::chrono::time_point<typename Now::clock, std::chrono::seconds>> wait_by(detail::ScheduleWait waiting,
                                                                                            WallClock clock) {
        std::int64_t left = waiting.left(us(clock()));
        do {  // at least one turn for the others
            co_await sleep(std::chrono::microseconds{left});
            left = waiting.left(us(clock()));
        } while (left > 0);
        co_return std::chrono::time_point<typename Now::clock, std::chrono::seconds>{std::chrono::seconds{waiting.target()}};
    }

    detail::ScheduleFields fields_;
};

}  // namespace uasync

#include <uasync/time/schedule_text.hpp>
