// Levels that there are not.

#include <uasync/kernel/priority.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/time/sleep.hpp>

using namespace uasync;

Coro<> works() { co_await yield(); }

void right(TaskGroup& group, int level) {
    create_task(works(), Priority{0});
    create_task(works(), Priority{7}, "urgent");
    create_task(sleep_ms(1), Priority{3});
    group.create_task(works(), Priority{3});
    if (auto priority = Priority::from(level)) create_task(works(), *priority);
}

#if CASE == 1
// error: a_priority_is_a_level_from_0_to_7
void too_high() { create_task(works(), Priority{8}); }
#elif CASE == 2
// error: a_priority_is_a_level_from_0_to_7
void negative(TaskGroup& group) { group.create_task(works(), Priority{-1}); }
#elif CASE == 3
// gcc: is not a constant expression
// clang: not a constant expression
void computed(int level) { create_task(works(), Priority{level}); }
#elif CASE == 4
// error: this is a task already
void of_a_task(Task<> task) { create_task(task, Priority{1}); }
#endif
