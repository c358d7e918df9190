#pragma once

#include <string_view>

#include <uasync/kernel/loop.hpp>

#if UASYNC_EXCEPTIONS
#include <exception>
#endif

namespace uasync {

/// An error that nobody has looked at: what an ExceptionHandler gets. Its pointers are valid during the call only.
struct ErrorReport {
    std::string_view task;  ///< the task's name; "?" in a build without names
    Error error;            ///< why it ended
#if UASYNC_EXCEPTIONS
    std::exception_ptr exception;  ///< what it threw; null unless `error` is Error::exception
#endif
};

/// A function that gets each unhandled error. The loop calls it between two steps; it may create tasks and set
/// events, and must not throw.
using ExceptionHandler = void (*)(const ErrorReport&);

/// Sets the function that is called when a task ends with an error while no other task awaits it.
///
/// Without one, the report goes to the console: `uasync: task 'blink': no memory, bytes: 72`, on a host with the
/// text of an exception. A cancellation is not an error and is not reported; nor is an exception that leaves run().
///
/// @par Use it for
/// Logging or resetting when a task has failed.
/// @par Instead use
/// Await the task, or ask for its `error()` or `result()`: the error is then handled and not reported.
/// @par Cost
/// A pointer.
/// @par From an interrupt
/// Not allowed. The handler is never called in an interrupt.
/// @par Fairness
/// An error is reported once, after all tasks that were ready have had their turn, because one of them may be about
/// to await the failed task.
/// @par Source
/// asyncio's `loop.set_exception_handler`
/// @param new_handler the handler of this thread (host) or program (board); null: the default
/// @return the previous handler; null for the default
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> waits(Event& event) { co_await event.wait(); }
///
/// Coro<> async_main() {
///     set_exception_handler([](const ErrorReport& report) { print("{} ended: {}\n", report.task, report.error); });
///     {
///         Event event;
///         create_task(waits(event), "listener");
///         co_await yield();
///     }  // the event is gone, and somebody waited for it
///     co_await sleep_ms(1);
///
///     set_exception_handler(nullptr);  // the default
///     {
///         Event event;
///         create_task(waits(event), "logger");
///         co_await yield();
///     }
///     co_await sleep_ms(1);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// listener ended: what it awaited was destroyed
/// uasync: task 'logger': what it awaited was destroyed
/// @endcode
ExceptionHandler set_exception_handler(ExceptionHandler new_handler) noexcept;

namespace detail {

/// The name of a task, for messages; "?" if there is none.
std::string_view task_name(const TaskState& task) noexcept;

/// The name of the running task; inside `run` only.
std::string_view running_name() noexcept;

#if UASYNC_NAMES
/// The name given to create_task, or the signature of the task's coroutine.
const char* full_name(const TaskState& task) noexcept;
/// The name of the function in a signature.
std::string_view function_name(const char* signature) noexcept;
#endif

/// Reports how `task` ended.
void report_task(TaskState& task) noexcept;
/// The same for what never became a task.
void report(std::string_view name, Error error) noexcept;
#if UASYNC_EXCEPTIONS
void report(std::string_view name, std::exception_ptr exception) noexcept;
#endif
/// Prints every task and what it waits for.
void report_deadlock(const TaskLoop& loop) noexcept;

}  // namespace detail
}  // namespace uasync
