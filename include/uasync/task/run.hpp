#pragma once
// run(coroutine): runs a loop on this core or thread until the coroutine has ended, as asyncio.run.
//
//     int main() { run(async_main()); }
//
// When it has ended, the tasks that are left are cancelled in the order of their creation and run until they have ended too, so
// that their clean-up happens. Then everything is freed, and `run` may be called again.
//
// Returns the coroutine's value, or why there is none: Error::cancelled (SIGINT on Linux), no_memory, deadlock (simulation),
// nested_run (a `run` inside a running loop; nothing is run). On hosts, an exception that left the coroutine leaves `run` too, and is
// not reported. Errors other than cancellation are also reported (report.hpp), so that `int main() { run(async_main()); }` hides nothing.
// Blocks the caller. Not ISR-safe.

#include <uasync/kernel/task.hpp>

namespace uasync {

namespace detail {
/// How a run ended: the main task, with one handle that is the caller's, or null if it could not start; and why it has no value.
struct Run {
    TaskState* task;
    Error error;
};
Run run_main(void* frame) noexcept;
}  // namespace detail

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
