#pragma once

#include <coroutine>
#include <type_traits>
#include <utility>

#include <uasync/kernel/promise.hpp>

namespace uasync {

/// What a coroutine function returns, as `async def` does in Python: a coroutine that runs when it is awaited.
///
/// Calling the function runs nothing. `co_await f()` runs the coroutine in the calling task, and create_task() runs it
/// as a task of its own. A `Coro` owns its frame, the memory of the suspended coroutine, and can be moved but not
/// copied. A named coroutine can be awaited too, once.
///
/// @par Use it for
/// Every function that awaits: `Coro<>`, or `Coro<T>` for one that returns a T with `co_return`.
/// @par Instead use
/// A plain function if it awaits nothing; create_task() for work that continues while the caller does something else;
/// AsyncGenerator for a series of values.
/// @par Cost
/// One frame for each call, from the frame pool, freed at the end of the await. The stack depth is bounded by twice the
/// nesting depth of the awaits.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The frames are destroyed, innermost first, so destructors run as Python's `finally` does. A child's frame is
/// destroyed before its parent's variables.
/// @par Fairness
/// Other tasks run only when a coroutine waits. A child that ends without waiting gives up no turn.
/// @par Errors
/// Error::misuse for a second await, for an await after a move, and for a coroutine that runs off its end without the
/// value that it promised; Error::no_memory if the pool had no room for the frame. Either ends the awaiting task, and
/// no other. The compiler warns of a coroutine that is called and not awaited. On a host, an exception that leaves the
/// coroutine comes out of the `co_await`.
/// @par Source
/// Python's `async def`
/// @tparam T type of the result: an object, a reference or void; an object must not be aligned beyond two words
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> twice(int x) {
///     co_await sleep_ms(10);
///     co_return 2 * x;
/// }
///
/// Coro<> async_main() {
///     Coro<int> lazy = twice(21);  // nothing runs yet
///     print("made at {} ms\n", ticks_ms());
///     co_await sleep_ms(5);
///     int x = co_await lazy;
///     print("{} at {} ms\n", x, ticks_ms());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// made at 0 ms
/// 42 at 15 ms
/// @endcode
template <class T = void>
class [[nodiscard("a coroutine does nothing until it is awaited: co_await it, or give it to create_task()")]] Coro {
public:
    /// What the compiler keeps in the frame.
    using promise_type = detail::Promise<T>;

    /// Takes the coroutine over.
    /// @param other is left empty: awaiting it is Error::misuse
    Coro(Coro&& other) noexcept : frame_{other.release()} {}
    /// Destroys the coroutine that it holds and takes another one over.
    /// @param other is left empty
    /// @return this
    Coro& operator=(Coro&& other) noexcept {
        Coro old{std::move(other)};
        std::swap(frame_, old.frame_);
        return *this;
    }
    /// Destroys the coroutine, if it has not been awaited.
    ~Coro() {
        if (detail::is_frame(frame_)) handle().destroy();
    }

    // Awaiting a temporary: it is its own awaiter, and lives in the awaiting frame until the end of the expression.
    //
    // The child starts inside the parent's await_suspend. If it finishes at once, the parent continues at once. If not, all
    // of them return to the loop, and when the child's last line has run, it resumes its parent. No symmetric transfer: GCC
    // does not make it a tail call on Thumb-1, so that a chain of them would use up the stack (docs/design/trampoline.md).

    /// For the compiler. @return false: it has to be started
    bool await_ready() const noexcept { return false; }
    /// For the compiler: starts the coroutine. @param parent the awaiting coroutine @return whether the parent has to wait
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
    /// For the compiler. @return the result of the coroutine, which has ended
    T await_resume() {
        if constexpr (std::is_void_v<T> || std::is_reference_v<T>) {
            return handle().promise().value();
        } else {
            return std::move(handle().promise().value());
        }
    }

    /// Gives up the frame. For authors of awaitables.
    /// @return the frame, which now belongs to the caller; null if it was taken before, `detail::no_frame()` if the pool had
    ///   no room
    void* release() noexcept { return std::exchange(frame_, nullptr); }
    /// Owns a frame. For authors of awaitables.
    /// @param frame what release() gave
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

/// Awaits a named coroutine, once. It takes the frame, so that the frame is destroyed before the variables around the await.
/// @tparam C an lvalue reference to a Coro
/// @param coroutine is empty afterwards
/// @return an awaitable; `co_await` gives the coroutine's result
// Constrained, not `Coro<T>&`: GCC 12 would choose that for temporaries too.
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
