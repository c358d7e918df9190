#pragma once

#include <uasync/config.hpp>

#if UASYNC_THREADS

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

#include <uasync/kernel/coro.hpp>
#include <uasync/sync/thread_safe_flag.hpp>

namespace uasync {

namespace detail {

/// What the thread and the waiting task share; whichever ends last frees it.
template <class T>
struct ThreadResult {
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr exception;
    ThreadSafeFlag done;
};

}  // namespace detail

/// Runs a function that blocks in a thread of its own, and awaits its result. On hosts with threads only.
///
/// @par Use it for
/// Work that has no awaitable form and would stop the loop: a file, a database, a long computation.
/// @par Instead use
/// call_soon_threadsafe(), ThreadSafeFlag, RingQueue or ThreadSafeQueue for a thread that keeps running; an EventLoop in
/// each thread.
/// @par Cost
/// A thread for each call, and heap.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The waiting task ends at once; the function keeps running, and its result is dropped. What it refers to must live as
/// long, so pass what it needs by value. run() does not wait for it when it ends (in asyncio it does).
/// @par Fairness
/// When the function has returned, the waiting task runs after all tasks that are ready.
/// @par Errors
/// The await throws the function's exception, or std::system_error if no thread can be started.
/// @par Source
/// Python's asyncio.to_thread.
///
/// @tparam F type of the function
/// @param function function without parameters; it runs in the new thread
/// @return a coroutine; `co_await` gives the function's result
/// @par Example
/// @code{.cpp}
/// // Linux
/// #include <uasync/uasync.hpp>
///
/// #include <atomic>
/// #include <stdexcept>
/// #include <string>
///
/// using namespace uasync;
///
/// std::atomic<bool> go_on{false};
///
/// std::string read_file() {
///     while (!go_on) std::this_thread::yield();  // it blocks
///     return "settings";
/// }
///
/// Coro<> async_main() {
///     auto reading = create_task(to_thread(read_file));
///     co_await sleep_ms(10);
///     print("the loop goes on\n");
///     go_on = true;
///     print("read: {}\n", co_await reading);
///     try {
///         co_await to_thread([] { throw std::runtime_error{"no such file"}; });
///     } catch (const std::runtime_error& error) {
///         print("{}\n", error.what());
///     }
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// the loop goes on
/// read: settings
/// no such file
/// @endcode
template <std::invocable F>
[[nodiscard("co_await it")]] auto to_thread(F function) -> Coro<std::invoke_result_t<F&>> {
    using T = std::invoke_result_t<F&>;
    auto result = std::make_shared<detail::ThreadResult<T>>();
    std::thread{[result, function = std::move(function)]() mutable {
        try {
            if constexpr (std::is_void_v<T>) {
                function();
            } else {
                result->value.emplace(function());
            }
        } catch (...) {
            result->exception = std::current_exception();
        }
        result->done.set();
    }}.detach();
    co_await result->done.wait();
    if (result->exception) std::rethrow_exception(std::exchange(result->exception, nullptr));  // it is the waiter's alone
    if constexpr (!std::is_void_v<T>) co_return std::move(*result->value);
}

}  // namespace uasync

#endif
