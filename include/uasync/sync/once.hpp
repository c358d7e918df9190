#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include <uasync/kernel/coro.hpp>
#include <uasync/sync/lock.hpp>

namespace uasync {

/// Runs an initialisation that awaits: the first task that needs it does it, and the others wait.
///
/// @par Use it for
/// What several tasks need and none has set up yet: a connection, a calibrated sensor.
/// @par Instead use
/// Event if a task of its own sets it up; a plain `co_await` at the start of the program if every task needs it.
/// @par Cost
/// 16 bytes on a board. A task that comes before it is done takes a frame of 48 bytes and the initialiser's frame;
/// afterwards call() takes nothing.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// If the task that initialises is cancelled, its initialiser is unwound and the next waiting task runs its own. A task
/// that is cancelled while it waits leaves the queue.
/// @par Fairness
/// First in, first out. Once it is done, the waiting tasks continue one after the other in that order.
/// @par Errors
/// An initialiser fails by returning an error or, on hosts, by throwing. Its task gets the error, and the next waiting
/// task runs its own initialiser. An initialiser that calls its own Once waits forever. Tasks that wait when the Once is
/// destroyed end with Error::destroyed.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<Result<void>> connect(int& attempts) {
///     print("{} ms: connecting\n", ticks_ms());
///     co_await sleep_ms(100);
///     if (++attempts == 1) co_return std::unexpected{Error::unavailable};
///     co_return Result<void>{};
/// }
///
/// Coro<> client(Once& connected, int& attempts, int id) {
///     auto result = co_await connected.call([&attempts] { return connect(attempts); });
///     if (result) {
///         print("{} ms: client {} goes on\n", ticks_ms(), id);
///     } else {
///         print("{} ms: client {} failed\n", ticks_ms(), id);
///     }
/// }
///
/// Coro<> async_main() {
///     Once connected;
///     int attempts = 0;
///     co_await gather(client(connected, attempts, 1), client(connected, attempts, 2), client(connected, attempts, 3));
///     co_await client(connected, attempts, 4);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: connecting
/// 100 ms: client 1 failed
/// 100 ms: connecting
/// 200 ms: client 2 goes on
/// 200 ms: client 3 goes on
/// 200 ms: client 4 goes on
/// @endcode
class Once {
public:
    /// An initialisation that has not been done.
    Once() noexcept = default;

    /// Whether the initialisation has succeeded. @return true from then on
    bool done() const noexcept { return done_; }

    /// F is the type of what the caller gave; an lvalue is referred to.
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

    /// Runs the initialiser unless it has been done; waits while another task runs its own.
    /// @tparam F type of the initialiser
    /// @param initialise function that returns a `Coro<>` or a `Coro<Result<void>>`; an lvalue must live until the wait
    ///   ends
    /// @return an awaitable; `co_await` gives what the initialiser gave, or success if it had been done
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
