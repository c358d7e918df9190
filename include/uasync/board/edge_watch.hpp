#pragma once
// Implementation detail of EdgeCounter and Keypad: a function that the pins' interrupt calls.

#include <uasync/board/pin.hpp>

namespace uasync::detail {

/// Calls a function in the interrupt, at the next edge of a pin or at each. Programs without one have nothing of it.
///
/// It is in the list of the awaiters, so a task that waits for its pin gets Error::misuse, and it cannot start while one waits.
class EdgeWatch : EdgeAwaiter {
public:
    /// Called in the interrupt. @return true: go on; it has called rearm()
    using Function = bool (*)(EdgeWatch&) noexcept;

    EdgeWatch(unsigned pin, std::uint8_t edges, Function function) noexcept : EdgeAwaiter{pin, edges}, function_{function} {}
    EdgeWatch(const EdgeWatch&) = delete;
    EdgeWatch& operator=(const EdgeWatch&) = delete;
    ~EdgeWatch() { stop(); }

    /// Starts, on the core that calls it; nothing happens if it has started. @return false if a task waits for the pin, or another one has it
    UASYNC_DRIVER bool start() noexcept;
    /// Stops, on the same core.
    void stop() noexcept {
        if (suspended_) leave();
        suspended_ = false;
    }
    unsigned pin() const noexcept { return pin_; }

protected:
    /// Before it starts. @param pin another pin
    void set_pin(unsigned pin) noexcept { pin_ = static_cast<std::uint8_t>(pin); }
    /// In the function: from here on, other edges interrupt again. @return those that have come
    std::uint8_t rearm() noexcept { return port::gpio_rearm(pin_, edge_); }

private:
    friend void gpio_interrupt() noexcept;

    Function function_;
};

}  // namespace uasync::detail
