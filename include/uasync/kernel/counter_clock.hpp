#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <numeric>

#include <uasync/kernel/port.hpp>

namespace uasync {

namespace detail {

/// The upper half of a product, by four multiplications of half words.
constexpr std::uint32_t product_high_of_halves(std::uint32_t a, std::uint32_t b) noexcept {
    const std::uint32_t a_low = a & 0xffffU;
    const std::uint32_t a_high = a >> 16U;
    const std::uint32_t b_low = b & 0xffffU;
    const std::uint32_t b_high = b >> 16U;
    const std::uint32_t middle = a_high * b_low + (a_low * b_low >> 16U);
    return a_high * b_high + (middle >> 16U) + ((a_low * b_high + (middle & 0xffffU)) >> 16U);
}

/// The upper half of a product.
constexpr std::uint32_t product_high(std::uint32_t a, std::uint32_t b) noexcept {
#if defined(__thumb__) && !defined(__thumb2__)  // such as ARMv6-M, where the compiler would call a function of 46 instructions
    return product_high_of_halves(a, b);
#else
    return static_cast<std::uint32_t>(std::uint64_t{a} * b >> 32U);
#endif
}

}  // namespace detail

/// A hardware counter and the alarm beside it, as CounterClock needs them. For authors of ports.
///
/// - `C::hertz` is how often it counts in a second, and `C::bits` how many bits it has, up to 32.
/// - `C::read()` is what it shows. It counts upwards through all of its bits (for one that counts downwards, return `~value`), and never
///   stops, not even while the processor sleeps.
/// - `C::arm(ticks)` has an interrupt come in that many ticks from now, in place of the one that was asked for before. `ticks` is at least
///   1 and less than half of what the counter can hold.
template <class C>
concept HardwareCounter = requires(std::uint32_t ticks) {
    requires(C::bits > 0 && C::bits <= 32);
    requires(C::hertz > 0 && C::hertz < 0x80000000U);
    { C::read() } noexcept -> std::same_as<std::uint32_t>;
    { C::arm(ticks) } noexcept -> std::same_as<void>;
};

/// A 64-bit clock in microseconds, and alarms at any distance, from a counter of up to 32 bits at any rate. For authors of ports.
///
/// All ports with such a counter share it, so what is easy to get wrong is in one place: a wrap that nobody sees, an alarm beyond the
/// counter's range, a deadline that passes while it is being set, a rate that microseconds do not divide.
///
/// The clock remembers the counter at one moment, its *base*, and what the time was then. The time is the base's and what the counter has
/// counted since. That is unambiguous for less than a whole turn, so the alarm is always armed, at less than half of a turn, also when
/// no deadline is set:
///
///     start() ──► armed for `reach` ◄───────────────────────┐
///                   │ set_alarm(deadline)                   │ interrupt(): no deadline, or it was due: signal
///                   ▼                                       │
///                 armed for the deadline, or for `reach` ───┤
///                   ▲  if that comes first                  │ set_alarm(): it has passed meanwhile: signal
///                   └── interrupt(): not due yet ───────────┘
///
/// Every one of these steps moves the base on if it is a quarter of `reach` old, by a whole number of microseconds that is also a whole
/// number of ticks: the clock does not drift against the counter.
/// @par Cost
/// 24 bytes. now() takes no division: a subtraction, a multiplication (none if the counter counts microseconds) and a 64-bit addition.
/// When idle, an interrupt each `reach`: every 75 s at 25 MHz.
/// @par From an interrupt
/// Allowed, from those that the port's critical section masks.
template <HardwareCounter Counter>
class CounterClock {
    static constexpr std::uint32_t second = 1'000'000;
    static constexpr std::uint32_t common = std::gcd(Counter::hertz, second);
    static constexpr std::uint32_t unit_ticks = Counter::hertz / common;  // as long as unit_us, exactly
    static constexpr std::uint32_t unit_us = second / common;
    static constexpr std::uint32_t mask = 0xffffffffU >> (32 - Counter::bits);
    static constexpr std::uint32_t seven_sixteenths = mask / 16 * 7 + mask % 16 / 2;

public:
    /// For how many ticks the alarm is armed at most: seven sixteenths of a turn, but less than 2^31 microseconds.
    static constexpr std::uint32_t reach =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(seven_sixteenths, std::uint64_t{0x70000000} * unit_ticks / unit_us));

    static_assert(unit_ticks <= reach / 4,
                  "uasync: this counter turns too soon for its rate: use more bits, or a prescaler that makes `hertz` a multiple "
                  "or a divisor of "
                  "1,000,000");

    /// Begins to count, at time 0. Before, now() is undefined.
    void start() noexcept {
        const CriticalSection section;
        base_ = Counter::read();
        base_us_ = 0;
        deadline_ = never;
        Counter::arm(reach);
    }

    /// The time. O(1). @return microseconds since start()
    Time now() const noexcept {
        Time time;
        std::uint32_t ticks;
        {
            const CriticalSection section;
            ticks = since_base();
            time = base_us_;
        }
        return time + to_us(ticks);
    }

