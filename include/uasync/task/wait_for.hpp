#pragma once

#include <chrono>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

namespace detail {

/// The timer of a wait_for: it cancels the waiting task on behalf of one scope.
struct TimeoutTimer : LoopTimer {
    explicit TimeoutTimer(Scope& guarded) noexcept : LoopTimer{expire}, scope{guarded} {}
    static void expire(LoopCallback& timer) noexcept;
    Scope& scope;
    TaskState* task = nullptr;
};

/// The limit of a scope has expired while its task is suspended: cancels the task on behalf of that scope. Of
/// nested limits that expire, the outermost counts, so limits inside it are ignored from then on. Those of a
/// clean-up that begins later are not.
void strike(Scope& limited, TaskState& task) noexcept;

/// Whether a limit around this suspended coroutine has expired.
bool expired_around(std::coroutine_handle<> frame) noexcept;

/// What wait_for catches: everything but a cancellation from outside. One by its own timer becomes Error::timeout.
Error catch_timeout(Scope& scope, TaskState& task, Error error) noexcept;

template <class T>
class WaitForAwaiter : public ScopeAwaiter<T> {
public:
    WaitForAwaiter(Coro<T> coroutine, std::int64_t us) noexcept : ScopeAwaiter<T>{std::move(coroutine), catch_timeout}, us_{us} {}
    WaitForAwaiter(WaitForAwaiter&& unstarted) noexcept : ScopeAwaiter<T>{std::move(unstarted)}, us_{unstarted.us_} {}
    WaitForAwaiter& operator=(WaitForAwaiter&&) = delete;
    ~WaitForAwaiter() { timer_.stop(); }

    bool await_suspend(Frame waiter) noexcept {
        TaskLoop& loop = detail::current_loop();
        loop.current().cancel_requested = 0;
        const Time deadline = deadline_in(us_);
        if (!ScopeAwaiter<T>::await_suspend(waiter)) return false;
        timer_.task = &loop.current();
        timer_.start(deadline);
        return true;
    }
    Result<T> await_resume() {
        timer_.stop();
        return ScopeAwaiter<T>::await_resume();
    }

protected:
    void give_up() noexcept { this->error = Error::timeout; }

private:
    std::int64_t us_;
    TimeoutTimer timer_{*this};
};

template <class T>
class WaitForCoroAwaiter : public WaitForAwaiter<T> {
public:
    WaitForCoroAwaiter(Coro<T> coroutine, std::int64_t us) noexcept : WaitForAwaiter<T>{std::move(coroutine), us}, late_{us <= 0} {}
    bool await_ready() noexcept {
        if (late_ && this->error == Error::none) this->give_up();
        return late_ || WaitForAwaiter<T>::await_ready();
    }

private:
    bool late_;
};

}  // namespace detail

/// Awaits a coroutine, a task or another awaitable for a limited time.
///
/// When the time is up, the innermost await is cancelled and the frames are destroyed, innermost first; wait_for()
/// ends after that. If the coroutine catches the cancellation and ends with a value after all, that value is the
/// result.
///
/// @par Use it for
/// A limit on one await: a message, a lock, a whole coroutine.
/// @par Instead use
/// Timeout for a limit that can be moved, select() for the first of several, shield() around a task that should
/// continue after the limit.
/// @par Cost
/// A timer in the caller's frame, O(log n). A coroutine runs in the calling task. Another awaitable is wrapped in a
/// coroutine, which needs a frame.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The cancellation passes through after the coroutine has ended. At a timeout or a cancellation, nothing that the
/// inner await had taken is lost.
/// @par Fairness
/// A sleep exactly as long as the limit is a timeout. A limit of zero or less does not start a coroutine; another
/// awaitable gives its value if it is ready. A limit too long to represent, such as
/// `std::chrono::hours::max()`, never expires.
/// @par Errors
/// Error::timeout, and any other error that ends the coroutine, such as Error::no_memory. On a host, exceptions
/// pass through.
/// @par Source
/// `asyncio.wait_for`
/// @tparam T the coroutine's result type
/// @tparam Rep the limit's number type
/// @tparam Period the limit's unit
/// @param coroutine what to await; it starts when wait_for() is awaited
/// @param timeout the limit; rounded up to microseconds
/// @return an awaitable; `co_await` gives `Result<T>`: the value, or the error
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> measure(int ms) {
///     co_await sleep_ms(ms);
///     co_return ms;
/// }
///
/// Coro<> async_main() {
///     Queue<int, 4> queue;
///     auto in_time = co_await wait_for(measure(5), 10ms);
///     print("{} at {} ms\n", in_time.value_or(-1), ticks_ms());
///     auto late = co_await wait_for(measure(50), 10ms);
///     print("{} at {} ms\n", late.error(), ticks_ms());
///     auto message = co_await wait_for_ms(queue.get(), 100);
///     print("{} at {} ms\n", message.error(), ticks_ms());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 5 at 5 ms
/// timeout at 15 ms
/// timeout at 115 ms
/// @endcode
template <class T, class Rep, class Period>
[[nodiscard("co_await it")]] detail::WaitForCoroAwaiter<T> wait_for(Coro<T> coroutine,
                                                                    std::chrono::duration<Rep, Period> timeout) noexcept {
    return {std::move(coroutine), detail::to_us(timeout)};
}

/// Awaits a task or another awaitable, such as `queue.get()`, for a limited time.
///
/// A task is cancelled at the timeout, as in asyncio; to leave it running, await `shield(task)`. Otherwise it is as
/// for a coroutine.
///
/// @par Cost
/// A frame for the coroutine that wraps the awaitable, and a timer in the caller's frame, O(log n).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The cancellation passes through; nothing that the inner await had taken is lost.
/// @par Errors
/// Error::timeout, and any other error that ends the await, such as Error::no_memory or Error::destroyed. On a
/// host, exceptions pass through.
/// @tparam A the awaitable's type
/// @tparam Rep the limit's number type
/// @tparam Period the limit's unit
/// @param awaitable what to await; an object passed by reference must live as long as the wait
/// @param timeout the limit, rounded up to microseconds; with zero or less, the value counts if it is ready at once
/// @return an awaitable; `co_await` gives `Result` of the awaitable's result: the value, or the error
template <detail::Awaitable A, class Rep, class Period>
[[nodiscard("co_await it")]] auto wait_for(A&& awaitable, std::chrono::duration<Rep, Period> timeout) {
    return detail::WaitForAwaiter<detail::AwaitResult<A>>{detail::as_coro<A>(std::forward<A>(awaitable)), detail::to_us(timeout)};
}

/// @cond
template <detail::Awaitable A, detail::Number N>
auto wait_for(A&&, N) {
    static_assert(detail::has_unit<N>, "the limit needs a unit: wait_for(x, 2s), or wait_for_ms(x, 2000)");
}

/// @endcond

/// wait_for() with the limit in milliseconds, as in MicroPython.
/// @tparam A the awaitable's type
/// @tparam N any integer type
/// @param awaitable a coroutine, a task or another awaitable
/// @param ms the limit, in milliseconds
/// @return an awaitable; `co_await` gives `Result` of the awaitable's result: the value, or Error::timeout or
///   another error
template <detail::Awaitable A, std::integral N>
[[nodiscard("co_await it")]] auto wait_for_ms(A&& awaitable, N ms) {
    return wait_for(std::forward<A>(awaitable), std::chrono::duration<N, std::milli>{ms});
}

}  // namespace uasync
