// The loop of a program that uses levels, or that watches for long steps. What it defines takes the place of the weak functions of
// loop.cpp wherever this file is linked, which levels.cpp and long_steps.cpp ask for. With UASYNC_WHOLE_RUNTIME, the file is linked everywhere;
// then loop.cpp calls it only in a program that has called link_instrumented_loop.

#include "instrumented_loop.hpp"

#include <uasync/kernel/descriptor.hpp>

#include "run_loop.hpp"

namespace uasync {
namespace detail {

#if UASYNC_LOOPS
LevelRecord*& Levels::first(TaskLoop& loop) noexcept { return loop.levels_; }
#else
static constinit LevelRecord* of_the_loop = nullptr;
LevelRecord*& Levels::first(TaskLoop&) noexcept { return of_the_loop; }
#endif

}  // namespace detail

struct InstrumentedTurns {
    static constexpr bool is_plain = false;
    [[gnu::always_inline]] static WaitNode* next(TaskLoop& loop) noexcept {
        WaitNode* node = detail::take_by_level != nullptr ? detail::take_by_level(loop) : loop.take_ready();
        if (detail::step_begins != nullptr) detail::step_begins(node);
        return node;
    }
    [[gnu::always_inline]] static void ended(TaskLoop& loop, const WaitNode* node) noexcept {
        if (detail::step_ends != nullptr) detail::step_ends();
        if (!loop.in_step() && detail::level_ended != nullptr) detail::level_ended(loop, node);
    }
    [[gnu::always_inline]] static void rest() noexcept {
        if (detail::steps_rest != nullptr) detail::steps_rest();
    }

    [[gnu::always_inline]] static void run_tasks(TaskLoop& loop) noexcept {
        loop.run_tasks_with<InstrumentedTurns>();
        rest();
    }
    [[gnu::always_inline]] static void run_once(TaskLoop& loop) noexcept {
        loop.run_once_with<InstrumentedTurns>();
        rest();
    }
#ifdef UASYNC_PORT_CORE
    [[gnu::always_inline]] static void run_in_interrupt(TaskLoop& loop) noexcept {
        loop.run_in_interrupt_with<InstrumentedTurns>();
    }
#else
    static void run_in_interrupt(TaskLoop&) noexcept {}
#endif
    /// The loop ends, or an EventLoop is closed: its tasks have ended.
    [[gnu::always_inline]] static void stop_timers(TaskLoop& loop) noexcept {
        loop.stop_all_timers();
        if (detail::drop_levels != nullptr) detail::drop_levels(loop);
    }
};

#if UASYNC_WHOLE_RUNTIME
bool detail::link_instrumented_loop() noexcept {
    static constexpr InstrumentedLoop instrumented{
        [](TaskLoop& loop) noexcept { InstrumentedTurns::run_tasks(loop); },
        [](TaskLoop& loop) noexcept { InstrumentedTurns::run_once(loop); },
        [](TaskLoop& loop) noexcept { InstrumentedTurns::run_in_interrupt(loop); },
        [](TaskLoop& loop) noexcept { InstrumentedTurns::stop_timers(loop); },
    };
    instrumented_loop = &instrumented;
    return true;
}
#else
bool detail::link_instrumented_loop() noexcept { return true; }

void TaskLoop::run_tasks() noexcept { InstrumentedTurns::run_tasks(*this); }
void TaskLoop::run_once() noexcept { InstrumentedTurns::run_once(*this); }
#ifdef UASYNC_PORT_CORE
void TaskLoop::run_in_interrupt(PortLoop& loop) noexcept { InstrumentedTurns::run_in_interrupt(static_cast<TaskLoop&>(loop)); }
#endif
void TaskLoop::stop_timers() noexcept { InstrumentedTurns::stop_timers(*this); }
#endif

}  // namespace uasync

#if !UASYNC_LOOPS
// Nothing refers to it, so the linker script keeps it.
extern "C" {
[[gnu::used]] constinit extern const uasync::detail::LevelsDescriptor uasync_levels{.first = &uasync::detail::of_the_loop};
}
#endif
