#pragma once
// Pin: a general-purpose pin, as machine.Pin. A small value: copies mean the same pin.
//
//     Pin led{25, Pin::out};
//     Pin button{15, Pin::in, Pin::pull_up};     // other side to ground: 1 released, 0 pressed
//     led.toggle();
//     co_await button.wait_for_falling_edge();   // a press, by interrupt
//
// Reading and writing are a few instructions and ISR-safe. Pins are numbered as on the chip (GP0 is 0); a number that the chip does
// not have is undefined. On Linux and in the simulation the pins are variables.
//
// Edge awaits: the interrupt is armed while a task waits and disarms itself with the first edge, so that a bouncing button or a
// storm of edges costs one interrupt an await; edges while no task waits are not seen. One task at a time may wait for a pin: a
// second one ends with
// Error::misuse. Cost: six words of the awaiting frame; O(tasks that wait for pins); no allocation. Cancel-safe: disarmed.

#include <cstdint>

#include <uasync/board/gpio_port.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// One wait for an edge, in the list that the interrupt looks through.
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

private:
    friend void gpio_interrupt() noexcept;
    void leave() noexcept;

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

class Pin {
public:
    enum Mode : std::uint8_t { in, out };
    enum Pull : std::uint8_t { no_pull, pull_up, pull_down };

    /// Sets the pin up. An output starts low.
    Pin(unsigned number, Mode mode, Pull pull = no_pull) noexcept : number_{static_cast<std::uint8_t>(number)} {
        port::gpio_init(number, mode == out, static_cast<port::Pull>(pull));
    }

    /// The level: 0 or 1.
    [[gnu::always_inline]] int value() const noexcept { return port::gpio_get(number_) ? 1 : 0; }
    // NOLINTBEGIN(readability-make-member-function-const): they change the pin
    /// Drives an output: 0 is low, anything else high.
    void value(int level) noexcept { port::gpio_put(number_, level != 0); }
    void on() noexcept { port::gpio_put(number_, true); }
    void off() noexcept { port::gpio_put(number_, false); }
    void toggle() noexcept { port::gpio_toggle(number_); }
    // NOLINTEND(readability-make-member-function-const)

    unsigned number() const noexcept { return number_; }

    /// Waits for the next change from 1 to 0, from 0 to 1, or either.
    [[nodiscard("co_await it")]] detail::EdgeAwaiter wait_for_falling_edge() const noexcept { return {number_, port::falling}; }
    [[nodiscard("co_await it")]] detail::EdgeAwaiter wait_for_rising_edge() const noexcept { return {number_, port::rising}; }
    [[nodiscard("co_await it")]] detail::EdgeAwaiter wait_for_any_edge() const noexcept {
        return {number_, port::falling | port::rising};
    }

private:
    std::uint8_t number_;
};

}  // namespace uasync
