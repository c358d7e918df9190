#pragma once
// What the loop of instrumented_loop.cpp looks at, beside running tasks. The sources that define these functions are linked only
// where they are used, so a function of one that is not is null.

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

/// Does nothing, but whoever calls it has instrumented_loop.cpp linked.
void link_instrumented_loop() noexcept;

}  // namespace uasync::detail