    /// Sets the one alarm of the clock. O(1). @param deadline when it is due; `never` cancels it
    /// @return true if it has passed: then the loop is to be signalled now, and no alarm is set
    [[nodiscard]] bool set_alarm(Time deadline) noexcept {
        const CriticalSection section;
        deadline_ = deadline;
        return arm();
    }

    /// To be called when the alarm's interrupt comes; one that comes too early does no harm. O(1).
    /// @return true if the deadline has come: then the loop is to be signalled
    [[nodiscard]] bool interrupt() noexcept {
        const CriticalSection section;
        return arm();
    }

    /// What the counter's ticks are in microseconds, rounded down. O(1). @param ticks up to `reach` @return microseconds
    static constexpr std::uint32_t to_us(std::uint32_t ticks) noexcept {
        if constexpr (unit_ticks == 1) {
            return ticks * unit_us;
        } else if constexpr (unit_us == 1 && std::has_single_bit(unit_ticks)) {
            return ticks >> std::countr_zero(unit_ticks);
        } else {
            return scaled(ticks, us_per_tick);
        }
    }

    /// How many ticks there are until so many microseconds have passed. O(1). @param us up to to_us(reach) @return the first tick of all
    /// at which to_us() gives that much
    static constexpr std::uint32_t to_ticks(std::uint32_t us) noexcept {
        if constexpr (unit_us == 1) {
            return us * unit_ticks;
        } else if constexpr (unit_ticks == 1) {
            return (us + (unit_us - 1)) / unit_us;
        } else {
            std::uint32_t ticks = scaled(us, ticks_per_us);
            while (to_us(ticks) < us) ++ticks;  // twice at most, or for as long as a microsecond is
            return ticks;
        }
    }

private:
    /// A factor: `whole + multiplier / 2^(32 + shift)`. In two parts, so that no product of 64 bits has to be shifted.
    struct Ratio {
        std::uint32_t whole;
        std::uint32_t multiplier;
        unsigned shift;
    };

    /// A quotient, with the 32 first bits of its fraction, rounded down.
    static constexpr Ratio ratio(std::uint32_t numerator, std::uint32_t denominator) noexcept {
        std::uint32_t rest = numerator % denominator;
        std::uint32_t fraction = 0;
        unsigned bits = 0;
        while (rest != 0 && (fraction >> 31U) == 0) {
            rest *= 2;
            fraction = fraction * 2 + (rest >= denominator ? 1 : 0);
            if (rest >= denominator) rest -= denominator;
            ++bits;
        }
        // A short fraction, such as a half, is filled up with zeros.
        for (; bits < 32; ++bits) fraction *= 2;
        return {numerator / denominator, fraction, bits - 32};
    }
    /// For a whole number of ticks a microsecond: so that the product, rounded down, is exact up to 2^31 (Granlund and Montgomery,
    /// "Division by Invariant Integers using Multiplication", 1994, theorem 4.2). Otherwise a little less than the quotient: then the
    /// time does not go back when the base moves on, and is at most a microsecond behind.
    static constexpr Ratio exact_ratio(std::uint32_t divisor) noexcept {
        const unsigned shift = 31U + static_cast<unsigned>(std::bit_width(divisor - 1));
        return {0, static_cast<std::uint32_t>((std::uint64_t{1} << shift) / divisor + 1), shift - 32};
    }
    static constexpr Ratio us_per_tick = unit_us == 1 ? exact_ratio(unit_ticks) : ratio(unit_us, unit_ticks);
    static constexpr Ratio ticks_per_us = ratio(unit_ticks, unit_us);

    static constexpr std::uint32_t scaled(std::uint32_t value, Ratio by) noexcept {
        return value * by.whole + (detail::product_high(value, by.multiplier) >> by.shift);
    }

    std::uint32_t since_base() const noexcept { return (Counter::read() - base_) & mask; }

    /// Arms for the deadline or for `reach`, whichever comes first. True if the deadline has passed; then there is none any more.
    /// In a critical section.
    bool arm() noexcept {
        std::uint32_t ticks = since_base();
        if (ticks >= reach / 4) {
            const std::uint32_t units = unit_us == 1 ? to_us(ticks) : ticks / unit_ticks;
            base_ += units * unit_ticks;
            base_us_ += Time{units} * unit_us;
            ticks -= units * unit_ticks;
        }
        if (deadline_ >= base_us_ + to_us(reach)) {
            Counter::arm(reach - ticks);
            return false;
        }
        const std::uint32_t target = deadline_ > base_us_ ? to_ticks(static_cast<std::uint32_t>(deadline_ - base_us_)) : 0;
        if (target > ticks) {
            Counter::arm(target - ticks);
            if (since_base() < target) return false;
        }
        // It has passed, perhaps while it was armed, in which case a counter that waits for an equal value has missed it.
        deadline_ = never;
        Counter::arm(reach - ticks);
        return true;
    }

    std::uint32_t base_ = 0;
    Time base_us_ = 0;
    Time deadline_ = never;
};

}  // namespace uasync
