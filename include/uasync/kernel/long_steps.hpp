#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <uasync/kernel/instrument_loops.hpp>
#include <uasync/kernel/port.hpp>

namespace uasync {

/// A step that takes too long: what a LongStepHandler gets. Its pointers are valid during the call only.
struct LongStep {
    std::string_view task;          ///< the task's name; "?" in a build without names, "call_soon_threadsafe" for what that calls
    std::chrono::microseconds ran;  ///< how long the step has run, or if it has ended, how long it ran
    const void* address;            ///< the next instruction of the step that is running; null: the step has ended
};

/// A function that gets each long step. It may be called in an interrupt or a signal handler, in the middle of the step:
/// then `address` is not null, and it may only do what an interrupt may. It must not throw.
using LongStepHandler = void (*)(const LongStep&);

/// Writes a line about a long step, which is what happens without a handler:
/// `uasync: task 'hog' has run for 10 ms without an await, at 0x1000241a`, and once the step has ended
/// `uasync: task 'hog' ran for 12 ms without an await`.
/// @par From an interrupt
/// Allowed.
/// @param step what a LongStepHandler gets
void print_long_step(const LongStep& step) noexcept;

namespace detail {
void watch_steps(Time limit, LongStepHandler handler) noexcept;
}  // namespace detail

/// Reports each step, from one await to the next, that takes longer than a limit. While it lasts, no other task runs.
///
/// A step is told when it ends. Where the port has a timer to spare, it is told before, too, as soon as it has run for
/// the limit, with the address in the code at which it is: so a step that never ends is found. `addr2line -e FIRMWARE.elf
/// ADDRESS` gives the line.
///
/// The rp2040 port takes SysTick for that. So does the pico-sdk port, unless FreeRTOS or the program has it, and the cortex-m port
/// if UASYNC_CORTEX_M_SYSTICK_HERTZ says how fast it counts. The Linux port takes a timer of the thread and the signal SIGRTMIN,
/// which can end a blocking system call of the step with EINTR. In the simulation, where steps take no time, only steps that move the
/// clock are told, when they end.
///
/// @par Use it for
/// Finding the task that keeps the others from running; a handler of your own can log it, or reset the board.
/// @par Instead use
/// `./uasync run --tasks` and `./uasync ps` of a firmware in the emulator, which show the longest step of every task
/// without any change.
/// @par Cost
/// Reads the clock twice in each step. The timer rests while the loop sleeps, so no sleep is ended. A program that does
/// not call this function pays nothing: what watches the steps is not linked.
/// @par From an interrupt
/// Not allowed.
/// @par Errors
/// None: a limit of zero or less switches it off. It is one for the program, or on hosts one for each thread: call it in the thread whose
/// loop it is for.
/// @par Source
/// asyncio's `loop.slow_callback_duration`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     report_long_steps(10ms);
///     co_await sleep_ms(1);
///     print("no step was long\n");
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// no step was long
/// @endcode
/// @tparam Rep the duration's number
/// @tparam Period the duration's unit
/// @param limit how long a step may take; zero or less: switches it off
/// @param handler what is called with each long step; null: print_long_step()
template <class Rep, class Period>
void report_long_steps(std::chrono::duration<Rep, Period> limit, LongStepHandler handler = nullptr) noexcept {
    detail::instrument_loops<Rep>();
    constexpr std::chrono::duration<Rep, Period> none{0};
    const auto us = std::chrono::ceil<std::chrono::microseconds>(limit).count();
    detail::watch_steps(limit <= none ? 0 : static_cast<Time>(us), handler);
}

}  // namespace uasync
