#pragma once
// What happens to errors that nobody looks at: a task that ends with an error (out of memory, a primitive destroyed under it,
// misuse, on hosts an exception) while no task awaits it is reported to the exception handler, one pass of the loop later, with its
// name.
//
//     set_exception_handler([](const ErrorReport& report) { print("{} failed: {}\n", report.task, to_string(report.error)); });
//
// Without a handler the report goes to the console: `uasync: task 'blink': no memory, bytes: 72`.

#include <string_view>

#include <uasync/kernel/loop.hpp>

#if UASYNC_EXCEPTIONS
#include <exception>
#endif

namespace uasync {

/// What a handler is told. The pointers are valid during the call.
struct ErrorReport {
    std::string_view task;  ///< the task's name; "?" where the build records none
    Error error;
#if UASYNC_EXCEPTIONS
    std::exception_ptr exception;  ///< where `error` is Error::exception
#endif
};

/// Called in the loop, between steps. It may create tasks, set events and so on, and must not throw.
using ExceptionHandler = void (*)(const ErrorReport&);

/// Replaces the handler of this thread (host) or program (board); null brings the default back. Returns the earlier one.
ExceptionHandler set_exception_handler(ExceptionHandler new_handler) noexcept;

namespace detail {

/// The name of a task, for messages; "?" where there is none.
std::string_view task_name(const TaskState& task) noexcept;

/// The name of the task whose step it is; inside `run` only.
std::string_view running_name() noexcept;

#if UASYNC_NAMES
/// The name given to create_task, or the signature of the task's coroutine.
const char* full_name(const TaskState& task) noexcept;
/// The name in a function's signature.
std::string_view function_name(const char* signature) noexcept;
#endif

/// Tells the handler how `task` ended.
void report_task(TaskState& task) noexcept;
/// The same for what never became a task.
void report(std::string_view name, Error error) noexcept;
#if UASYNC_EXCEPTIONS
void report(std::string_view name, std::exception_ptr exception) noexcept;
#endif
/// Lists every task and what it waits for on the console.
void report_deadlock(const TaskLoop& loop) noexcept;

}  // namespace detail
}  // namespace uasync
