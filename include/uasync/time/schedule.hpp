#pragma once
// Schedule: calendar times, written as in cron but with seconds in front.
//
//     constexpr Schedule wake_up{"0 30 6 * * mon-fri"};      // sec min hour mday month wday; a mistake does not compile
//     auto at = wake_up.next(sys_days{2025y / 3 / 1});       // the first one after a given time: a pure function
//     co_await wake_up.wait([] { return rtc_now(); });       // sleeps until then, by your clock
//
// A field is `*`, a number, a range `1-5`, either of them with a step (`*/10`, `8-18/2`, `5/10`: from 5 on), or a list of these:
// `0,15,30-40/5`. Months may be jan to dec, days of the week sun to sat, in any case; sunday is 0 and 7. Ranges do not wrap around.
// Days: if mday and wday are both restricted (neither begins with `*`), one of them is enough, as in cron: `0 0 0 13 * fri` is each
// 13th and each friday. Otherwise both have to hold. A day that no year has (`31 feb`) is an error. Months without a 31st are left
// out, not rounded. There are no time zones in it: times are the clock's own (local_seconds of a clock that tells local time,
// sys_seconds of one that tells UTC).
//
// `Schedule::parse(text)` is for texts that are not constants: a std::expected of Schedule or ScheduleError.
// `wait` looks at the clock every 15 minutes. A clock that was set by less than three hours (summer time, NTP) does not change the
// time that is awaited: if it has been skipped it comes at once. One that was set by more has the schedule start over from the new
// time.
// Neighbours: Ticker for a period; `sleep_until` for the loop's own clock.
// Cost: 32 bytes; `next` a few hundred steps, at worst 500 months; no heap. `wait` is a coroutine with a frame. ISR-safe: `next`.
// Cancel-safe.

#include <chrono>
#include <cstdint>
#include <expected>
#include <string_view>
#include <type_traits>

#include <uasync/kernel/coro.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

/// What is wrong with a schedule's text.
enum class ScheduleError : std::uint8_t {
    not_six_fields,   ///< "sec min hour mday month wday"
    not_a_number,     ///< nor a name, nor `*`; or something stands behind it
    out_of_range,     ///< 60 seconds, hour 24, day 0
    range_runs_down,  ///< 5-1
    step_is_zero,     ///< a step is 1 to 99
    no_such_day,      ///< 31 feb: it would never come
};

/// A few words for a message; never null.
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

/// What is left to sleep in `wait`, looked at again and again.
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

class Schedule {
public:
    /// From a constant text. The name of the function that the compiler cannot call says what is wrong with it.
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

    /// From any text.
    static std::expected<Schedule, ScheduleError> parse(std::string_view text) noexcept {
        const auto parsed = detail::parse_schedule(text);
        if (!parsed) return std::unexpected{parsed.error()};
        return Schedule{*parsed};
    }

    /// The first time after `after`, which counts as the nearest time in the years 0 to 9999. There always is one, at most 40 years later.
    std::chrono::sys_seconds next(std::chrono::sys_seconds after) const noexcept { return next_after(after); }
    std::chrono::local_seconds next(std::chrono::local_seconds after) const noexcept { return next_after(after); }

    /// Sleeps until the next time by `clock`, a callable that gives the present as a std::chrono::sys_time or local_time; gives
    /// that time. With what the last `wait` gave as `last` it is the next after that one: none is given twice because the clock was
    /// set back a little, and one that has passed meanwhile, up to three hours ago, comes at once.
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
