#pragma once
// What the loop of instrumented_loop.cpp looks at, beside running tasks. The sources that define these functions are linked only
// where they are used, so a function of one that is not is null.

#include <uasync/kernel/instrument_loops.hpp>

#include "levels.hpp"

namespace uasync::detail {

// levels.cpp
[[gnu::weak]] WaitNode* take_by_level(TaskLoop& loop) noexcept;
[[gnu::weak]] void level_ended(TaskLoop& loop, const WaitNode* task) noexcept;
[[gnu::weak]] void drop_levels(TaskLoop& loop) noexcept;

// long_steps.cpp
[[gnu::weak]] void step_begins(const WaitNode* node) noexcept;
[[gnu::weak]] void step_ends() noexcept;
[[gnu::weak]] void steps_rest() noexcept;

#if UASYNC_WHOLE_RUNTIME
/// The loop of instrumented_loop.cpp.
struct InstrumentedLoop {
    void (*run_tasks)(TaskLoop& loop) noexcept;
    void (*run_once)(TaskLoop& loop) noexcept;
    void (*run_in_interrupt)(TaskLoop& loop) noexcept;
    void (*stop_timers)(TaskLoop& loop) noexcept;
};
/// Null if the program does not use it.
extern const InstrumentedLoop* instrumented_loop;
#endif

}  // namespace uasync::detail
