// The boundary between uasync and other coroutines.

#include <coroutine>

#include <uasync/uasync.hpp>

using namespace uasync;

/// Another library's coroutine.
template <int>  // so that each case has one of its own
struct Foreign {
    struct promise_type {
        Foreign get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
};

/// Something that looks like an awaitable and is none.
struct NotAwaitable {
    bool await_ready() { return true; }
};

Coro<int> seven() { co_return 7; }
Queue<int, 4> queue;

#if CASE == 1
// error: only a uasync coroutine can await this
Foreign<1> foreign_gets() { co_await queue.get(); }
#elif CASE == 2
// error: only a uasync coroutine can await this
Foreign<2> foreign_awaits_coro() { co_await seven(); }
#elif CASE == 3
// error: only a uasync coroutine can await this
Foreign<3> foreign_sleeps() { co_await sleep_ms(1); }
#elif CASE == 4
// error: only a uasync coroutine can await this
Foreign<4> foreign_joins(Task<int> task) { co_await task; }
#elif CASE == 5
// error: this cannot be awaited: it has no await_ready, await_suspend and await_resume
Coro<> awaits_a_number() { co_await 7; }
#elif CASE == 6
// error: this cannot be awaited: it has no await_ready, await_suspend and await_resume
Coro<> awaits_half_an_awaitable() { co_await NotAwaitable{}; }
#endif
