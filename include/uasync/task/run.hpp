#pragma once

#include <uasync/kernel/task.hpp>

namespace uasync {

namespace detail {
/// How a run ended: the main task, with one handle that the caller owns, or null if it could not start; and why
/// there is no value.
struct Run {
    TaskState* task;
    Error error;
};
Run run_main(void* frame) noexcept;
}  // namespace detail

/// Runs a loop on this core or thread until a coroutine has ended.
///
/// When the coroutine has ended, the tasks that are left are cancelled in the order of their creation and run until
/// they have ended too. Then everything is freed, and run() may be called again. It blocks the caller.
///
/// @par Use it for
/// The one call in `main` that starts everything.
/// @par Instead use
/// `co_await` or create_task() inside a loop, where run() is an error. EventLoop for a loop that keeps its tasks
/// between runs.
/// @par Cost
/// A Loop on the caller's stack.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// On Linux, SIGINT cancels the coroutine, and run() returns Error::cancelled.
/// @par Fairness
/// Ready tasks run first in, first out; one that becomes ready runs after those that are. The loop looks at the
/// timers between any two steps.
/// @par Errors
/// Error::cancelled, Error::no_memory, Error::nested_run inside a running loop (nothing is run), Error::deadlock in
/// the simulation. All but a cancellation are also reported, so that a program which ignores the result hides
/// nothing. On a host, an exception that leaves the coroutine leaves run() and is not reported.
/// @par Source
/// `asyncio.run`
/// @tparam T the coroutine's result type
/// @param coroutine the main coroutine
/// @return its value, or why there is none
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> background() {
///     auto result = co_await catch_cancelled(sleep(1h));
///     print("background: {}\n", result.error());
///     co_await sleep_ms(5);  // clean-up may await
///     print("background ends at {} ms\n", ticks_ms());
/// }
///
/// Coro<int> async_main() {
///     create_task(background());
///     co_await sleep_ms(10);
///     co_return 42;
/// }
///
/// int main() {
///     Result<int> result = run(async_main());
///     print("main gave {}\n", result.value_or(-1));
/// }
/// @endcode
/// @code{.unparsed}
/// background: cancelled
/// background ends at 15 ms
/// main gave 42
/// @endcode
template <class T>
Result<T> run(Coro<T> coroutine) {
    const detail::Run ended = detail::run_main(coroutine.release());
    const Task<T> task{ended.task};
    if (ended.error != Error::none && ended.error != Error::exception) return std::unexpected{ended.error};
    if constexpr (std::is_void_v<T>) {
        detail::task_value<T>(*ended.task);
        return {};
    } else {
        return std::move(detail::task_value<T>(*ended.task));
    }
}

}  // namespace uasync
