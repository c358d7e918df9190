#pragma once
// Coro<T>: what a coroutine function returns, as `async def` does in Python. Lazy: nothing runs until it is awaited or given to
// `create_task`. Owns its frame, which lives in the frame pool; move-only.
//
//     Coro<int> twice(int x) { co_await sleep_ms(1); co_return 2 * x; }
//     Coro<> async_main() { print("{}\n", co_await twice(21)); }
//
// How an await runs. The child starts inside the parent's await_suspend. If it finishes at once the parent goes straight on; if
// not, all return to the loop, and when the child's last line has run it resumes its parent. No symmetric transfer: GCC does not
// make it a tail call on Thumb-1, so a chain of them would eat the stack (docs/design/trampoline.md). Stack depth is bounded by
// twice the nesting depth.
//
// Awaiting through an lvalue (`co_await c`) is fine, once. A second await, or one after a move, ends the task with Error::misuse;
// a frame that did not fit the pool ends it with Error::no_memory. Neither touches other tasks. A coroutine with a value that runs
// off its end without a `co_return` ends with Error::misuse.
// Cost: one frame from the pool per call, freed at the end of the await. Cancel-safe: the child's frame is destroyed first.

#include <coroutine>
#include <type_traits>
#include <utility>

#include <uasync/kernel/promise.hpp>

namespace uasync {

template <class T = void>
class [[nodiscard("a coroutine does nothing until it is awaited: co_await it, or give it to create_task()")]] Coro {
public:
    using promise_type = detail::Promise<T>;

    Coro(Coro&& other) noexcept : frame_{other.release()} {}
    Coro& operator=(Coro&& other) noexcept {
        Coro old{std::move(other)};
        std::swap(frame_, old.frame_);
        return *this;
    }
    ~Coro() {
        if (detail::is_frame(frame_)) handle().destroy();
    }

    // Awaiting a temporary: it is its own awaiter, and lives in the awaiting frame until the end of the expression.
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame parent) noexcept {
        if (!detail::is_frame(frame_)) [[unlikely]]
            return detail::fail_await(frame_, parent);
        if (handle().promise().start(handle(), parent)) return true;
        if constexpr (!std::is_void_v<T>) {
            if (!handle().promise().has_result()) [[unlikely]]
                return detail::fail_await(nullptr, parent);
        }
        return false;
    }
    T await_resume() {
        if constexpr (std::is_void_v<T> || std::is_reference_v<T>) {
            return handle().promise().value();
        } else {
            return std::move(handle().promise().value());
        }
    }

    /// The frame, now the caller's: null if it was taken before, `detail::no_frame()` if the pool had no room. For authors of
    /// awaitables.
    void* release() noexcept { return std::exchange(frame_, nullptr); }
    explicit Coro(void* frame) noexcept : frame_{frame} {}

private:
    std::coroutine_handle<promise_type> handle() const noexcept {
        return std::coroutine_handle<promise_type>::from_address(frame_);
    }

    void* frame_;
};

namespace detail {
template <class C>
inline constexpr bool is_coro = false;
template <class T>
inline constexpr bool is_coro<Coro<T>> = true;
template <class C>
inline constexpr bool is_coro_lvalue = false;
template <class T>
inline constexpr bool is_coro_lvalue<Coro<T>&> = true;
}  // namespace detail

/// Awaiting a named coroutine takes its frame, so that it is destroyed before the variables around it. (Constrained, not
/// `Coro<T>&`: GCC 12 would choose that for temporaries too.)
template <class C>
    requires detail::is_coro_lvalue<C>
auto operator co_await(C&& coroutine) noexcept {              // NOLINT(cppcoreguidelines-missing-std-forward)
    return std::remove_reference_t<C>{std::move(coroutine)};  // NOLINT(bugprone-move-forwarding-reference)
}

namespace detail {

template <class T>
Coro<T> Promise<T>::get_return_object(Where location) noexcept {
    note(location);
    return Coro<T>{std::coroutine_handle<Promise>::from_promise(*this).address()};
}
template <class T>
Coro<T> Promise<T>::get_return_object_on_allocation_failure(Where location) noexcept {
    note_unborn(location);
    return Coro<T>{no_frame()};
}
template <class T>
Coro<T&> Promise<T&>::get_return_object(Where location) noexcept {
    note(location);
    return Coro<T&>{std::coroutine_handle<Promise>::from_promise(*this).address()};
}
template <class T>
Coro<T&> Promise<T&>::get_return_object_on_allocation_failure(Where location) noexcept {
    note_unborn(location);
    return Coro<T&>{no_frame()};
}
inline Coro<void> Promise<void>::get_return_object(Where location) noexcept {
    note(location);
    return Coro<void>{std::coroutine_handle<Promise>::from_promise(*this).address()};
}
inline Coro<void> Promise<void>::get_return_object_on_allocation_failure(Where location) noexcept {
    note_unborn(location);
    return Coro<void>{no_frame()};
}

}  // namespace detail
}  // namespace uasync
