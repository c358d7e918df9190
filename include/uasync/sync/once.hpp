#pragma once
// Once: an initialisation that awaits, done by the first who needs it, while others who need it wait.
//
//     Once connected;
//     ... co_await connected.call(connect);                      // Coro<> connect();
//     ... co_await connected.call([&] { return join(ssid); });   // each who comes
//
// If the first fails, throws or is cancelled, the next who waits runs its own initialiser in its stead. A Coro<Result<void>> fails
// by giving an Error, which `call` returns to the task whose initialiser it was; a Coro<> fails by being unwound. An initialiser
// that calls the same Once waits for ever. Neighbours: Event if somebody else initialises; Lock.
// Cost: four words; for those who come before it is done the frames of `call` and of the initialiser, afterwards nothing. Those who
// waited go on one after the other, first in, first out. Not ISR-safe. Cancel-safe: see above. Destroying it ends its waiters with
// Error::destroyed.

#include <optional>
#include <type_traits>
#include <utility>

#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

class Once {
public:
    Once() noexcept = default;

    /// Whether it has been done.
    bool done() const noexcept { return done_; }

    /// F: what the caller gave; an lvalue is referred to.
    template <class F>
    class CallAwaiter {
    public:
        using C = std::invoke_result_t<F&>;
        using T = decltype(std::declval<C>().await_resume());
        static_assert(std::is_same_v<C, Coro<>> || std::is_same_v<C, Coro<Result<void>>>,
                      "Once::call takes a function that returns Coro<> or Coro<Result<void>>");

        CallAwaiter(Once& once, F&& initialise) noexcept(std::is_nothrow_constructible_v<F, F&&>)
            : once_{once}, initialise_{std::forward<F>(initialise)} {}
        CallAwaiter(CallAwaiter&& unstarted) noexcept(std::is_nothrow_constructible_v<F, F&&>)
            : CallAwaiter{unstarted.once_, std::forward<F>(unstarted.initialise_)} {}
        CallAwaiter& operator=(CallAwaiter&&) = delete;

        bool await_ready() const noexcept { return once_.done_; }
        bool await_suspend(Frame self) {
            turn_.emplace(once_.turn<T>(initialise_));
            return turn_->await_suspend(self);
        }
        T await_resume() {
            if (turn_) return turn_->await_resume();
            return T();
        }

    private:
        Once& once_;
        F initialise_;
        std::optional<C> turn_;
    };

    /// Awaits `initialise()` unless it has been done; what it gave, or success. Waits while another task is at it.
    template <class F>
    [[nodiscard("co_await it")]] CallAwaiter<F> call(F&& initialise) {
        return {*this, std::forward<F>(initialise)};
    }

private:
    template <class T, class F>
    Coro<T> turn(F& initialise) {
        const auto guard = co_await lock_.scoped_lock();
        if constexpr (std::is_void_v<T>) {
            if (done_) co_return;
            co_await initialise();
            if (guard) done_ = true;  // else the Once is no more
        } else {
            if (done_) co_return T{};
            T result = co_await initialise();
            if (guard) done_ = result.has_value();
            co_return result;
        }
    }

    Lock lock_;
    bool done_ = false;
};

}  // namespace uasync
