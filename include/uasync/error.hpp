#pragma once
// What can go wrong, as values. `Result<T>` is what a call returns that can fail; `Error` says why.

#include <cstdint>
#include <expected>

namespace uasync {

/// Why an operation, a coroutine or a task ended without its value. Fits in four bits of a task's state.
enum class Error : std::uint8_t {
    none = 0,         ///< No error; never inside a Result.
    cancelled = 1,    ///< `Task::cancel()` reached it.
    timeout = 2,      ///< `wait_for` ran out of time.
    no_memory = 3,    ///< The frame pool had no room for a coroutine's frame or a task.
    destroyed = 4,    ///< What it waited on was destroyed.
    misuse = 5,       ///< A coroutine awaited twice or after a move; a task that awaits itself.
    unavailable = 6,  ///< A `_nowait` call that would have had to wait: queue full, queue empty, task not done.
    exception = 7,    ///< A C++ exception left the coroutine (hosts only).
    deadlock = 8,     ///< Nothing could ever run again (the simulation tells).
    nested_run = 9,   ///< `run` inside a running loop.
    shut_down = 10,   ///< The queue, channel or pipe was shut down or closed: nothing more goes in, or comes out.
    broken = 11,      ///< The Barrier was reset or aborted while the task waited, or had been aborted before.
};

/// A value or the reason why there is none. `std::expected`, so `if (r)`, `*r`, `r.value_or(x)`, `r.error()` work.
template <class T = void>
using Result = std::expected<T, Error>;

/// A few words for a message; never null. Constant, ISR-safe.
constexpr const char* to_string(Error error) noexcept {
    switch (error) {
        case Error::none: return "no error";
        case Error::cancelled: return "cancelled";
        case Error::timeout: return "timeout";
        case Error::no_memory: return "no memory";
        case Error::destroyed: return "what it awaited was destroyed";
        case Error::misuse: return "misuse";
        case Error::unavailable: return "would have to wait";
        case Error::exception: return "exception";
        case Error::deadlock: return "deadlock";
        case Error::nested_run: return "run inside run";
        case Error::shut_down: return "shut down";
        case Error::broken: return "broken barrier";
    }
    return "unknown error";
}

}  // namespace uasync
