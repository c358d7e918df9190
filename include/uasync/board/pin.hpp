#pragma once

#include <cstdint>

#include <uasync/board/gpio_port.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// One wait for an edge, in the list that the interrupt searches.
class EdgeAwaiter {
public:
    EdgeAwaiter(unsigned pin, std::uint8_t edges) noexcept : pin_{static_cast<std::uint8_t>(pin)}, edges_{edges} {}
    EdgeAwaiter(EdgeAwaiter&& unstarted) noexcept : EdgeAwaiter{unstarted.pin_, unstarted.edges_} {}
    EdgeAwaiter& operator=(EdgeAwaiter&&) = delete;
    ~EdgeAwaiter() {
        if (suspended_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) noexcept;
    void await_resume() noexcept {
        suspended_ = false;
        loop_->current().list = nullptr;  // which is in this frame
    }

protected:
    friend void gpio_interrupt() noexcept;
    friend class EdgeWatch;
    void leave() noexcept;
    void wake() noexcept;

    // Set when the wait begins, as until then the awaiter may move.
    EdgeAwaiter* next_;
    port::ArmedEdge edge_;
    TaskLoop* loop_;
    WaitList waiter_;
    std::uint8_t pin_;
    std::uint8_t edges_;
    bool suspended_ = false;
};

}  // namespace detail

/// A general-purpose pin: read it, drive it, or wait for an edge by interrupt.
///
/// It is a small value; copies mean the same pin. On Linux and in the simulation, pins are variables.
///
/// @par Use it for
/// LEDs, buttons, and signals that need no peripheral of the chip.
/// @par Cost
/// Reading and writing take a few instructions. An await takes six words of the frame, O(tasks that wait for pins),
/// and no allocation.
/// @par From an interrupt
/// Reading and writing are allowed; awaits are for tasks.
/// @par When cancelled
/// The edge's interrupt is disarmed.
/// @par Fairness
/// The interrupt is armed only while a task waits and disarms itself at the first edge, so a bouncing button costs
/// one interrupt for each await. Edges that come while no task waits are not seen.
/// @par Errors
/// One task at a time may wait for a pin; a second one ends with Error::misuse. A number that the chip does not
/// have is undefined.
/// @par Source
/// MicroPython's `machine.Pin`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Pin led{25, Pin::out};
///     Pin button{15, Pin::in, Pin::pull_up};  // its other side is at ground: 1 is released, 0 is pressed
///     for (int presses = 0; presses < 3; ++presses) {
///         co_await button.wait_for_falling_edge();
///         led.toggle();
///         print("{} ms: LED {}\n", ticks_ms(), led.value());
///     }
/// }
///
/// int main() {
///     for (auto time : {200ms, 500ms, 900ms}) sim::press(15, time, 50ms);
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 200 ms: LED 1
/// 500 ms: LED 0
/// 900 ms: LED 1
/// @endcode
class Pin {
public:
    /// The direction of a pin.
    enum Mode : std::uint8_t {
        in,  ///< an input
        out  ///< an output
    };
    /// The resistor that holds an input's level while nothing drives it.
    enum Pull : std::uint8_t {
        no_pull,   ///< the level floats
        pull_up,   ///< high
        pull_down  ///< low
    };

    /// Configures the pin. An output starts low.
    /// @param number the pin's number on the chip: 0 for GP0
    /// @param mode #in or #out
    /// @param pull the resistor of an input
    Pin(unsigned number, Mode mode, Pull pull = no_pull) noexcept : number_{static_cast<std::uint8_t>(number)} {
        port::gpio_init(number, mode == out, static_cast<port::Pull>(pull));
    }

    /// Reads the level. @return 0 or 1
    [[gnu::always_inline]] int value() const noexcept { return port::gpio_get(number_) ? 1 : 0; }
    // NOLINTBEGIN(readability-make-member-function-const): they change the pin
    /// Drives an output. @param level 0 is low, anything else is high
    void value(int level) noexcept { port::gpio_put(number_, level != 0); }
    /// Drives an output high.
    void on() noexcept { port::gpio_put(number_, true); }
    /// Drives an output low.
    void off() noexcept { port::gpio_put(number_, false); }
    /// Inverts an output.
    void toggle() noexcept { port::gpio_toggle(number_); }
    // NOLINTEND(readability-make-member-function-const)

    /// The pin's number on the chip. @return 0 for GP0
    unsigned number() const noexcept { return number_; }

    /// Waits for the next change from 1 to 0, such as a press of a button with a pull-up.
    /// @par When cancelled
    /// The interrupt is disarmed.
    /// @par Errors
    /// Error::misuse if another task waits for this pin.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] detail::EdgeAwaiter wait_for_falling_edge() const noexcept { return {number_, port::falling}; }

    /// Waits for the next change from 0 to 1.
    /// @par When cancelled
    /// The interrupt is disarmed.
    /// @par Errors
    /// Error::misuse if another task waits for this pin.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] detail::EdgeAwaiter wait_for_rising_edge() const noexcept { return {number_, port::rising}; }

    /// Waits for the next change in either direction.
    /// @par When cancelled
    /// The interrupt is disarmed.
    /// @par Errors
    /// Error::misuse if another task waits for this pin.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] detail::EdgeAwaiter wait_for_any_edge() const noexcept {
        return {number_, port::falling | port::rising};
    }

private:
    std::uint8_t number_;
};

UASYNC_WAITS_FOR(EdgeAwaiter, "Pin::wait_for_edge");

}  // namespace uasync
