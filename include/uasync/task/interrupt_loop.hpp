#pragma once

#include <uasync/kernel/loops_port.hpp>
#include <uasync/kernel/loop.hpp>
#include <uasync/task/run_coroutine_threadsafe.hpp>

#if UASYNC_LOOPS && defined(UASYNC_PORT_CONTEXT)

namespace uasync {

/// A loop that an interrupt runs: its tasks interrupt those of the main loop, also in the middle of a step.
///
/// It takes a spare interrupt line; in a project of the Pico SDK, one of its user interrupts. Whatever wakes one of its tasks (a timer, a flag, an edge of a pin) raises that line, and the
/// interrupt runs the tasks that are ready, each for one step, until none is. Several such loops with different priorities
/// interrupt each other. Between the loops use what interrupts may use: ThreadSafeFlag, ThreadSafeQueue, RingQueue, and the handles
/// that create_task() returns.
///
/// @par Use it for
/// Short urgent work with a deadline, which must not wait for a long step of another task.
/// @par Instead use
/// A priority of create_task() where steps are short; Core1 for long computations.
/// @par Cost
/// The program has to be built with UASYNC_LOOPS=1. The tasks use the stack of what they interrupt. A task that never awaits
/// stops everything below its priority.
/// @par From an interrupt
/// Not allowed, except for call_soon_threadsafe().
/// @par Errors
/// If no line is spare, or the priority is too large, the program stops with a message.
/// @par Example
/// @code{.cpp}
/// // Pico
/// #include <uasync/board.hpp>
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// ThreadSafeFlag alarm;
///
/// Coro<> watch() {
///     while (true) {
///         co_await alarm.wait();
///         print("urgent\n");
///     }
/// }
///
/// Coro<> async_main() {
///     InterruptLoop urgent;
///     auto watching = urgent.create_task(watch());
///     print("before\n");
///     alarm.set();  // runs the task at once, in the middle of this step
///     print("after\n");
///     co_return;
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// before
/// urgent
/// after
/// @endcode
class InterruptLoop : public Loop {
public:
    /// Takes a line of this core.
    /// @param priority of the interrupt, from 0 (the highest, which pins have) to 3
    explicit InterruptLoop(unsigned priority = 1) noexcept;
    InterruptLoop(const InterruptLoop&) = delete;
    InterruptLoop& operator=(const InterruptLoop&) = delete;
    /// Destroys its tasks, and gives the line back.
    ~InterruptLoop();

    /// Creates a task of this loop.
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @return a handle of the task: await it for the result, or cancel it
    template <class T>
    RemoteTask<T> create_task(Coro<T> coroutine, const char* name = nullptr) noexcept {
        return run_coroutine_threadsafe(std::move(coroutine), *this, name);
    }
};

}  // namespace uasync

#endif
