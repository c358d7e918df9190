#pragma once

#include <uasync/kernel/instrument_loops.hpp>
#include <uasync/kernel/task.hpp>

namespace uasync {

namespace detail {
/// What the compiler names where a constant level is wrong.
void a_priority_is_a_level_from_0_to_7();
}  // namespace detail

/// How urgent a task is among those of its loop: a level from 0, which tasks have if nothing is said, up to 7.
///
/// Of the tasks that are ready, one of the highest level runs first; within a level, first in, first out. A step is not
/// interrupted: an urgent task waits until the step that runs is over. Levels are a matter of order, not of time.
///
/// A task inherits nothing from its creator: the children of gather() and the tasks of a TaskGroup have level 0 too, unless
/// they are created with another. But while a task waits for a Lock, the task that holds the lock has at least its level,
/// and so has who holds a lock that that one waits for. That ends as the lock is released, the wait is cancelled, or either
/// task ends.
///
/// @par Use it for
/// The one or two tasks whose answer must not wait for a turn of all others.
/// @par Instead use
/// `co_await yield()` in long computations, which shortens the wait of all tasks; an interrupt, where even one step of
/// another task is too long; no level at all, as long as first in, first out is good enough: it cannot starve anybody.
/// @par Cost
/// A task with a level takes 16 bytes of the frame pool more (32-bit board). While there is one, a turn of the loop is
/// O(ready tasks * tasks with a level), and, where one of these waits for a lock, O(tasks). A program without levels
/// pays nothing: what knows them is not linked.
/// @par From an interrupt
/// Not allowed. A task that an interrupt wakes runs by its level.
/// @par Fairness
/// Starvation is possible: as long as tasks of a level are ready, none of a lower level runs. `./uasync ps` shows the level,
/// and since when a task has been ready. Functions that the loop calls in turn (a Callback) count as level 0.
/// Primitives serve their waiters first in, first out, whatever their levels.
/// @par Errors
/// A constant level beyond 7 does not compile; from() says so of one that is computed. If the pool has no room, the
/// task ends with Error::no_memory on its first turn.
/// @par Source
/// FreeRTOS's task priorities and mutexes; asyncio has none.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> says(const char* text) {
///     for (int i = 0; i < 2; ++i) {
///         print("{}\n", text);
///         co_await yield();
///     }
/// }
///
/// Coro<> async_main() {
///     auto usual = create_task(says("usual"));
///     auto urgent = create_task(says("urgent"), Priority{3});
///     co_await usual;
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// urgent
/// urgent
/// usual
/// usual
/// @endcode
class Priority {
public:
    /// The highest level.
    static constexpr unsigned highest = 7;

    /// A level that is known when the program is compiled. @param level 0 to 7, otherwise it does not compile
    consteval explicit Priority(int level) noexcept : level_{static_cast<unsigned>(level)} {
        if (level < 0 || level_ > highest) detail::a_priority_is_a_level_from_0_to_7();
    }

    /// A level that is computed.
    /// @param level 0 to 7
    /// @return the priority, or Error::misuse if there is no such level
    static constexpr Result<Priority> from(int level) noexcept {
        if (level < 0 || level > static_cast<int>(highest)) return std::unexpected{Error::misuse};
        Priority priority{0};
        priority.level_ = static_cast<unsigned>(level);
        return priority;
    }

    /// The level. @return 0 to 7
    constexpr unsigned level() const noexcept { return level_; }
    /// Whether two are of the same level. @return true if they are
    constexpr bool operator==(const Priority&) const noexcept = default;

private:
    unsigned level_;
};

namespace detail {

/// Gives a task that has not begun its level; null and no_task() are none. Returns the task.
TaskState* at_level(TaskState* task, Priority priority) noexcept;

}  // namespace detail

/// Starts a task of a level, as create_task().
/// @tparam T the coroutine's result type
/// @param coroutine what the task runs
/// @param priority the task's level
/// @param name the task's name for reports; kept, not copied; null: the coroutine's name
/// @param created where the task is created, for reports; leave it out
/// @return the task's handle
template <class T>
Task<T> create_task(Coro<T>&& coroutine, Priority priority, const char* name = nullptr,
                    detail::Where created = detail::Where::current()) noexcept {
    detail::instrument_loops<T>();
    return Task<T>{detail::at_level(detail::spawn(coroutine.release(), name, created), priority)};
}

/// Starts a task of a level that awaits something other than a coroutine.
/// @tparam A the awaitable's type
/// @param awaitable what the task awaits
/// @param priority the task's level
/// @param name the task's name for reports; kept, not copied; null: the coroutine's name
/// @param created where the task is created, for reports; leave it out
/// @return the task's handle
template <detail::ForTask A>
    requires(!detail::is_coro<A>)
auto create_task(A&& awaitable, Priority priority, const char* name = nullptr, detail::Where created = detail::Where::current()) {
    static_assert(!std::is_base_of_v<TaskHandle, std::remove_cvref_t<A>>, "this is a task already");
    return create_task(detail::coro_for_task(std::forward<A>(awaitable)), priority, name, created);
}

/// The level that a task has now: its own, or one that it has inherited through a Lock. O(tasks).
/// @param task may be empty or done
/// @return 0 to 7
unsigned current_level(const TaskHandle& task) noexcept;

}  // namespace uasync
