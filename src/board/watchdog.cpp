#include <uasync/board/watchdog.hpp>

#include <uasync/time/sleep.hpp>

namespace uasync {

ResetCause reset_cause() noexcept { return port::watchdog_has_reset() ? ResetCause::watchdog : ResetCause::power_on; }

Watchdog::Watchdog(std::chrono::microseconds timeout) noexcept
    : timeout_us_{static_cast<std::uint32_t>(std::clamp<std::int64_t>(timeout.count(), 1, port::watchdog_max_us))} {
    port::watchdog_start(timeout_us_);
}

void Watchdog::start() noexcept {
    if (started()) return;
    task_ = create_task(feeds(timeout_us_), "Watchdog");
    if (task_.done()) task_ = TaskHandle{};  // there is no memory, which is reported now and not at the end
}

/// It keeps nothing of the object, which may be gone when the task has its turn.
Coro<> Watchdog::feeds(std::uint32_t timeout_us) {
    while (true) {
        port::watchdog_feed(timeout_us);
        co_await detail::SleepAwaiter{timeout_us / 2};
    }
}

}  // namespace uasync
