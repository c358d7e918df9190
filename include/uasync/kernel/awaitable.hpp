#pragma once
// Implementation detail of `co_await`: what can be awaited, and how uasync's own awaitables are told from those of other libraries.

#include <coroutine>
#include <type_traits>
#include <utility>

#include <uasync/config.hpp>
#include <uasync/kernel/frame.hpp>
#include <uasync/kernel/words.hpp>

namespace uasync::detail {

/// The awaiter of an awaitable, found as `co_await` finds it.
template <class A>
decltype(auto) get_awaiter(A&& awaitable) {
    // NOLINTNEXTLINE(bugprone-branch-clone): here no operator can be looked for
    if constexpr (!std::is_class_v<std::remove_cvref_t<A>> && !std::is_enum_v<std::remove_cvref_t<A>>) {
        return std::forward<A>(awaitable);  // no operator can be looked up
    } else if constexpr (requires { std::forward<A>(awaitable).operator co_await(); }) {
        return std::forward<A>(awaitable).operator co_await();
    } else if constexpr (requires { operator co_await(std::forward<A>(awaitable)); }) {
        return operator co_await(std::forward<A>(awaitable));
    } else {
        return std::forward<A>(awaitable);
    }
}

template <class A>
using AwaiterOf = decltype(get_awaiter(std::declval<A>()));

/// Converts to a Frame and nothing else, so it tells an `await_suspend` that takes a Frame from one that takes any coroutine.
struct FrameProbe {
    operator Frame() const noexcept;  // never defined
};

/// An awaiter that waits in a loop of uasync.
template <class W>
concept OwnAwaiter = requires(std::remove_reference_t<W>& awaiter, FrameProbe probe) {
    awaiter.await_ready();
    awaiter.await_suspend(probe);
    awaiter.await_resume();
};

/// An awaiter of another library, which resumes the coroutine that it gets from wherever it likes.
template <class W>
concept ForeignAwaiter = !OwnAwaiter<W> && requires(std::remove_reference_t<W>& awaiter, std::coroutine_handle<> handle) {
    awaiter.await_ready();
    awaiter.await_suspend(handle);
    awaiter.await_resume();
};

template <class A>
concept OwnAwaitable = OwnAwaiter<AwaiterOf<A>>;
template <class A>
concept ForeignAwaitable = ForeignAwaiter<AwaiterOf<A>>;

/// What a uasync coroutine can await.
template <class A>
concept Awaitable = std::is_class_v<std::remove_cvref_t<A>> && (OwnAwaitable<A> || (ForeignAwaitable<A> && !UASYNC_BOARD));

/// What `co_await` of an A gives: a value or a reference.
template <class A>
using AwaitReference = decltype(std::declval<AwaiterOf<A>&>().await_resume());

/// AwaitReference as a value.
template <class A>
using AwaitResult = std::remove_cvref_t<AwaitReference<A>>;

/// Stands for an awaiter that lies elsewhere in the awaiting frame. GCC 12 would copy what `await_transform` returns by reference.
template <class W>
class AwaiterRef {
public:
    explicit AwaiterRef(W& awaiter) noexcept : awaiter_{awaiter} {}
    [[gnu::always_inline]] bool await_ready() noexcept(noexcept(std::declval<W&>().await_ready())) {
        return awaiter_.await_ready();
    }
    [[gnu::always_inline]] decltype(auto) await_suspend(Frame frame) noexcept(noexcept(std::declval<W&>().await_suspend(frame))) {
        return awaiter_.await_suspend(frame);
    }
    [[gnu::always_inline]] decltype(auto) await_resume() { return awaiter_.await_resume(); }

private:
    W& awaiter_;
};

UASYNC_WAITS_FOR(AwaiterRef, "*");  // what W says

/// A uasync awaitable in the form in which `co_await` is to see it.
template <class A>
[[gnu::always_inline]] inline decltype(auto) pass_through(A&& awaitable) {
#if defined(__clang__) || __GNUC__ >= 14
    return std::forward<A>(awaitable);
#else
    using Plain = std::remove_cvref_t<A>;
    if constexpr (!std::is_reference_v<AwaiterOf<A>>) {
        return get_awaiter(std::forward<A>(awaitable));
    } else if constexpr (std::is_trivially_copyable_v<Plain> && sizeof(Plain) <= sizeof(void*)) {
        return Plain{std::move(awaitable)};  // NOLINT(bugprone-move-forwarding-reference): as good as a copy
    } else {
        return AwaiterRef<Plain>{awaitable};
    }
#endif
}

}  // namespace uasync::detail
