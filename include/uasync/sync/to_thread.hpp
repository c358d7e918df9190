#pragma once
// to_thread(function): runs a function that blocks in a thread of its own and awaits its value, as asyncio.to_thread. Hosts with
// threads only.
//
//     std::string text = co_await to_thread([] { return read_file("settings.json"); });
//
// An exception of the function is thrown by the await. If the waiter is cancelled the function runs on, and its value is dropped;
// what it refers to must live as long. Neighbour: `call_soon_threadsafe` and ThreadSafeFlag, for a thread that lives on by itself.
// Cost: starts a thread and allocates. If no thread can be started the await throws std::system_error, as std::thread does.
// Cancel-safe: as said.

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

/// What the thread and the waiter share; whoever is last frees it.
template <class T>
struct ThreadResult {
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr exception;
    ThreadSafeFlag done;
};

}  // namespace detail

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
