#pragma once
// Frame: the suspended coroutine that an awaitable's `await_suspend` gets. For authors of awaitables.

#include <coroutine>
#include <type_traits>

namespace uasync {

namespace detail {
class PromiseBase;
}

/// A suspended uasync coroutine. An awaitable takes it in `await_suspend(Frame frame)` and hands it to whatever will resume the task:
/// a `WaitQueue`, a `LoopTimer`, the loop.
///
/// The type is the boundary between uasync and other coroutine libraries: only a coroutine of uasync converts to it, so awaiting a
/// uasync awaitable anywhere else does not compile. One word; free. docs/writing_an_awaitable.md shows how it is used.
class Frame {
public:
    /// Implicit: the compiler passes the awaiting coroutine's handle.
    template <class P>
    Frame(std::coroutine_handle<P> coroutine) noexcept : handle_{coroutine} {
        static_assert(std::is_base_of_v<detail::PromiseBase, P>,
                      "only a uasync coroutine can await this: the function with this co_await must return uasync::Coro");
    }
    operator std::coroutine_handle<>() const noexcept { return handle_; }

private:
    std::coroutine_handle<> handle_;
};

}  // namespace uasync
