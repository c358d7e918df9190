#pragma once
// wait_for(x, timeout): awaits `x` for a limited time, as asyncio.wait_for.
//
//     Result<int> r = co_await wait_for(queue.get(), 100ms);
//     if (!r) print("no message: {}\n", r.error());       // Error::timeout
//
// `x` is a coroutine, a task, or any awaitable. When the time is up its innermost await is cancelled and its frames are destroyed;
// if it catches the cancellation and ends with a value after all, that is the result. Other errors that end it (no_memory,
// destroyed) come back as values too; a cancellation of the waiting task passes through, after `x` has ended. A task that is waited
// for is cancelled at the timeout, as in asyncio; to leave it running, await something else.
// A timeout that is too long to reckon with never strikes; one of zero or less does not start a coroutine; another awaitable gets its value if it is ready at once.
// Cost: a timer in the awaiting frame, O(log n); an awaitable that is no coroutine is wrapped in one. Not ISR-safe.

#include <chrono>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

namespace detail {

/// The timer of a wait_for: cancels the task that waits, on behalf of one scope.
struct TimeoutTimer : LoopTimer {
    explicit TimeoutTimer(Scope& guarded) noexcept : LoopTimer{expire}, scope{guarded} {}
    static void expire(LoopCallback& timer) noexcept;
    Scope& scope;
    TaskState* task = nullptr;
};

/// The limit of a scope strikes, while its task is suspended: the task is cancelled on behalf of it. Scopes within take no notice of
/// a limit of their own any more, as the outermost that strikes counts; those that are entered later, in a clean-up, do.
void strike(Scope& limited, TaskState& task) noexcept;

/// Whether a limit around this suspended coroutine has struck.
bool expired_around(std::coroutine_handle<> frame) noexcept;

/// What wait_for catches: all but a cancellation from outside. One by its own timer it turns into Error::timeout.
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

template <class T, class Rep, class Period>
[[nodiscard("co_await it")]] detail::WaitForCoroAwaiter<T> wait_for(Coro<T> coroutine,
                                                                    std::chrono::duration<Rep, Period> timeout) noexcept {
    return {std::move(coroutine), detail::to_us(timeout)};
}
template <detail::Awaitable A, class Rep, class Period>
[[nodiscard("co_await it")]] auto wait_for(A&& awaitable, std::chrono::duration<Rep, Period> timeout) {
    return detail::WaitForAwaiter<detail::AwaitResult<A>>{detail::as_coro<A>(std::forward<A>(awaitable)), detail::to_us(timeout)};
}

template <detail::Awaitable A, detail::Number N>
auto wait_for(A&&, N) {
    static_assert(detail::has_unit<N>, "the limit needs a unit: wait_for(x, 2s), or wait_for_ms(x, 2000)");
}

/// The same with the timeout in milliseconds, as MicroPython's.
template <detail::Awaitable A, std::integral N>
[[nodiscard("co_await it")]] auto wait_for_ms(A&& awaitable, N ms) {
    return wait_for(std::forward<A>(awaitable), std::chrono::duration<N, std::milli>{ms});
}

}  // namespace uasync
