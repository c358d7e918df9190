#pragma once
// Implementation detail of `co_await` of another library's awaitable (hosts).

#include <uasync/config.hpp>

#if UASYNC_BOARD

namespace uasync::detail {
template <class A>
class ForeignAdapter;  // does not exist on a board
}

#else

#include <memory>
#include <optional>

#include <uasync/kernel/awaitable.hpp>
#include <uasync/kernel/loop.hpp>

namespace uasync::detail {

//            await_suspend                 the other library resumes the bridge (any thread)
//   [ new ] ---------------> [ pending ] --------------------------------------------------> [ posted ] -- the loop --> woken, or unwound
//                              |     ^                                                                                  if it was cancelled
//                              |     +-- cancel: noted, the wait continues
//                              +-- the task is unwound, or its loop closes: [ abandoned ]; a later resumption does nothing, and what an
//                                  earlier one has posted is taken out of the loop or dropped by it

/// What a wait for another library's awaitable shares with its resumption.
class ForeignWait : public std::enable_shared_from_this<ForeignWait> {
public:
    ForeignWait() noexcept;
    ForeignWait(const ForeignWait&) = delete;
    ForeignWait& operator=(const ForeignWait&) = delete;
    ~ForeignWait();

    /// Suspends the running task. Returns the coroutine that the other library is to resume.
    std::coroutine_handle<> begin(Frame waiter);
    /// The task need not wait after all.
    void take_back(std::coroutine_handle<> bridge) noexcept;
    /// The other library has resumed the coroutine. Any thread.
    void resumed() noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Awaits A through a bridge. The task continues in its own loop, whichever thread the resumption comes from.
///
/// A cancellation waits until the other library has finished, and then the task is unwound: only so can its awaiter live as
/// long as it may be used. Each wait allocates three blocks.
template <class A>
class ForeignAdapter {
public:
    explicit ForeignAdapter(A&& awaitable) : awaiter_{get_awaiter(std::forward<A>(awaitable))} {}
    ForeignAdapter(const ForeignAdapter&) = delete;
    ForeignAdapter& operator=(const ForeignAdapter&) = delete;

    bool await_ready() { return static_cast<bool>(awaiter_.await_ready()); }
    bool await_suspend(Frame waiter) {
        wait_ = std::make_shared<ForeignWait>();
        const std::coroutine_handle<> bridge = wait_->begin(waiter);
        using Gives = decltype(awaiter_.await_suspend(bridge));
#if UASYNC_EXCEPTIONS
        try {
#endif
            if constexpr (std::is_void_v<Gives>) {
                awaiter_.await_suspend(bridge);
                return true;
            } else if constexpr (std::is_same_v<Gives, bool>) {
                if (awaiter_.await_suspend(bridge)) return true;
            } else {
                awaiter_.await_suspend(bridge).resume();  // symmetric transfer, by hand
                return true;
            }
#if UASYNC_EXCEPTIONS
        } catch (...) {
            wait_->take_back(bridge);
            throw;
        }
#endif
        wait_->take_back(bridge);
        return false;
    }
    decltype(auto) await_resume() { return awaiter_.await_resume(); }

private:
    AwaiterOf<A> awaiter_;
    std::shared_ptr<ForeignWait> wait_;
};

UASYNC_WAITS_FOR(ForeignAdapter, "an awaitable of another library");
UASYNC_WAITS_FOR(ForeignWait::State::functions_of_wait, "an awaitable of another library");

}  // namespace uasync::detail

#endif
