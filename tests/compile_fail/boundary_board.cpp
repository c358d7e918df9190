// The boundary between uasync and other coroutines, on a board.

#include <coroutine>

#include <uasync/uasync.hpp>

using namespace uasync;

/// Another library's awaitable.
struct ForeignAwaitable {
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<>) {}
    void await_resume() {}
};

#if CASE == 1
// error: on a board only uasync's awaitables can be awaited
Coro<> awaits_a_foreign_awaitable() { co_await ForeignAwaitable{}; }
#elif CASE == 2
// error: only a uasync coroutine can await this
struct Foreign {
    struct promise_type {
        Foreign get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
};
Foreign foreign_sleeps() { co_await sleep_ms(1); }
#endif
