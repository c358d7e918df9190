// Tasks given to gather, wait and groups in a way that cannot be meant.

#include <array>
#include <tuple>
#include <vector>

#include <uasync/task/gather.hpp>
#include <uasync/task/select.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/task/wait.hpp>
#include <uasync/time/sleep.hpp>

using namespace uasync;

Coro<int> seven() {
    co_await yield();
    co_return 7;
}

Coro<> right(TaskGroup& group, Task<int> one, Task<> other) {
    auto named = seven();
    auto [a, b] = co_await gather(std::move(named), sleep_ms(1));
    (void)a;
    (void)b;
    co_await wait(std::array<TaskHandle, 2>{one, other});
    auto body = []() -> Coro<> { co_await yield(); };
    auto result = co_await group(body());
    (void)result;
}

#if CASE == 1
// first error: say std::move, as in create_task(std::move(coroutine))
Coro<> gather_of_a_named_coroutine() {
    auto named = seven();
    auto [value] = co_await gather(named);
}
#elif CASE == 2
// first error: tasks keep what they run: say std::move, as in gather(std::move(coroutines))
Coro<> gather_of_named_coroutines(std::vector<Coro<int>> coroutines) { auto values = co_await gather(coroutines); }
#elif CASE == 3
// first error: this is a function, not yet a coroutine: call it, as in create_task(f())
Coro<> gather_of_a_function() { auto [value] = co_await gather(seven); }
#elif CASE == 4
// first error: this is a function, not yet a coroutine: call it, as in create_task(f())
Coro<> group_of_a_lambda(TaskGroup& group) {
    auto body = []() -> Coro<> { co_await yield(); };
    auto result = co_await group(body);
}
#elif CASE == 5
// first error: this is a function, not yet a coroutine: call it, as in create_task(f())
Coro<> a_groups_task_of_a_lambda(TaskGroup& group) {
    group.create_task([]() -> Coro<> { co_await yield(); });
    co_return;
}
#elif CASE == 6
// first error: wait takes an array or a vector of tasks; if their results differ, std::array<TaskHandle, 2>{a, b}
Coro<> wait_for_separate_tasks(Task<int> one, Task<> other) { co_await wait(one, other); }
#elif CASE == 7
// first error: wait takes an array or a vector of tasks; if their results differ, std::array<TaskHandle, 2>{a, b}
Coro<> wait_for_a_tuple(Task<int> one, Task<> other) { co_await wait(std::tuple{one, other}, first_completed); }
#elif CASE == 8
// first error: wait takes an array or a vector of tasks; if their results differ, std::array<TaskHandle, 2>{a, b}
Coro<> wait_for_coroutines(std::vector<Coro<int>> coroutines) { co_await wait(coroutines); }
#elif CASE == 9
// first error: say std::move, as in create_task(std::move(coroutine))
Coro<> select_of_a_named_coroutine() {
    auto named = seven();
    auto first = co_await select(named, sleep_ms(1));
}
#elif CASE == 10
// error: 'gather
Coro<> gather_of_numbers() { co_await gather(1, 2); }
#endif
