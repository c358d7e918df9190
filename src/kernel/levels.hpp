#pragma once
// The tasks of a loop that have a level.

#include <uasync/kernel/owned_wait_queue.hpp>

namespace uasync::detail {

/// A task that has a level. It comes from the frame pool and is there as long as the task is unfinished.
struct LevelRecord {
    TaskState* task;
    LevelRecord* next;     ///< of the same level or a lower one
    std::uintptr_t level;  ///< 1 to 7; a word, so that no byte of it is undefined
};

/// What a loop knows of levels. Nothing is stored about what tasks inherit: if a task that has a level waits for a lock, the
/// lock's holder is looked up each time. So there is nothing to give back, however the wait ends.
struct Levels {
    /// The loop's tasks that have a level, the highest first.
    static LevelRecord*& first(TaskLoop& loop) noexcept;
    /// Takes the next node to run out of the ready queue, which is not empty.
    static WaitNode* take(TaskLoop& loop) noexcept;
    /// The level of a node of the loop, with what it inherits. Callbacks have 0.
    static unsigned of(TaskLoop& loop, const WaitNode& node) noexcept;
};

}  // namespace uasync::detail
