#pragma once
// Loop: what a program sees of the loop that runs its tasks: `running_loop().call_soon(f)`. `run` makes one; EventLoop is one that the
// program keeps.

#include <chrono>
#include <concepts>
#include <type_traits>

#include <uasync/kernel/task_loop.hpp>

namespace uasync {

struct Clock;
class Loop;
class TaskHandle;
namespace detail {
template <class T>
concept TimeOfClock = std::same_as<typename T::clock, Clock>;
/// What is behind a program's loop.
TaskLoop& internals(Loop& loop) noexcept;
}  // namespace detail

/// The loop that runs the calling task or function. Outside of `run`, the thread's EventLoop. If there is none the program stops with
/// a message; `get_event_loop()` gives null instead.
Loop& running_loop() noexcept;

/// Functions that it calls: <uasync/task/call.hpp> says more.
class Loop : protected TaskLoop {
public:
    template <std::invocable F>
    TaskHandle call_soon(F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    template <class Rep, class Period, std::invocable F>
    TaskHandle call_later(std::chrono::duration<Rep, Period> delay, F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    template <detail::TimeOfClock TimePoint, std::invocable F>
    TaskHandle call_at(TimePoint time, F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    using TaskLoop::call_soon_threadsafe;
    /// Whether it is running tasks now.
    using TaskLoop::is_running;

private:
    friend TaskLoop& detail::internals(Loop& loop) noexcept;
    friend Loop* get_event_loop() noexcept;
    friend Loop& running_loop() noexcept;
};

inline TaskLoop& detail::internals(Loop& loop) noexcept { return loop; }
inline Loop& running_loop() noexcept { return static_cast<Loop&>(detail::required_loop()); }

}  // namespace uasync
