#pragma once
// Coroutines for what runs and combines tasks: they take a while, and end in one way or another.

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync::test {

inline Coro<int> value_after(int ms, int value) {
    co_await sleep_ms(ms);
    co_return value;
}

inline Coro<int> cancelled_after(int ms) {
    co_await sleep_ms(ms);
    co_await pass_cancelled();
    co_return 0;
}

}  // namespace uasync::test
