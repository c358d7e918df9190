#pragma once
// Plain functions on the loop: call_soon, call_later, call_at, call_soon_threadsafe, as the methods of asyncio's loops.
//
//     Loop& loop = running_loop();
//     loop.call_soon([] { print("after all that are ready now\n"); });
//     auto handle = loop.call_later(500ms, [&led] { led.toggle(); });
//     handle.cancel();
//
// Each is a task whose coroutine calls the function, so it keeps its place among the tasks, is named in reports, and its handle
// cancels it; inside of the function `current_task()` is empty all the same, as in asyncio. A function returns nothing and does not
// await: for that, `create_task`. From the loop's own context only, except:
//
//     Callback tick{[](void* led) { static_cast<Pin*>(led)->toggle(); }, &led};    // static, or as long as the loop runs
//     extern "C" void timer_handler() { loop->call_soon_threadsafe(tick); }        // ISR-safe, thread-safe
//
// Neighbours: ThreadSafeFlag and RingQueue to wake a task, which is mostly what one wants from an interrupt. On hosts any function
// may be passed (`loop.call_soon_threadsafe([] {...})`): it is kept on the heap; what the loop has not called when it ends or is closed
// is dropped.
// Cost: call_soon and the like, a task; call_soon_threadsafe with a Callback, 52 bytes in it on a board and 128 on a host, no allocation,
// O(1), masks interrupts for about 40 cycles; on hosts it is lock free, so signal handlers may call it as well.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <utility>

#include <uasync/kernel/mailbox.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

/// A function that interrupts and threads may have the loop call. Pending at most once: further calls until it runs are one.
#if UASYNC_THREADS
class Callback : PostedCallback {
public:
    /// `called` is called with `argument` between the steps of tasks; it must not throw.
    explicit Callback(void (*called)(void*), void* argument = nullptr) noexcept;
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

private:
    friend class WaitLoop;

    /// Not null while it is to be called. Kept in `prev`, which a posted node has no other use for and which lies beside `next`: so a post and a
    /// call touch one cache line, which goes from thread to thread.
    std::atomic_ref<WaitNode*> pending() noexcept { return std::atomic_ref<WaitNode*>{prev}; }

    void (*function_)(void*);
    void* argument_;
    /// Keeps the next in an array apart: that one's line is written by another thread.
    [[maybe_unused]] std::byte apart_[128 - sizeof(PostedCallback) - 2 * sizeof(void*)];
};
#else
class Callback : TaskState {
public:
    /// `called` is called with `argument` between the steps of tasks; it must not throw.
    explicit Callback(void (*called)(void*), void* argument = nullptr) noexcept;
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

private:
    friend class WaitLoop;

    static void call(detail::ForgedFrame* frame) noexcept;

    /// So the loop resumes this as it resumes a task.
    struct Step : detail::ForgedFrame {
        Callback* self;
    };

    Step step_;
    void (*function_)(void*);
    void* argument_;
};
#endif

namespace detail {

/// Has `loop` be the current one for a while, for what is called on a loop that may be at rest.
class CurrentLoop {
public:
    explicit CurrentLoop(TaskLoop& loop, [[maybe_unused]] const char* instead = "call_soon_threadsafe") noexcept
        : earlier_{std::exchange(this_loop(), &loop)} {
#if UASYNC_THREADS
        loop.require_this_thread(nullptr, instead);
#endif
    }
    CurrentLoop(const CurrentLoop&) = delete;
    CurrentLoop& operator=(const CurrentLoop&) = delete;
    ~CurrentLoop() { this_loop() = earlier_; }

private:
    TaskLoop* earlier_;
};

/// Calls it as what it is to the program: a function of the loop's, with no current task.
template <class F>
void call_as_no_task(F& function) {
    struct NoTask {
        NoTask() noexcept : loop{current_loop()}, task{loop.leave_task()} {}
        NoTask(const NoTask&) = delete;
        NoTask& operator=(const NoTask&) = delete;
        ~NoTask() { loop.enter_task(task); }
        TaskLoop& loop;
        TaskState* task;
    } no_task;
    function();
}

template <class F>
Coro<> call(F function) {
    call_as_no_task(function);
    co_return;
}
template <class TimePoint, class F>
Coro<> call_at(TimePoint time, F function) {
    co_await sleep_until(time);
    call_as_no_task(function);
}

}  // namespace detail

/// Calls `function` after all that are ready now. Returns a handle, whose `cancel` prevents it.
template <std::invocable F>
TaskHandle Loop::call_soon(F function) noexcept(std::is_nothrow_move_constructible_v<F>) {
    const detail::CurrentLoop current{*this};
    return create_task(detail::call(std::move(function)), "call_soon");
}

/// The same at a time of the loop's Clock, or soon if that has passed.
template <detail::TimeOfClock TimePoint, std::invocable F>
TaskHandle Loop::call_at(TimePoint time, F function) noexcept(std::is_nothrow_move_constructible_v<F>) {
    const detail::CurrentLoop current{*this};
    return create_task(detail::call_at(time, std::move(function)), "call_at");
}

/// The same after a delay, which counts from now.
template <class Rep, class Period, std::invocable F>
TaskHandle Loop::call_later(std::chrono::duration<Rep, Period> delay,
                            F function) noexcept(std::is_nothrow_move_constructible_v<F>) {
    return call_at(Clock::time_point{Clock::duration{detail::time_in(detail::to_us(delay))}}, std::move(function));
}

}  // namespace uasync
