// The loop of a program that uses levels. What it defines takes the place of the weak functions of loop.cpp
// wherever this file is linked: where something refers to Levels::first().

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
    [[gnu::always_inline]] static WaitNode* next(TaskLoop& loop) noexcept {
        return detail::take_by_level != nullptr ? detail::take_by_level(loop) : loop.take_ready();
    }
    [[gnu::always_inline]] static void ended(TaskLoop& loop, const WaitNode* node) noexcept {
        if (!loop.in_step() && detail::level_ended != nullptr) detail::level_ended(loop, node);
    }
};

void TaskLoop::run_tasks() noexcept { run_tasks_with<InstrumentedTurns>(); }
void TaskLoop::run_once() noexcept { run_once_with<InstrumentedTurns>(); }
/// The loop ends, or an EventLoop is closed: its tasks have ended.
void TaskLoop::stop_timers() noexcept {
    stop_all_timers();
    if (detail::drop_levels != nullptr) detail::drop_levels(*this);
}

}  // namespace uasync

#if !UASYNC_LOOPS
// Nothing refers to it, so the linker script keeps it.
extern "C" {
[[gnu::used]] constinit extern const uasync::detail::LevelsDescriptor uasync_levels{.first = &uasync::detail::of_the_loop};
}
#endif
