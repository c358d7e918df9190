// Tasks that have a level. A program that creates none links neither this file nor instrumented_loop.cpp.

#include "levels.hpp"

#include <new>

#include <uasync/kernel/allocate_frame.hpp>
#include <uasync/kernel/priority.hpp>
#include <uasync/kernel/task_watch.hpp>

#include "instrumented_loop.hpp"
#include "run_loop.hpp"

namespace uasync {
namespace detail {
namespace {

/// Whether a task is one of the loop's unfinished ones. The address alone is looked at.
bool is_unfinished(const TaskLoop& loop, const TaskState* task) noexcept {
    for (const TaskState* other = loop.first_task(); other != nullptr; other = other->all_next) {
        if (other == task) return true;
    }
    return false;
}

/// The queue of the lock that a task waits for, or null.
const OwnedWaitQueue* lock_of(const TaskState& task) noexcept {
    if (task.state() == WaitState::acquiring) return static_cast<const OwnedWaitQueue*>(task.list);
    if (task.state() != WaitState::forwarding || lock_of_condition == nullptr) return nullptr;
    return lock_of_condition(*task.hook);
}

/// Whom a level is for: the task that has it, or if that waits for a lock, the lock's holder, and so on. Null if that is a
/// task that has ended or of another loop, or if tasks wait for each other in a ring.
const TaskState* served(const TaskLoop& loop, const TaskState* task) noexcept {
    const TaskState* earlier = task;
    for (unsigned steps = 1, limit = 2; const OwnedWaitQueue *lock = lock_of(*task); ++steps) {
        task = lock->owner();
        if (task == earlier) return nullptr;
        if (!is_unfinished(loop, task)) return nullptr;
        if (steps == limit) {  // a ring that the first task is not in comes back to some later one
            earlier = task;
            limit *= 2;
        }
    }
    return task;
}

}  // namespace

// The highest comes first, so the first record that serves the node says its level.
unsigned Levels::of(TaskLoop& loop, const WaitNode& node) noexcept {
    for (const LevelRecord* record = first(loop); record != nullptr; record = record->next) {
        if (served(loop, record->task) == &node) return static_cast<unsigned>(record->level);
    }
    return 0;
}

WaitNode* Levels::take(TaskLoop& loop) noexcept {
#if !UASYNC_PORT_PICKS  // otherwise the port looks at the levels
    const LevelRecord* const highest = first(loop);
    if (highest != nullptr && !loop.fails_now_ && loop.ready_->next != nullptr) {
        WaitNode** best = &loop.ready_;
        unsigned best_level = 0;
        for (WaitNode** link = &loop.ready_; *link != nullptr && best_level != highest->level; link = &(*link)->next) {
            const unsigned level = of(loop, **link);
            if (level <= best_level) continue;
            best = link;
            best_level = level;
        }
        WaitNode* node = *best;
        *best = node->next;
        if (*best == nullptr) loop.ready_end_ = best;
        return node;
    }
#endif
    return loop.take_ready();
}

WaitNode* take_by_level(TaskLoop& loop) noexcept { return Levels::take(loop); }

void level_ended(TaskLoop& loop, const WaitNode* task) noexcept {
    for (LevelRecord** link = &Levels::first(loop); LevelRecord* record = *link; link = &record->next) {
        if (record->task != task) continue;
        *link = record->next;
        free_frame(record, sizeof *record);
        return;
    }
}

void drop_levels(TaskLoop& loop) noexcept {
    while (LevelRecord* record = Levels::first(loop)) {
        Levels::first(loop) = record->next;
        free_frame(record, sizeof *record);
    }
}

unsigned level_of(const WaitNode& node) noexcept { return Levels::of(WaitLoop::of(node), node); }

TaskState* at_level(TaskState* task, Priority priority) noexcept {
    if (!is_task(task) || priority.level() == 0) return task;
    void* block = allocate_frame(sizeof(LevelRecord));
    if (block == nullptr) {
        WaitLoop::fail_waiting(*task, Error::no_memory);
        return task;
    }
    LevelRecord** link = &Levels::first(WaitLoop::of(*task));
    while (*link != nullptr && (*link)->level >= priority.level()) link = &(*link)->next;
    *link = new (block) LevelRecord{task, *link, priority.level()};
    return task;
}

}  // namespace detail

unsigned current_level(const TaskHandle& task) noexcept {
    return task.done() ? 0 : detail::level_of(*detail::TaskAccess::state(task));
}

}  // namespace uasync
