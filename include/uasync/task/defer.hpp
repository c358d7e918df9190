#pragma once

#include <utility>

#include <uasync/kernel/cancel.hpp>

namespace uasync {

namespace detail {

/// What defer catches: whatever ends the work. Whose cancellation it was stays known to what is around it.
inline Error catch_deferred(Scope&, TaskState&, Error error) noexcept { return error; }

/// Awaits the clean-up. If the user has cancelled the work, it stays the user's cancellation even when a limit
/// around it cuts the clean-up short: what is awaited there may have forgotten it.
template <class T>
class CleanUpAwaiter : public ScopeAwaiter<T> {
public:
    CleanUpAwaiter(Coro<T> clean_up, bool cancelled_by_user) noexcept
        : ScopeAwaiter<T>{std::move(clean_up), keep_user}, by_user_{cancelled_by_user} {}
    /// Error::none, or why there is no clean-up.
    Error await_resume() {
        if (this->error == Error::none) (void)ScopeAwaiter<T>::await_resume();  // throws what the clean-up has thrown
        return this->error;
    }

private:
    static Error keep_user(Scope& scope, TaskState& task, Error error) noexcept {
        if (error == Error::cancelled && static_cast<CleanUpAwaiter&>(scope).by_user_) task.cancel_requested = 1;
        return Error::none;
    }
    bool by_user_;
};
template <class A>
CleanUpAwaiter<AwaitResult<A>> run_clean_up(A&& clean_up, bool cancelled_by_user) {
    return {as_coro<A>(std::forward<A>(clean_up)), cancelled_by_user};
}

template <class T, class CleanUp>
Coro<T> deferred(Coro<T> work, CleanUp clean_up) {
#if UASYNC_EXCEPTIONS
    std::exception_ptr exception;
    Result<T> result = std::unexpected{Error::exception};
    try {
        result = co_await ScopeAwaiter<T>{std::move(work), catch_deferred};
    } catch (...) {
        exception = std::current_exception();
    }
#else
    Result<T> result = co_await ScopeAwaiter<T>{std::move(work), catch_deferred};
#endif
    const bool by_user = detail::current_loop().current().cancel_requested;
    Error error = co_await run_clean_up(clean_up(), by_user);
    if (error == Error::none) {
#if UASYNC_EXCEPTIONS
        if (exception) std::rethrow_exception(exception);
#endif
        if (!result.has_value()) {
            if (by_user) detail::current_loop().current().cancel_requested = 1;
            error = result.error();
        }
    }
    if (error != Error::none) co_await FailAwaiter{error};
    if constexpr (!std::is_void_v<T>) co_return std::move(*result);
}

}  // namespace detail

/// Awaits a task or another awaitable and then, however that ends, a clean-up. Otherwise it is as for a coroutine.
/// @tparam A the work's type
/// @tparam CleanUp a callable without parameters that returns an awaitable
/// @param work what to await
/// @param clean_up gives what to await after that
/// @return a coroutine; `co_await` gives the work's value
template <detail::Awaitable A, class CleanUp>
    requires detail::Awaitable<std::invoke_result_t<CleanUp&>>
[[nodiscard("co_await it")]] Coro<detail::AwaitResult<A>> defer(A&& work, CleanUp clean_up) {
    return detail::deferred(detail::as_coro<A>(std::forward<A>(work)), std::move(clean_up));
}

/// Awaits a coroutine and then, however that ends, a clean-up: the `finally` that may await.
///
/// The value, cancellation, error or exception of the work passes on after the clean-up has ended.
///
/// @par Use it for
/// Clean-up that takes time: ramping a motor down, saying goodbye, closing a connection.
/// @par Instead use
/// A destructor for clean-up that need not await; catch_cancelled() to decide what to do; shield() inside the
/// clean-up for what must not be interrupted.
/// @par Cost
/// A frame of its own beside those of the work and the clean-up.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The work is cancelled, the clean-up runs, and the cancellation passes on. A cancellation during the clean-up
/// cancels that, as in a Python `finally`. If it is cancelled before it begins, neither runs.
/// @par Fairness
/// The clean-up follows the work without a turn of the loop in between.
/// @par Errors
/// If the clean-up fails, its failure passes on instead of the work's. If there is no room for the clean-up's
/// frame, the task ends with Error::no_memory. When a loop ends by a deadlock or EventLoop::close(), nothing can be
/// awaited any more, and the clean-up does not run.
/// @par Source
/// Python's `try`/`finally`
/// @tparam T the work's result type
/// @tparam CleanUp a callable without parameters that returns an awaitable, such as `[&]() -> Coro<> {...}`
/// @param work what to await
/// @param clean_up gives what to await after that
/// @return a coroutine; `co_await` gives the work's value
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> drive() {
///     print("{} ms: full speed\n", ticks_ms());
///     co_await sleep(1h);
/// }
/// Coro<> ramp_down() {
///     for (int percent = 60; percent >= 0; percent -= 30) {
///         print("{} ms: {} %\n", ticks_ms(), percent);
///         co_await sleep_ms(10);
///     }
/// }
///
/// Coro<> async_main() {
///     auto driving = create_task(defer(drive(), ramp_down));
///     co_await sleep_ms(100);
///     driving.cancel();
///     auto result = co_await catch_cancelled(driving);
///     print("{} ms: {}\n", ticks_ms(), result.error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: full speed
/// 100 ms: 60 %
/// 110 ms: 30 %
/// 120 ms: 0 %
/// 130 ms: cancelled
/// @endcode
template <class T, class CleanUp>
    requires detail::Awaitable<std::invoke_result_t<CleanUp&>>
[[nodiscard("co_await it")]] Coro<T> defer(Coro<T> work, CleanUp clean_up) {
    return detail::deferred(std::move(work), std::move(clean_up));
}

}  // namespace uasync
