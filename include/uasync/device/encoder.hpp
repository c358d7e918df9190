#pragma once

#include <cstdint>
#include <limits>

#include <uasync/board/pin.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/queue/latest.hpp>

namespace uasync {

/// How an Encoder turns, and how far.
struct EncoderOptions {
    int steps_per_detent = 4;  ///< quarter steps from one place where it rests to the next: 4, 2 or 1
    std::int32_t min = std::numeric_limits<std::int32_t>::min();  ///< lowest position
    std::int32_t max = std::numeric_limits<std::int32_t>::max();  ///< highest position
};

/// A rotary encoder: two contacts that open and close a quarter step apart, and so tell which way the knob is turned.
///
/// Two tasks, which start() creates, watch the pins by interrupt. Each edge makes them read both levels. A contact that bounces
/// goes a quarter step forth and back, and the position changes only where the knob comes to rest, so a bounce never counts.
///
///                 A          B          A          B
///     [ rest ] <----> [ 1 ] <--> [ 2 ] <--> [ 3 ] <----> [ rest ]: the position is one more
///         ^                                                 with 2 steps a detent, [ 2 ] is a rest, too
///         +-- and the same the other way round: B first, one less
///
/// If both levels have changed since they were last read, a quarter step was missed: it is counted in missed(), and taken for one in the
/// direction of the last. That happens if other tasks keep the loop busy for longer than a quarter step takes.
///
/// @par Use it for
/// Knobs that people turn.
/// @par Instead use
/// A counter in hardware for the encoder of a motor, whose edges come faster than tasks run.
/// @par Cost
/// 52 bytes on a board. start() takes two tasks and their frames, 176 bytes of the frame pool with GCC -Os, until the Encoder is
/// destroyed. Each edge, also of a bounce, costs an interrupt and a task's turn.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled wait_for_change() has taken nothing: the next continues at once.
/// @par Fairness
/// Each change goes to one task, first in, first out. A task that comes late gets the newest position and none of those between.
/// @par Errors
/// A task that watches ends with Error::misuse if another task waits for its pin. Tasks that wait when the encoder is destroyed end with
/// Error::destroyed.
/// @par Source
/// micropython-async's `Encoder`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Encoder volume{Pin{16, Pin::in, Pin::pull_up}, Pin{17, Pin::in, Pin::pull_up}, {.min = 0, .max = 2}};
///     volume.start();
///     while (true) {
///         const auto position = co_await volume.wait_for_change();
///         print("{} ms: volume {}\n", ticks_ms(), position);
///     }
/// }
///
/// void turn(sim::Duration start, bool back) {  // by one detent, 40 ms
///     sim::press(back ? 17 : 16, start, 20ms);
///     sim::press(back ? 16 : 17, start + 10ms, 20ms);
/// }
///
/// int main() {
///     for (auto time : {100ms, 200ms, 300ms}) turn(time, false);
///     turn(400ms, true);
///     sim::stop_at(1s);
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 130 ms: volume 1
/// 230 ms: volume 2
/// 430 ms: volume 1
/// @endcode
class Encoder {
public:
    /// An encoder at position 0, or the limit next to it, that nobody watches yet: call start().
    /// @param a its pin whose edges come first when the knob is turned forwards, an input
    /// @param b its other pin
    /// @param options how it turns, and how far
    Encoder(Pin a, Pin b, EncoderOptions options = {}) noexcept;
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    ~Encoder() { stop(); }

    /// Creates the tasks that watch the pins, in the running loop; nothing happens if there are any. The knob must be at rest. If there
    /// is no memory, that is reported.
    UASYNC_DRIVER void start() noexcept;
    /// Whether tasks watch the pins. @return false before start(), and after the loop in which it was called has ended
    bool started() const noexcept { return !tasks_[0].done() && !tasks_[1].done(); }

    /// Where the knob is. @return the position in detents
    std::int32_t position() const noexcept { return position_; }
    /// Calls where the knob is another position. No task is woken. @param now the position; beyond a limit it becomes that limit
    void position(std::int32_t now) noexcept { position_ = within(now); }
    /// How many quarter steps were missed. @return the number since the Encoder was made
    std::uint32_t missed() const noexcept { return missed_; }

    class ChangeAwaiter : public Latest<std::int32_t>::GetAwaiter {
    public:
        explicit ChangeAwaiter(Encoder& encoder) noexcept
            : Latest<std::int32_t>::GetAwaiter{encoder.changed_}, encoder_{&encoder} {}
        ChangeAwaiter(ChangeAwaiter&&) noexcept = default;
        ChangeAwaiter& operator=(ChangeAwaiter&&) = delete;
        ~ChangeAwaiter() = default;
        void await_suspend(Frame self) noexcept;
        std::int32_t await_resume() noexcept { return Latest<std::int32_t>::GetAwaiter::await_resume(); }

    private:
        Encoder* encoder_;
    };

    /// Waits until the position has changed since it was last given; continues at once if it has.
    /// @par Errors
    /// Error::misuse if start() has not been called, or if a task that watches has ended.
    /// @return an awaitable; `co_await` gives the position
    [[nodiscard("co_await it")]] ChangeAwaiter wait_for_change() noexcept { return ChangeAwaiter{*this}; }

private:
    static Coro<> watch(Encoder& encoder, unsigned which);
    void stop() noexcept;
    void look() noexcept;
    void turn(int detents) noexcept;
    unsigned quarter() noexcept;
    std::int32_t within(std::int64_t position) const noexcept;

    Latest<std::int32_t> changed_;
    TaskHandle tasks_[2];
    EncoderOptions options_;
    std::int32_t position_;
    std::uint32_t missed_ = 0;
    Pin pins_[2];  // NOLINT(modernize-use-default-member-init): a and b are the constructor's
    bool levels_[2] = {};
    std::uint8_t quarter_ = 0;   ///< which of the four combinations of levels, in the order in which they follow each other
    std::int8_t steps_ = 0;      ///< quarter steps since it was at rest
    std::int8_t direction_ = 1;  ///< of the last quarter step
};

UASYNC_WAITS_FOR(Encoder::ChangeAwaiter, "Encoder::wait_for_change");

}  // namespace uasync
