#pragma once
// Implementation detail of schedule.hpp

#include <uasync/time/schedule.hpp>

namespace uasync::detail {

/// Reads the text of a Schedule, one field after the other, into sets of bits; at compile time for constants.
class ScheduleParser {
public:
    constexpr explicit ScheduleParser(std::string_view text) noexcept : rest_{text} {}

    ScheduleError error{};

    /// The next field, with numbers from `low` to `high`, as a set of bits; 0, with `error` set, if it is wrong.
    /// `names` are of three letters, the first of them for `low`. `free` tells whether the field begins with an
    /// asterisk.
    constexpr std::uint64_t field(unsigned low, unsigned high, std::string_view names, bool& free) noexcept {
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
        free = rest_.front() == '*';
        std::uint64_t bits = 0;
        do {
            const std::uint64_t part = item(low, high, names);
            if (part == 0) return 0;
            bits |= part;
        } while (take(','));
        if (!rest_.empty() && !is_blank(rest_.front())) return fail(ScheduleError::not_a_number);
        return bits;
    }
    constexpr bool has_six_fields() const noexcept {
        unsigned fields = 0;
        bool blank = true;
        for (const char c : rest_) {
            if (blank && !is_blank(c)) ++fields;
            blank = is_blank(c);
        }
        return fields == 6;
    }

private:
    static constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
    constexpr std::uint64_t fail(ScheduleError what) noexcept {
        error = what;
        return 0;
    }
    constexpr bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    constexpr std::uint64_t item(unsigned low, unsigned high, std::string_view names) noexcept {
        unsigned first = low;
        unsigned last = high;
        if (!take('*')) {
            if (!number(first, low, names)) return fail(ScheduleError::not_a_number);
            last = first;
            if (take('-')) {
                if (!number(last, low, names)) return fail(ScheduleError::not_a_number);
            } else if (!rest_.empty() && rest_.front() == '/') {
                last = high;
            }
        }
        if (first < low || first > high || last < low || last > high) return fail(ScheduleError::out_of_range);
        if (last < first) return fail(ScheduleError::range_runs_down);
        unsigned step = 1;
        if (take('/')) {
            if (!number(step, 0, {})) return fail(ScheduleError::not_a_number);
            if (step < 1 || step > 99) return fail(ScheduleError::step_is_zero);
        }
        std::uint64_t bits = 0;
        for (unsigned n = first; n <= last; n += step) bits |= std::uint64_t{1} << n;
        return bits;
    }

    constexpr bool number(unsigned& value, unsigned low, std::string_view names) noexcept {
        unsigned digits = 0;
        unsigned sum = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 4; ++digits) {
            sum = sum * 10 + static_cast<unsigned>(rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        if (digits != 0) {
            value = sum;
            return true;
        }
        if (rest_.size() < 3) return false;
        for (unsigned i = 0; i < names.size() / 3; ++i) {
            bool same = true;
            for (unsigned k = 0; k < 3; ++k) same = same && (rest_[k] | 0x20) == names[3 * i + k];
            if (!same) continue;
            rest_.remove_prefix(3);
            value = low + i;
            return true;
        }
        return false;
    }

    std::string_view rest_;
};

constexpr std::expected<ScheduleFields, ScheduleError> parse_schedule(std::string_view text) noexcept {
    ScheduleParser parser{text};
    if (!parser.has_six_fields()) return std::unexpected{ScheduleError::not_six_fields};
    ScheduleFields fields;
    bool free = false;
    bool mday_free = false;
    bool wday_free = false;
    fields.seconds = parser.field(0, 59, {}, free);
    if (fields.seconds == 0) return std::unexpected{parser.error};
    fields.minutes = parser.field(0, 59, {}, free);
    if (fields.minutes == 0) return std::unexpected{parser.error};
    fields.hours = static_cast<std::uint32_t>(parser.field(0, 23, {}, free));
    if (fields.hours == 0) return std::unexpected{parser.error};
    fields.mdays = static_cast<std::uint32_t>(parser.field(1, 31, {}, mday_free));
    if (fields.mdays == 0) return std::unexpected{parser.error};
    fields.months = static_cast<std::uint16_t>(parser.field(1, 12, "janfebmaraprmayjunjulaugsepoctnovdec", free));
    if (fields.months == 0) return std::unexpected{parser.error};
    const std::uint64_t wdays = parser.field(0, 7, "sunmontuewedthufrisat", wday_free);
    if (wdays == 0) return std::unexpected{parser.error};
    fields.wdays = static_cast<std::uint8_t>((wdays | wdays >> 7U) & 0x7fU);
    fields.either_day = !mday_free && !wday_free;

    bool exists = fields.either_day;
    for (unsigned month = 1; month <= 12; ++month) {
        const unsigned days = month == 2 ? 29U : month == 4 || month == 6 || month == 9 || month == 11 ? 30U : 31U;
        const std::uint64_t in_month = fields.mdays & ((std::uint64_t{2} << days) - 1);
        exists = exists || ((fields.months >> month & 1U) != 0 && in_month != 0);
    }
    if (!exists) return std::unexpected{ScheduleError::no_such_day};
    return fields;
}

}  // namespace uasync::detail
