#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include <uasync/kernel/task.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// Something that happens some time after the last trigger: a retriggerable timer or a watchdog.
///
/// The callback runs in the loop between two steps of tasks. It must be short, must not throw and must not destroy
/// the Delay; it may trigger it again. A callback that returns a Coro starts it as a task.
///
/// @par Use it for
/// Turning the light off 30 s after the last motion, noticing that nothing has come for a while, telling a long
/// press from a short one.
/// @par Instead use
/// wait_for() for a limit on one await, Ticker for a period, sleep_ms() in a task of its own for something that is
/// not put off.
/// @par Cost
/// 72 bytes on a 32-bit board; trigger() and stop() are O(log n). No allocation, except for a coroutine's task.
/// @par From an interrupt
/// Not allowed: set a ThreadSafeFlag there, and trigger in the task that waits for it. Call it in tasks and
/// callbacks of one loop only.
/// @par When cancelled
/// wait() has taken nothing, and other waiting tasks are not affected.
/// @par Fairness
/// Firing wakes all waiting tasks, first in, first out, before the callback is called. Equal deadlines fire in the
/// order in which they were triggered.
/// @par Errors
/// Destroying it stops it, ends the waiting tasks with Error::destroyed, and lets a task that it started run on. If
/// its loop ends first, it must not be running then.
/// @par Source
/// micropython-async's `Delay_ms`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Delay light_off{30s, [] { print("{} ms: light off\n", ticks_ms()); }};
///     print("{} ms: light on\n", ticks_ms());
///     for (const auto pause : {10s, 20s, 5s}) {
///         light_off.trigger();  // motion
///         co_await sleep(pause);
///     }
///     print("{} ms: running: {}\n", ticks_ms(), light_off.running());
///     co_await light_off.wait();
///     print("{} ms: running: {}\n", ticks_ms(), light_off.running());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: light on
/// 35000 ms: running: true
/// 60000 ms: light off
/// 60000 ms: running: false
/// @endcode
class Delay : LoopTimer {
public:
    /// A delay of one second without a callback, as `Delay_ms`.
    Delay() noexcept : Delay{std::chrono::seconds{1}} {}

    /// A delay without a callback, for wait() and fired().
    /// @tparam Rep the duration's number type
    /// @tparam Period the duration's unit
    /// @param duration from a trigger() without argument until it fires
    template <class Rep, class Period>
    explicit Delay(std::chrono::duration<Rep, Period> duration) noexcept
        : LoopTimer{expire}, default_us_{detail::to_us(duration)} {}

    /// A delay that calls a function when it fires, or starts the coroutine that the function returns as a task.
    /// @tparam Rep the duration's number type
    /// @tparam Period the duration's unit
    /// @tparam F a function without parameters
    /// @param duration from a trigger() without argument until it fires
    /// @param callback may capture up to three references or pointers, to objects that outlive the Delay
    template <class Rep, class Period, std::invocable F>
    Delay(std::chrono::duration<Rep, Period> duration, F callback) noexcept : Delay{duration} {
        static_assert(sizeof(F) <= sizeof callback_,
                      "the callback captures more than three words: put what it needs into a struct");
        static_assert(std::is_trivially_copyable_v<F>, "the callback may capture references and pointers only");
        new (callback_) F{callback};
        call_ = [](Delay& self) {
            auto& function = *std::launder(reinterpret_cast<F*>(self.callback_));
            if constexpr (detail::is_coro<decltype(function())>) {
                self.task_ = create_task(function());
            } else {
                function();
            }
        };
    }
    Delay(const Delay&) = delete;
    Delay& operator=(const Delay&) = delete;
    ~Delay() { LoopTimer::stop(); }

    /// Starts the default duration, from the beginning if it is running.
    void trigger() noexcept { start(default_us_); }

    /// Starts another duration, from the beginning if it is running.
    /// @tparam Rep the duration's number type
    /// @tparam Period the duration's unit
    /// @param duration until it fires. Zero or less: as soon as the running task waits or, in a callback, in the
    ///   loop's next pass, so that tasks run in between. Too long to represent: it does not fire.
    template <class Rep, class Period>
    void trigger(std::chrono::duration<Rep, Period> duration) noexcept {
        start(detail::to_us(duration));
    }

    /// Stops it and forgets that it has fired. Waiting tasks continue to wait.
    void stop() noexcept {
        LoopTimer::stop();
        fired_ = false;
    }

    /// Whether it is going to fire. @return true from trigger() until it fires or is stopped
    using LoopTimer::running;
    /// Whether it has fired since the last trigger(), stop() or clear(). @return true if it has
    bool fired() const noexcept { return fired_; }
    /// Forgets that it has fired.
    void clear() noexcept { fired_ = false; }

    /// The task that it started when it last fired, if the callback returns a coroutine.
    /// @return its handle, to cancel it or to see whether it is done; empty if there was none
    TaskHandle task() const noexcept { return task_; }

    class WaitAwaiter {
    public:
        explicit WaitAwaiter(Delay& delay) noexcept : delay_{delay} {}
        WaitAwaiter(WaitAwaiter&&) noexcept = default;
        bool await_ready() const noexcept { return delay_.fired_; }
        void await_suspend(Frame self) const noexcept { delay_.waiters_.suspend(self, "Delay::wait"); }
        void await_resume() const noexcept {}

    private:
        Delay& delay_;
    };

    /// Waits until it fires; continues at once if it has fired. Stops and triggers in between do not end the wait.
    /// @par Errors
    /// Error::destroyed if the Delay is destroyed meanwhile.
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    //                trigger                    the time is up
    //     [ idle ] ---------> [ running ] ----------------------> [ fired ]
    //        ^                 |  ^   ^ trigger: from the start     |   |
    //        +----- stop ------+  +------------ trigger ------------+   |
    //        +----------------------- clear, stop ----------------------+
    static void expire(LoopCallback& timer) noexcept;
    void start(std::int64_t us) noexcept;

    WaitQueue waiters_;
    void (*call_)(Delay&) = nullptr;
    alignas(void*) std::byte callback_[3 * sizeof(void*)];
    TaskHandle task_;
    std::int64_t default_us_;
    bool fired_ = false;
};

UASYNC_WAITS_FOR(Delay::WaitAwaiter, "Delay::wait");

}  // namespace uasync
