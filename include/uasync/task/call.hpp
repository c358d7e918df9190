#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <utility>

#include <uasync/kernel/mailbox.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

#if UASYNC_THREADS
/// A function that an interrupt or another thread can make the loop call, with Loop::call_soon_threadsafe().
///
/// It must live as long as the loop runs. It is pending at most once: calls of call_soon_threadsafe() before it
/// runs count as one.
///
/// @par Instead use
/// ThreadSafeFlag or RingQueue to wake a task, which is what an interrupt mostly needs.
/// @par Cost
/// 52 bytes on a 32-bit board, 128 on a host, and no allocation. A call is O(1) and masks interrupts for about 40
/// cycles. On a host it is lock free, so signal handlers may call it, and call_soon_threadsafe() also takes any other
/// function, which it keeps on the heap. What the loop has not called when it ends is dropped.
/// @par From an interrupt
/// Allowed: call_soon_threadsafe() with a Callback. Construct and destroy it outside.
/// @par Fairness
/// The function is called after the tasks that are ready.
/// @par Source
/// asyncio's `loop.call_soon_threadsafe`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Loop& loop = running_loop();
///     auto never = loop.call_later(30ms, [] { print("never\n"); });
///     loop.call_later(20ms, [] { print("later, at {} ms\n", ticks_ms()); });
///     loop.call_soon([] { print("soon\n"); });
///     print("now\n");
///     co_await sleep_ms(25);
///     never.cancel();
///
///     int presses = 0;
///     Callback pressed{[](void* count) { print("press {}\n", ++*static_cast<int*>(count)); }, &presses};
///     sim::at(40ms, [&] {  // an interrupt
///         loop.call_soon_threadsafe(pressed);
///         print("again: {}\n", loop.call_soon_threadsafe(pressed));  // it is pending
///     });
///     co_await sleep_ms(50);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// now
/// soon
/// later, at 20 ms
/// again: false
/// press 1
/// @endcode
class Callback : PostedCallback {
public:
    /// A function that has not been called.
    /// @param called the loop calls it between two steps of tasks, where there is no current_task(); it must be
    ///   short and must not throw
    /// @param argument what `called` gets
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
/// A function that an interrupt or another thread can make the loop call, with Loop::call_soon_threadsafe().
///
/// It must live as long as the loop runs. It is pending at most once: calls of call_soon_threadsafe() before it
/// runs count as one.
///
/// @par Instead use
/// ThreadSafeFlag or RingQueue to wake a task, which is what an interrupt mostly needs.
/// @par Cost
/// 52 bytes on a 32-bit board and no allocation. A call is O(1) and masks interrupts for about 40 cycles.
/// @par From an interrupt
/// Allowed: call_soon_threadsafe() with a Callback. Construct and destroy it outside.
class Callback : TaskState {
public:
    /// A function that has not been called.
    /// @param called the loop calls it between two steps of tasks, where there is no current_task(); it must be
    ///   short and must not throw
    /// @param argument what `called` gets
    explicit Callback(void (*called)(void*), void* argument = nullptr) noexcept;
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

#if UASYNC_LOOPS

protected:
    /// Sets what is called instead of the function, if the loop is closed while this is pending. @param dropped gets the argument
    void set_dropped(void (*dropped)(void*)) noexcept { dropped_ = dropped; }
#endif

private:
    friend class WaitLoop;

    static void call(detail::ForgedFrame* frame) noexcept;

    /// Lets the loop resume this as it resumes a task.
    struct Step : detail::ForgedFrame {
        Callback* self;
    };

    Step step_;
    void (*function_)(void*);
    void* argument_;
#if UASYNC_LOOPS
    void (*dropped_)(void*) = nullptr;
#endif
};
#endif

namespace detail {

/// Makes `loop` the current one for a while, for calls on a loop that may be at rest.
class CurrentLoop {
public:
    explicit CurrentLoop(TaskLoop& loop, [[maybe_unused]] const char* instead = "call_soon_threadsafe") noexcept
        : earlier_{std::exchange(this_loop(), &loop)} {
        loop.require_this_thread(nullptr, instead);
    }
    CurrentLoop(const CurrentLoop&) = delete;
    CurrentLoop& operator=(const CurrentLoop&) = delete;
    ~CurrentLoop() { this_loop() = earlier_; }

private:
    TaskLoop* earlier_;
};

/// Calls `function` as a function of the loop: there is no current task meanwhile.
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

/// Calls a plain function in the loop, after all tasks that are ready now.
///
/// The function returns nothing and cannot await. In it, current_task() is empty, as in asyncio.
///
/// @par Use it for
/// Code written with callbacks.
/// @par Instead use
/// create_task() for what awaits, Delay for a timer that is put off again and again.
/// @par Cost
/// A task, which is gone when the function has returned.
/// @par From an interrupt
/// Not allowed: use call_soon_threadsafe(). Call it in the loop's own context only, or while the loop is at rest.
/// @par Errors
/// If there is no room for the task, the handle is done with Error::no_memory, which is reported. On a host, an
/// exception is reported as a task's is.
/// @par Source
/// asyncio's `loop.call_soon`
/// @tparam F a callable without parameters
/// @param function what to call
/// @return a handle; `cancel()` prevents the call
template <std::invocable F>
TaskHandle Loop::call_soon(F function) noexcept(std::is_nothrow_move_constructible_v<F>) {
    const detail::CurrentLoop current{*this};
    return create_task(detail::call(std::move(function)), "call_soon");
}

/// Calls a plain function in the loop at a point in time, or soon if that has passed. Otherwise as call_soon().
/// @par Cost
/// A task with a timer, O(log n).
/// @par From an interrupt
/// Not allowed.
/// @par Source
/// asyncio's `loop.call_at`
/// @tparam TimePoint a time point of Clock
/// @tparam F a callable without parameters
/// @param time when to call it
/// @param function what to call
/// @return a handle; `cancel()` prevents the call
template <detail::TimeOfClock TimePoint, std::invocable F>
TaskHandle Loop::call_at(TimePoint time, F function) noexcept(std::is_nothrow_move_constructible_v<F>) {
    const detail::CurrentLoop current{*this};
    return create_task(detail::call_at(time, std::move(function)), "call_at");
}

/// Calls a plain function in the loop after a delay. Otherwise as call_soon().
/// @par Instead use
/// Delay for a timer that is put off again and again.
/// @par Cost
/// A task with a timer, O(log n).
/// @par From an interrupt
/// Not allowed.
/// @par Source
/// asyncio's `loop.call_later`
/// @tparam Rep the delay's number type
/// @tparam Period the delay's unit
/// @tparam F a callable without parameters
/// @param delay how long to wait, counted from this call; zero or less means soon
/// @param function what to call
/// @return a handle; `cancel()` prevents the call
template <class Rep, class Period, std::invocable F>
TaskHandle Loop::call_later(std::chrono::duration<Rep, Period> delay,
                            F function) noexcept(std::is_nothrow_move_constructible_v<F>) {
    return call_at(Clock::time_point{Clock::duration{detail::time_in(detail::to_us(delay))}}, std::move(function));
}

}  // namespace uasync
