#include <uasync/report.hpp>

#include <algorithm>
#include <string_view>

#include <uasync/kernel/coro.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/owned_wait_queue.hpp>
#include <uasync/print.hpp>

namespace uasync {
namespace {

constinit UASYNC_THREAD_LOCAL ExceptionHandler installed_handler = nullptr;

/// Why a task failed, for the default handler. A board has only the reasons that can occur there.
const char* cause(Error error) noexcept {
    if (error == Error::no_memory) return "no memory, bytes: ";
    if (error == Error::destroyed) return to_string(Error::destroyed);
    if (error == Error::nested_run) return to_string(Error::nested_run);
#if !UASYNC_BOARD
    if (error != Error::misuse) return to_string(error);
    return "misuse: a coroutine awaited twice, after a move, or without a co_return at its end; or a task that awaits itself";
#else
    return "awaited twice, moved, or itself";
#endif
}

#if UASYNC_EXCEPTIONS
void print_what(const std::exception_ptr& exception) noexcept {
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& e) {
        detail::print_c_string(": ");
        detail::print_c_string(e.what());
    } catch (...) {
        detail::print_c_string(" of an unknown type");
    }
}
#endif

/// Does not use print(): the default handler is in every firmware, so its size counts.
void print_report(const ErrorReport& report) noexcept {
    [[maybe_unused]] const detail::ConsoleSection section;
    detail::print_c_string("uasync: task '");
    detail::print_text(report.task.data(), report.task.size());
    detail::print_c_string("': ");
    detail::print_c_string(cause(report.error));
    if (report.error == Error::no_memory) {
        detail::print_unsigned(frame_pool_failed());
#if UASYNC_FRAME_POOLS
        if (const std::uint32_t capacity = detail::capacity_of_failed_pool(); capacity != 0) {
            detail::print_c_string(" of a frame pool of ");
            detail::print_unsigned(capacity);
        }
#endif
    }
#if UASYNC_EXCEPTIONS
    if (report.exception) print_what(report.exception);
#endif
    detail::print_c_string("\n");
}

void tell(const ErrorReport& report) noexcept { (installed_handler != nullptr ? installed_handler : print_report)(report); }

}  // namespace

ExceptionHandler set_exception_handler(ExceptionHandler new_handler) noexcept {
    ExceptionHandler earlier = installed_handler;
    installed_handler = new_handler;
    return earlier;
}

namespace detail {

#if UASYNC_NAMES
/// `blink` from "uasync::Coro<void> app::(anonymous namespace)::blink(uasync::Pin)": from the last colon or space to the
/// parenthesis of the parameters, which follows a name. By hand, because a board has no memchr.

std::string_view function_name(const char* signature) noexcept {
    const char* end = signature;
    while (*end != '\0' && (*end != '(' || end == signature || end[-1] == ' ' || end[-1] == ':')) ++end;
    const char* begin = end;
    for (int depth = 0; begin != signature; --begin) {
        const char c = begin[-1];
        if (c == '>') ++depth;
        if (c == '<') --depth;
        if ((c == ' ' || c == ':') && depth == 0) break;
    }
    return {begin, static_cast<std::size_t>(end - begin)};
}
#endif

#if UASYNC_NAMES
const char* full_name(const TaskState& task) noexcept { return task.name != nullptr ? task.name : task.function; }
#endif

std::string_view running_name() noexcept {
#if UASYNC_NAMES
    if (this_loop()->in_step()) return task_name(this_loop()->current());
#endif
    return "?";
}

std::string_view task_name([[maybe_unused]] const TaskState& task) noexcept {
#if UASYNC_NAMES
    return task.name != nullptr ? task.name : function_name(task.function);
#else
    return "?";
#endif
}

UASYNC_SHARED void report(std::string_view name, Error error) noexcept {
    ErrorReport report;
    report.task = name;
    report.error = error;
    tell(report);
}

#if UASYNC_EXCEPTIONS
void report(std::string_view name, std::exception_ptr exception) noexcept {
    ErrorReport report;
    report.task = name;
    report.error = Error::exception;
    report.exception = std::move(exception);
    tell(report);
}
#endif

void report_task(TaskState& task) noexcept {
#if UASYNC_EXCEPTIONS
    if (task.error() == Error::exception) {
        report(task_name(task), PromiseBase::of(task.leaf).exception());
        return;
    }
#endif
    report(task_name(task), task.error());
}

#if UASYNC_NAMES
/// Who holds the lock that a task waits for.
static void print_holder(const TaskLoop& loop, const TaskState& task) noexcept {
    if (task.state() != WaitState::acquiring) return;
    const TaskState* holder = static_cast<const OwnedWaitQueue*>(task.list)->owner();
    const TaskState* known = loop.first_task();
    while (known != nullptr && known != holder) known = known->all_next;
    if (known == nullptr) {
        print(", held by a task that has ended or is of another loop");
    } else {
        print(", held by '{}'", task_name(*known));
    }
}
#endif

void report_deadlock(const TaskLoop& loop) noexcept {
    print("uasync: deadlock: nothing is ready and no deadline is set\n");
    for (const TaskState* task = loop.first_task(); task != nullptr; task = task->all_next) {
#if UASYNC_NAMES
        print("  task '{}' waits in {}", task_name(*task), task->waits_for);
        print_holder(loop, *task);
        print(" (created at {}:{})\n", task->created.file_name(), task->created.line());
#else
        print("  task '{}'\n", task_name(*task));
#endif
    }
}

}  // namespace detail
}  // namespace uasync
