#pragma once
// LoopTimer: calls a function in the loop at a point in time. For authors of awaitables.

#include <uasync/kernel/loop.hpp>

namespace uasync {

/// Calls its function once, at a deadline, in the loop, between the steps of tasks. For authors of awaitables; programs use `sleep`,
/// `wait_for`, `Delay` or `call_later`.
///
/// Intrusive: whoever owns it derives from it or holds it, and must stop it (its destructor does not) before it goes. Setting and
/// stopping allocate nothing; O(1) on a host, O(log n) on a board. Not to be used from an interrupt. The function must be short and
/// must not throw; it may start the timer again. In each pass the loop calls the functions of those that were due when the pass began;
/// so a timer that is started in such a function for a time that has passed is called in the next one, and tasks run in between.
class LoopTimer : public LoopCallback {
public:
    /// `function` is called with this timer.
    explicit LoopTimer(void (*function)(LoopCallback&) noexcept) noexcept : LoopCallback{function} {}

    /// Whether its time is still to come.
    bool running() const noexcept { return cancel_requested != 0; }

    /// Sets it, on the running loop; it must not be running. A deadline that has passed fires before the next step of a task.
    void start(Time deadline) noexcept;

    /// It will not fire; nothing happens if it is not running.
    void stop() noexcept;
};

}  // namespace uasync
