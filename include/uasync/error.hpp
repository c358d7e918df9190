#pragma once

#include <cstdint>
#include <expected>

namespace uasync {

/// Why an operation, a coroutine or a task ended without a value.
///
/// @par Use it for
/// The error of a Result: `if (!r) print("{}\n", r.error());` prints its words.
enum class Error : std::uint8_t {
    none = 0,                 ///< No error; never inside a Result.
    cancelled = 1,            ///< It was cancelled: `TaskHandle::cancel()`, a group, SIGINT on Linux.
    timeout = 2,              ///< A time limit expired: wait_for(), Timeout.
    no_memory = 3,            ///< The frame pool has no room for a coroutine's frame or a task.
    destroyed = 4,            ///< What it was waiting for was destroyed.
    misuse = 5,               ///< A mistake in the program: a coroutine awaited twice or after a move, a task that awaits itself.
    unavailable = 6,          ///< A call that may not wait would have to: queue full, queue empty, task not done.
    exception = 7,            ///< A C++ exception left the coroutine. Hosts only.
    deadlock = 8,             ///< No task can ever run again. Only the simulation detects this.
    nested_run = 9,           ///< run() was called inside a running loop.
    shut_down = 10,           ///< The queue, channel or pipe was shut down or closed.
    broken = 11,              ///< The Barrier was reset or aborted while the task waited, or had been aborted before.
    no_acknowledgement = 12,  ///< No device answered at the address, or the device refused a byte: I2c.
    bus_stuck = 13,           ///< A device holds the bus and does not let go: I2c.
    no_channel = 14,          ///< All DMA channels are in use, or the one that was asked for: Dma, Spi.
    bus_error = 15,           ///< There is no memory at an address, or it cannot be written to: Dma, Spi.
};

/// A value, or the Error that says why there is none: a `std::expected`.
///
/// `if (r)` asks whether there is a value, `*r` is the value, `r.value_or(x)` the value or `x`, `r.error()` the
/// error.
/// @tparam T the value's type
template <class T = void>
using Result = std::expected<T, Error>;

/// A few words about an error, for a message.
/// @par From an interrupt
/// Allowed.
/// @param error any error
/// @return a constant text, never null
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
        case Error::no_acknowledgement: return "no acknowledgement";
        case Error::bus_stuck: return "bus stuck";
        case Error::no_channel: return "no free DMA channel";
        case Error::bus_error: return "bus error";
    }
    return "unknown error";
}

}  // namespace uasync
