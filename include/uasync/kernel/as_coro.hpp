#pragma once
// Implementation detail of create_task, gather, select, wait_for and catch_cancelled: they turn any awaitable into a coroutine.

#include <concepts>
#include <type_traits>
#include <utility>

#include <uasync/kernel/awaitable.hpp>
#include <uasync/kernel/coro.hpp>

namespace uasync::detail {

/// Whether the result belongs to something else (a task, a future) and cannot be copied from there, so that it is moved out.
template <class A>
inline constexpr bool is_taken =
    std::is_lvalue_reference_v<AwaitReference<A>> && !std::is_constructible_v<AwaitResult<A>, AwaitReference<A>>;

/// Turns any awaitable into a coroutine, so that it has a frame of its own to unwind. A variable is referred to.
template <class A>
    requires(!is_coro<std::remove_cvref_t<A>>)
Coro<AwaitResult<A>> as_coro(A awaitable) {
    if constexpr (is_taken<A>) {
        co_return std::move(co_await std::forward<A>(awaitable));
    } else {
        co_return co_await std::forward<A>(awaitable);
    }
}
template <class C>
    requires is_coro<C>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): an rvalue, as C is a Coro
C as_coro(C&& coroutine) noexcept {
    return std::move(coroutine);  // NOLINT(bugprone-move-forwarding-reference): an rvalue, as C is a Coro
}
template <class C>
    requires is_coro_lvalue<C>
std::remove_reference_t<C> as_coro(C coroutine) noexcept {
    return std::move(coroutine);  // taken, as by `co_await coroutine`
}

/// A function where its coroutine was meant.
template <class F>
concept Uncalled = !Awaitable<F> && (std::invocable<F&> || std::is_function_v<std::remove_pointer_t<std::remove_cvref_t<F>>> ||
                                     requires { &std::remove_cvref_t<F>::operator(); });

/// A variable that is its own awaiter, as a coroutine is: whoever keeps it for later must own it.
template <class A>
inline constexpr bool is_named = std::is_lvalue_reference_v<A> && requires(A a) { a.await_ready(); };

/// What a task can be made of. The two common mistakes get a message of their own.
template <class A>
concept ForTask = Awaitable<A> || Uncalled<A>;

/// The coroutine of a task that is made of `given`.
template <ForTask A>
auto coro_for_task(A&& given) noexcept(is_coro<A> || std::is_nothrow_move_constructible_v<A>) {
    static_assert(!Uncalled<A>, "this is a function, not yet a coroutine: call it, as in create_task(f())");
    static_assert(Uncalled<A> || !is_named<A>, "a task keeps what it runs: say std::move, as in create_task(std::move(coroutine))");
    if constexpr (Awaitable<A> && !is_named<A>) return as_coro<A>(std::forward<A>(given));
}

}  // namespace uasync::detail
