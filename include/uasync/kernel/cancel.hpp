#pragma once

#include <utility>

#include <uasync/kernel/as_coro.hpp>
#include <uasync/kernel/task.hpp>

namespace uasync {

namespace detail {

/// catch_cancelled() catches every error.
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

/// Awaits something and gives a cancellation, or another error that ended it, back as a value.
///
/// Without it, a cancellation destroys all of the task's frames. After it the task is no longer cancelled and continues,
/// and may be cancelled again.
///
/// @par Use it for
/// What Python does with `except CancelledError`: clean-up that awaits, going on, or passing the cancellation on.
/// @par Instead use
/// A destructor for clean-up that does not await, defer() for clean-up that always runs, shield() to keep a cancellation
/// from a task, wait_for() for a time limit.
/// @par Cost
/// Nothing beyond the coroutine's own frame. Another awaitable is wrapped in a coroutine, which needs a frame.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The frames inside are destroyed, innermost first, before it ends. Of nested catches the innermost gets the
/// cancellation.
/// @par Errors
/// Error::cancelled, Error::no_memory, Error::destroyed, Error::misuse, or another error that ended the awaited thing. On
/// a host, exceptions pass through.
/// @par Source
/// Python's `try: ... except asyncio.CancelledError:`
/// @tparam A the awaitable's type
/// @param awaitable a task or another awaitable, such as `queue.get()`; one passed by reference must outlive the await
/// @return an awaitable; `co_await` gives `Result` of the awaitable's result: the value, or the error. A value that
///   cannot be copied is moved out of a task or a future.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// struct Motor {
///     ~Motor() { print("motor off\n"); }
/// };
///
/// Coro<> drive() {
///     Motor motor;
///     co_await sleep(1h);
/// }
///
/// Coro<> work() {
///     auto result = co_await catch_cancelled(drive());
///     print("drive: {}\n", result.error());
///     co_await sleep_ms(5);
///     print("cleaned up at {} ms\n", ticks_ms());
///     co_await pass_cancelled();  // without it the task would go on
///     print("never\n");
/// }
///
/// Coro<> async_main() {
///     auto task = create_task(work());
///     co_await sleep_ms(10);
///     task.cancel();
///     auto result = co_await catch_cancelled(task);
///     print("work: {}\n", result.error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// motor off
/// drive: cancelled
/// cleaned up at 15 ms
/// work: cancelled
/// @endcode
template <detail::Awaitable A>
[[nodiscard("co_await it")]] auto catch_cancelled(A&& awaitable) {
    return detail::ScopeAwaiter<detail::AwaitResult<A>>{detail::as_coro<A>(std::forward<A>(awaitable)), detail::catch_all};
}

/// Awaits a coroutine and gives a cancellation, or another error that ended it, back as a value.
/// @tparam T the coroutine's result type
/// @param coroutine runs in the calling task when this is awaited
/// @return an awaitable; `co_await` gives `Result<T>`: the value, or the error
template <class T>
[[nodiscard("co_await it")]] detail::ScopeAwaiter<T> catch_cancelled(Coro<T> coroutine) noexcept {
    return {std::move(coroutine), detail::catch_all};
}

/// Ends the calling coroutine as cancelled, after catch_cancelled() has caught a cancellation that it does not keep.
/// @par Source
/// Python's `raise` in `except CancelledError`
/// @return an awaitable; `co_await` does not return
[[nodiscard("co_await it")]] inline detail::FailAwaiter pass_cancelled() noexcept { return detail::FailAwaiter{Error::cancelled}; }

}  // namespace uasync
