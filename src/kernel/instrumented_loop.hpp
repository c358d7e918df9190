#pragma once
// What the loop of instrumented_loop.cpp looks at, beside running tasks. The sources that define these functions are linked only
// where they are used, so a function of one that is not is null.

#include "levels.hpp"

namespace uasync::detail {

// levels.cpp
[[gnu::weak]] WaitNode* take_by_level(TaskLoop& loop) noexcept;
[[gnu::weak]] void level_ended(TaskLoop& loop, const WaitNode* task) noexcept;
[[gnu::weak]] void drop_levels(TaskLoop& loop) noexcept;

}  // namespace uasync::detail
