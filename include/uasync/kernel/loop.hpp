#pragma once

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
/// The implementation of a program's loop.
TaskLoop& internals(Loop& loop) noexcept;
}  // namespace detail

/// The loop that runs the calling task or function. Outside of run(), it is the thread's EventLoop.
///
/// @par Errors
/// If there is no loop, the program stops with a message. `get_event_loop()` returns null instead.
/// @par Source
/// `asyncio.get_running_loop`
/// @return the loop
Loop& running_loop() noexcept;

/// The loop that runs a program's tasks: run() makes one, an EventLoop is one that the program keeps.
///
/// Besides the functions below it has these, from its implementation:
///
/// - `bool call_soon_threadsafe(Callback& callback)` makes the loop call a function soon. Interrupts and other threads may call
///   it. It allocates nothing, and returns false if the callback was pending already.
/// - `void call_soon_threadsafe(std::function<void()> function)` does so with any function (hosts). It is kept on the heap until
///   the loop has called it.
/// - `bool is_running()` is true while the loop is running tasks.
///
/// @par Use it for
/// Calling plain functions in the loop: soon, later, at a point in time, or from an interrupt or another thread.
/// @par Instead use
/// create_task() for what awaits.
/// @par From an interrupt
/// Only call_soon_threadsafe().
/// @par Source
/// asyncio's event loop
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     Loop& loop = running_loop();
///     loop.call_soon([] { print("soon\n"); });
///     loop.call_later(20ms, [] { print("{} ms: later\n", ticks_ms()); });
///     print("now\n");
///     co_await sleep_ms(30);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// now
/// soon
/// 20 ms: later
/// @endcode
class Loop : protected TaskLoop {
public:
    template <std::invocable F>
    TaskHandle call_soon(F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    template <class Rep, class Period, std::invocable F>
    TaskHandle call_later(std::chrono::duration<Rep, Period> delay, F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    template <detail::TimeOfClock TimePoint, std::invocable F>
    TaskHandle call_at(TimePoint time, F function) noexcept(std::is_nothrow_move_constructible_v<F>);
    // Doxygen does not show what is brought in like this, so the class's documentation lists it.
    using TaskLoop::call_soon_threadsafe;
    using TaskLoop::is_running;

private:
    friend TaskLoop& detail::internals(Loop& loop) noexcept;
    friend Loop* get_event_loop() noexcept;
    friend Loop& running_loop() noexcept;
};

inline TaskLoop& detail::internals(Loop& loop) noexcept { return loop; }
inline Loop& running_loop() noexcept { return static_cast<Loop&>(detail::required_loop()); }

}  // namespace uasync
