#pragma once

#include <chrono>
#include <cstdint>

#include <uasync/board/pwm_port.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// A wait for the end of a period, in the list that the interrupt searches.
class PwmAwaiter {
public:
    explicit PwmAwaiter(unsigned slice) noexcept : slice_{static_cast<std::uint8_t>(slice)} {}
    PwmAwaiter(PwmAwaiter&& unstarted) noexcept : slice_{unstarted.slice_} {}
    PwmAwaiter& operator=(PwmAwaiter&&) = delete;
    ~PwmAwaiter() {
        if (listed_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) noexcept;
    void await_resume() noexcept {
        loop_->current().list = nullptr;  // which is in this frame
    }

private:
    friend void pwm_interrupt() noexcept;
    void leave() noexcept;

    // Set when the wait begins, as until then the awaiter may move.
    PwmAwaiter* next_ = nullptr;
    TaskLoop* loop_ = nullptr;
    WaitList waiter_;
    std::uint8_t slice_;
    bool listed_ = false;
};

}  // namespace detail

/// A pin with pulses of a steady frequency and a width that can be changed: pulse-width modulation, which takes no time of the CPU.
///
/// Two pins, such as GP0 and GP1, share a modulator, and so does GP16, 16 pins on: they have one frequency, that of the object that was
/// told last, and each a width of its own.
///
/// @par Use it for
/// The brightness of LEDs, the speed of motors, servos, tones.
/// @par Cost
/// 24 bytes. A wait for the end of a period takes 4 words of the frame, no allocation, and one interrupt. The first one of a program takes 52
/// bytes of flash for the interrupt vectors.
/// @par From an interrupt
/// duty_u16() and duty_ns() may be called there.
/// @par When cancelled
/// A wait for a period is disarmed. A ramp leaves the width where it is.
/// @par Errors
/// A number that the chip does not have is undefined. Frequencies and widths beyond what is possible become the nearest possible ones.
/// @par Source
/// MicroPython's `machine.PWM`; RP2040 datasheet 4.5.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/pwm.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Pwm led{25, {.freq = 1000, .duty_u16 = 0}};
///     co_await led.ramp_to_u16(65535, 500ms);  // brighter and brighter
///     print("{} ms: {} of 65535\n", ticks_ms(), led.duty_u16());
///
///     Pwm servo{16, {.freq = 50}};
///     servo.duty_ns(1'500'000);  // its middle
///     for (int i = 0; i < 2; ++i) {
///         co_await servo.wait_for_wrap();
///         print("{} ms: {} us high, each 1/{} s\n", ticks_ms(), static_cast<int>(sim::pwm(16).high_us + 0.5), servo.freq());
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 500 ms: 65535 of 65535
/// 520 ms: 1500 us high, each 1/50 s
/// 540 ms: 1500 us high, each 1/50 s
/// @endcode
class Pwm {
public:
    /// What the pulses are at first.
    struct Options {
        std::uint32_t freq = 1000;   ///< in hertz, 8 to 62'500'000; 4 to 31'250'000 if phase-correct
        std::uint16_t duty_u16 = 0;  ///< width: 0 is always low, 65535 always high
        bool invert = false;         ///< high and low change places
        bool phase_correct = false;  ///< the middles of pulses stay where they are if the width changes, as motors like it
    };

    /// Starts the pulses at a pin. One object for each pin at a time.
    /// @param pin the chip's number, 0 to 29
    /// @param options what they are
    UASYNC_DRIVER Pwm(unsigned pin, Options options) noexcept;
    Pwm(const Pwm&) = delete;
    Pwm& operator=(const Pwm&) = delete;
    /// Ends the pulses: the pin is low.
    ~Pwm();

    /// Sets the frequency, at once: the pulse that is under way may have another width. It is that of the other pin of the modulator, too, whose
    /// width then becomes another share of the period.
    /// The share of this pin's, or its time if duty_ns() has set it, stays the same.
    /// @param hertz the frequency
    void freq(std::uint32_t hertz) noexcept;
    /// The frequency that this object has set. @return the possible one that is nearest, rounded to hertz
    std::uint32_t freq() const noexcept;
    /// Sets the width, from the next period on. @param share 0 is always low, 65535 always high
    void duty_u16(std::uint16_t share) noexcept;
    /// The width. @return as a share, 0 to 65535
    std::uint16_t duty_u16() const noexcept;
    /// Sets the width, from the next period on. @param nanoseconds how long the pin is high in each period
    void duty_ns(std::uint32_t nanoseconds) noexcept;

    /// Waits for the next end of a period, when a new width begins. Several tasks may wait.
    /// @par When cancelled
    /// The interrupt is disarmed.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] detail::PwmAwaiter wait_for_wrap() const noexcept {
        return detail::PwmAwaiter{port::pwm_slice(pin_)};
    }

    /// Changes the width in equal steps, one each 5 ms, and ends when it has come to another.
    /// @par When cancelled
    /// The width stays where it is.
    /// @param share the width at the end, 0 to 65535
    /// @param duration how long it takes
    /// @return a coroutine; `co_await` gives nothing
    [[nodiscard("co_await it")]] Coro<> ramp_to_u16(std::uint16_t share, std::chrono::microseconds duration);

private:
    void apply() noexcept;

    port::PwmCount count_{};
    std::uint32_t level_ = 0;
    std::uint32_t duty_ = 0;  ///< as it was set: a share of 65535, or nanoseconds
    std::uint8_t pin_;
    bool is_time_ = false;  ///< of `duty_`: nanoseconds
};

// The modulator runs by itself. A wait is [armed] for its slice from await_suspend until the interrupt or a cancellation takes the last awaiter
// of that slice out of the list, which disarms it.

UASYNC_WAITS_FOR(PwmAwaiter, "Pwm::wait_for_wrap");

}  // namespace uasync
