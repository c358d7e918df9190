// Coroutines and tasks that are used wrongly.

#include <uasync/kernel/task.hpp>
#include <uasync/time/sleep.hpp>

using namespace uasync;

Coro<int> seven() {
    co_await yield();
    co_return 7;
}

Coro<> right() {
    co_await seven();
    auto task = create_task(seven());
    co_await task;
    co_await sleep_ms(1);
}

#if CASE == 1
// error: a coroutine does nothing until it is awaited: co_await it, or give it to create_task()
Coro<> forgotten_await() {
    seven();
    co_return;
}
#elif CASE == 2
// error: a coroutine does nothing until it is awaited: co_await it, or give it to create_task()
int main() { seven(); }
#elif CASE == 3
// gcc: use of deleted function
// clang: implicitly-deleted copy constructor
Coro<> copied() {
    auto c = seven();
    auto copy = c;
    co_await c;
}
#elif CASE == 4
// first error: say std::move, as in create_task(std::move(coroutine))
Coro<> task_of_a_named_coroutine_without_move() {
    auto c = seven();
    auto task = create_task(c);
    co_return;
}
#elif CASE == 5
// error: this cannot be awaited: it has no await_ready, await_suspend and await_resume
Coro<> awaits_a_number() { co_await 7; }
#elif CASE == 6
// error: this is a function: call it, as in co_await f()
Coro<> awaits_the_function_instead_of_its_call() { co_await seven; }
#elif CASE == 7
// error: this cannot be awaited: it has no await_ready, await_suspend and await_resume
struct Lamp {};
Coro<> awaits_a_lamp(Lamp lamp) { co_await lamp; }
#elif CASE == 8
// error: a coroutine's result must not be aligned beyond two words
struct alignas(64) CacheLine {
    int value;
};
Coro<CacheLine> over_aligned() { co_return CacheLine{}; }
#elif CASE == 9
// error: 'create_task
Coro<> task_of_a_number() {
    auto task = create_task(7);
    co_return;
}
#elif CASE == 10
// first error: this is a function, not yet a coroutine: call it, as in create_task(f())
Coro<> task_of_the_function_instead_of_its_call() {
    auto task = create_task(seven);
    co_return;
}
#elif CASE == 11
// error: return_value
struct Unrelated {};
Coro<int> returns_something_else() { co_return Unrelated{}; }
#elif CASE == 12
// error: return_value
Coro<> returns_a_value_from_a_coroutine_of_none() { co_return 7; }
#elif CASE == 13
// first error: this is a function, not yet a coroutine: call it, as in create_task(f())
Coro<> task_of_a_lambda_instead_of_its_call() {
    auto task = create_task([]() -> Coro<> { co_await seven(); });
    co_return;
}
#elif CASE == 14
// first error: this is a task already
Coro<> task_of_a_task(Task<int> running) {
    auto task = create_task(running);
    co_return;
}
#elif CASE == 15
// first error: say std::move, as in create_task(std::move(coroutine))
Coro<> task_of_a_named_awaitable_that_may_be_gone_before_it() {
    auto sleep = sleep_ms(1);
    auto task = create_task(sleep);
    co_return;
}
#elif CASE == 16
// first error: this is a function, not yet a coroutine: call it, as in create_task(f())
Coro<> task_of_a_function_that_has_parameters() {
    auto task = create_task([](int i) -> Coro<int> { co_return i; });
    co_return;
}
#endif
