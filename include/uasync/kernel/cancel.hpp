#pragma once
// Cancellation as a value: `co_await catch_cancelled(x)` awaits `x` and returns a Result: its value, or the Error that ended it.
//
//     auto r = co_await catch_cancelled(serve());     // Coro<T>, Task<T>, or any awaitable
//     if (!r && r.error() == Error::cancelled) {
//         co_await say_goodbye();                     // clean-up may await
//         co_await pass_cancelled();                  // as `raise` in Python; without it the task simply goes on
//     }
//
// Without it, a cancellation destroys the task's frames, innermost first: destructors are the `finally`. `catch_cancelled` also
// gives back the other errors that end a coroutine without a value: no_memory, destroyed, misuse. Exceptions (hosts) pass through.
// Cost: for a Coro no allocation beyond its own frame; other awaitables are wrapped in one. Not ISR-safe.

#include <utility>

#include <uasync/kernel/as_coro.hpp>
#include <uasync/kernel/task.hpp>

namespace uasync {

namespace detail {

/// What catch_cancelled catches: whatever it is.
inline Error catch_all(Scope&, TaskState& task, Error error) noexcept {
    task.cancel_requested = 0;
    return error;
}

/// Awaits a coroutine in a Scope of its own.
template <class T>
class ScopeAwaiter : protected Scope {
public:
    ScopeAwaiter(Coro<T> coroutine, decltype(Scope::caught) what_is_caught) noexcept
        : Scope{nullptr, coroutine.release(), what_is_caught} {
        if (!is_frame(child)) {
            error = frame_error(child);
            child = nullptr;
        }
    }
    ScopeAwaiter(ScopeAwaiter&& unstarted) noexcept : Scope{unstarted} { unstarted.child = nullptr; }
    ScopeAwaiter& operator=(ScopeAwaiter&&) = delete;
    ~ScopeAwaiter() {
        if (child != nullptr) handle().destroy();
    }

    bool await_ready() const noexcept { return child == nullptr; }
    bool await_suspend(Frame waiter) noexcept {
        parent = waiter;
        if (handle().promise().start(handle(), *this)) return true;
        if constexpr (!std::is_void_v<T>) {
            if (!handle().promise().has_result()) [[unlikely]]
                error = Error::misuse;
        }
        return false;
    }
    Result<T> await_resume() {
        if (error != Error::none) return std::unexpected{error};
        if constexpr (std::is_void_v<T>) {
            handle().promise().value();
            return {};
        } else {
            return std::move(handle().promise().value());
        }
    }

private:
    std::coroutine_handle<Promise<T>> handle() const noexcept { return std::coroutine_handle<Promise<T>>::from_address(child); }
};

/// Unwinds the running task with an error.
struct FailAwaiter {
    explicit FailAwaiter(Error why) noexcept : error{why} {}
    FailAwaiter(FailAwaiter&&) noexcept = default;
    bool await_ready() const noexcept { return false; }
    void await_suspend(Frame self) const noexcept { detail::current_loop().fail(self, error); }
    void await_resume() const noexcept {}
    Error error;
};

}  // namespace detail

/// Awaits `awaitable`; its value, or Error::cancelled, no_memory, destroyed or misuse if it ended without one.
template <detail::Awaitable A>
[[nodiscard("co_await it")]] auto catch_cancelled(A&& awaitable) {
    return detail::ScopeAwaiter<detail::AwaitResult<A>>{detail::as_coro<A>(std::forward<A>(awaitable)), detail::catch_all};
}
template <class T>
[[nodiscard("co_await it")]] detail::ScopeAwaiter<T> catch_cancelled(Coro<T> coroutine) noexcept {
    return {std::move(coroutine), detail::catch_all};
}

/// Ends the coroutine as cancelled; does not return. What follows a caught cancellation that is not to be swallowed.
[[nodiscard("co_await it")]] inline detail::FailAwaiter pass_cancelled() noexcept { return detail::FailAwaiter{Error::cancelled}; }

}  // namespace uasync
