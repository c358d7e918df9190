#pragma once

#include <coroutine>
#include <type_traits>

namespace uasync {

namespace detail {
class PromiseBase;
}  // namespace detail

/// A suspended uasync coroutine, as an awaitable's `await_suspend(Frame frame)` gets it. For authors of awaitables.
///
/// Hand it on at once to what will resume the task: a WaitQueue, or the loop. Never keep it: a cancellation destroys the
/// coroutine.
///
/// The type is the boundary to other coroutine libraries. Only a uasync coroutine converts to it, so awaiting a uasync
/// awaitable anywhere else does not compile.
/// @par Cost
/// One word.
class Frame {
public:
    /// Converts the awaiting coroutine's handle, which the compiler passes.
    /// @tparam P the coroutine's promise
    /// @param coroutine the awaiting coroutine
    template <class P>
    Frame(std::coroutine_handle<P> coroutine) noexcept : handle_{coroutine} {
        static_assert(std::is_base_of_v<detail::PromiseBase, P>,
                      "only a uasync coroutine can await this: the function with this co_await must return uasync::Coro");
    }
    /// The coroutine's handle, for the runtime. @return the handle
    operator std::coroutine_handle<>() const noexcept { return handle_; }

private:
    std::coroutine_handle<> handle_;
};

}  // namespace uasync
