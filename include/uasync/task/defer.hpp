#pragma once
// defer(work, clean_up): awaits `work` and then, however that ends, `clean_up`: the `finally` that may await.
//
//     co_await defer(drive(motor), [&]() -> Coro<> { co_await motor.ramp_down(); });
//
// The value, cancellation, error or exception (hosts) of `work` passes on when `clean_up`, a function that returns a coroutine, has
// ended. A cancellation that comes during the clean-up cancels its await, as in a Python `finally`; one that must not be disturbed
// awaits `shield`. If it fails itself, its failure is the one that passes on.
// Neighbours: a destructor, for clean-up that need not await; `catch_cancelled`, to decide what to do.
// Cost: a frame of its own beside that of `work` and the clean-up's; if there is no room for the latter, the task ends with
// no_memory. Cancel-safe: the clean-up runs. Not where the loop ends by deadlock, as nothing can be awaited then. Not ISR-safe.

#include <utility>

#include <uasync/kernel/cancel.hpp>

namespace uasync {

namespace detail {

/// What defer catches: whatever it is. Whose cancellation it was stays known, for what is around it.
inline Error catch_deferred(Scope&, TaskState&, Error error) noexcept { return error; }

/// Awaits the clean-up. If the user has cancelled the work, it stays the user's cancellation even when a limit around cuts the clean-up short:
/// what is awaited there may have forgotten it.
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

/// `work` is any awaitable; `clean_up()` gives one.
template <detail::Awaitable A, class CleanUp>
    requires detail::Awaitable<std::invoke_result_t<CleanUp&>>
[[nodiscard("co_await it")]] Coro<detail::AwaitResult<A>> defer(A&& work, CleanUp clean_up) {
    return detail::deferred(detail::as_coro<A>(std::forward<A>(work)), std::move(clean_up));
}
template <class T, class CleanUp>
    requires detail::Awaitable<std::invoke_result_t<CleanUp&>>
[[nodiscard("co_await it")]] Coro<T> defer(Coro<T> work, CleanUp clean_up) {
    return detail::deferred(std::move(work), std::move(clean_up));
}

}  // namespace uasync
