#pragma once
// Delay: something that happens a while after the last trigger, as a retriggerable monostable or a watchdog does;
// micropython-async's Delay_ms.
//
//     Delay light_off{30s, [&] { led.off(); }};     // or without a callback, or with one that returns a coroutine: that becomes a task
//     ... light_off.trigger();                      // at each motion; the 30 s begin anew
//     ... light_off.trigger(5min);                  // once for longer
//     ... co_await light_off.wait();                // until it fires
//
//                trigger                    the time is up
//     [ idle ] ---------> [ running ] ----------------------> [ fired ]
//        ^                 |  ^   ^ trigger: from the start     |   |
//        +----- stop ------+  +------------ trigger ------------+   |
//        +----------------------- clear, stop ----------------------+
//
// `wait` goes straight on in [fired]; in the others it waits, through stops and triggers, for the next time that it fires. The
// callback runs in the loop, between two steps: it must be short, must not throw and must not destroy the Delay; it may trigger it
// again. A callback may capture up to three words (references, pointers), which have to outlive the Delay.
// Neighbours: `wait_for` for a limit on one await; Ticker for a period; `sleep_ms` in a task of its own.
// Cost: 72 bytes (on a 32-bit board); trigger and stop O(log n); no allocation but for a coroutine's task. In tasks and callbacks
// of one loop only, not ISR-safe: from an interrupt, set a ThreadSafeFlag. Cancel-safe: waiting takes nothing. Destroying it stops
// it, ends its waiters with Error::destroyed and lets a task that it has started run on. It may outlive the loop only when it is
// not running.

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

class Delay : LoopTimer {
public:
    /// `duration` is that of a `trigger()` without one: a second, as Delay_ms's.
    Delay() noexcept : Delay{std::chrono::seconds{1}} {}
    template <class Rep, class Period>
    explicit Delay(std::chrono::duration<Rep, Period> duration) noexcept
        : LoopTimer{expire}, default_us_{detail::to_us(duration)} {}

    /// Calls `callback` when it fires, or starts the coroutine that it returns as a task.
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

    /// Starts it, or starts it anew. Zero or less: it fires as soon as the running task waits; in a callback, in the loop's next pass, so
    /// that tasks run in between. Too long to reckon with: it does not fire.
    void trigger() noexcept { start(default_us_); }
    template <class Rep, class Period>
    void trigger(std::chrono::duration<Rep, Period> duration) noexcept {
        start(detail::to_us(duration));
    }

    /// It will not fire, and has not fired. Tasks that wait for it go on waiting.
    void stop() noexcept {
        LoopTimer::stop();
        fired_ = false;
    }

    /// Whether it will fire.
    using LoopTimer::running;
    /// Whether it has fired since the last trigger, stop or clear.
    bool fired() const noexcept { return fired_; }
    /// Forgets that it has fired.
    void clear() noexcept { fired_ = false; }

    /// The task that it started when it last fired, if the callback returns a coroutine: to be cancelled, or asked whether it is
    /// done.
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

    /// Waits until it fires; goes straight on if it has. Any number of tasks, first in, first out.
    [[nodiscard("co_await it")]] WaitAwaiter wait() noexcept { return WaitAwaiter{*this}; }

private:
    static void expire(LoopCallback& timer) noexcept;
    void start(std::int64_t us) noexcept;

    WaitQueue waiters_;
    void (*call_)(Delay&) = nullptr;
    alignas(void*) std::byte callback_[3 * sizeof(void*)];
    TaskHandle task_;
    std::int64_t default_us_;
    bool fired_ = false;
};

}  // namespace uasync
