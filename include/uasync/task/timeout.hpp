#pragma once

#include <chrono>
#include <optional>

#include <uasync/task/wait_for.hpp>

namespace uasync {

class Timeout;

namespace detail {

template <class T>
class TimeoutAwaiter : public ScopeAwaiter<T> {
public:
    TimeoutAwaiter(Timeout& limit, Coro<T> coroutine) noexcept
        : ScopeAwaiter<T>{std::move(coroutine), catch_timeout}, limit_{&limit} {}
    TimeoutAwaiter(TimeoutAwaiter&& unstarted) noexcept : ScopeAwaiter<T>{std::move(unstarted)}, limit_{unstarted.limit_} {}
    TimeoutAwaiter& operator=(TimeoutAwaiter&&) = delete;
    ~TimeoutAwaiter();
    bool await_suspend(Frame waiter) noexcept;
    Result<T> await_resume();

private:
    void leave() noexcept;
    Timeout* limit_;
};

}  // namespace detail

/// A time limit that can be moved while what it limits runs.
///
/// It counts from its construction and limits one await at a time. When the time is up, the innermost await is
/// cancelled and the frames are destroyed, innermost first; the limited await ends after that. Of nested limits
/// that have expired, the outermost counts.
///
/// @par Use it for
/// A limit that progress postpones, or that is known only later.
/// @par Instead use
/// wait_for() for a fixed limit; Delay to act when nothing has happened for a while.
/// @par Cost
/// 56 bytes on a 32-bit board and 20 of the awaiting frame; O(log n) to start and to move. An awaitable that is not
/// a coroutine is wrapped in a frame.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancellation of the waiting task passes through after the limited await has ended. At a timeout or a
/// cancellation, nothing that it had taken is lost.
/// @par Errors
/// A second await under the same limit while the first runs is Error::misuse. Once expired, it cancels each further
/// await under it at the first suspension.
/// @par Source
/// `asyncio.timeout`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> transfer(Timeout& limit, int ms) {
///     for (int block = 1; block <= 3; ++block) {
///         co_await sleep_ms(block * ms);
///         print("block {} at {} ms\n", block, ticks_ms());
///         limit.reschedule(Clock::now() + 50ms);  // it makes progress
///     }
///     co_return 3;
/// }
///
/// Coro<> async_main() {
///     auto limit = timeout(50ms);
///     auto blocks = co_await limit(transfer(limit, 15));
///     print("{} blocks\n", blocks.value_or(0));
///
///     auto another = timeout(50ms);
///     blocks = co_await another(transfer(another, 30));
///     print("{} at {} ms\n", blocks.error(), ticks_ms());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// block 1 at 15 ms
/// block 2 at 45 ms
/// block 3 at 90 ms
/// 3 blocks
/// block 1 at 120 ms
/// timeout at 170 ms
/// @endcode
class Timeout {
public:
    /// A limit at a time in microseconds since the start; timeout() and timeout_at() are the usual ways to
    /// construct it.
    /// @param deadline when it expires
    explicit Timeout(Time deadline) noexcept : deadline_{deadline} {}
    Timeout(const Timeout&) = delete;
    Timeout& operator=(const Timeout&) = delete;

    /// Awaits a task or another awaitable under this limit. A task is cancelled when the time is up.
    /// @tparam A the awaitable's type
    /// @param awaitable what to await
    /// @return an awaitable; `co_await` gives `Result` of the awaitable's result: the value, Error::timeout, or
    ///   another error that ended it
    template <detail::Awaitable A>
    [[nodiscard("co_await it")]] auto operator()(A&& awaitable) {
        return detail::TimeoutAwaiter<detail::AwaitResult<A>>{*this, detail::as_coro<A>(std::forward<A>(awaitable))};
    }

    /// Awaits a coroutine under this limit, in the calling task.
    /// @tparam T the coroutine's result type
    /// @param coroutine what to await
    /// @return an awaitable; `co_await` gives `Result<T>`: the value, Error::timeout, or another error that ended
    ///   it
    template <class T>
    [[nodiscard("co_await it")]] detail::TimeoutAwaiter<T> operator()(Coro<T> coroutine) noexcept {
        return {*this, std::move(coroutine)};
    }

    /// When it expires or has expired. @return `std::nullopt` if it has no limit
    std::optional<Clock::time_point> when() const noexcept;

    /// Moves the limit, also one that is set now. It has no effect after the limit has expired.
    /// @par Source
    /// asyncio's `Timeout.reschedule`
    /// @tparam Duration the time's resolution
    /// @param when the new time; one that has passed expires in the loop's next pass
    template <class Duration>
    void reschedule(std::chrono::time_point<Clock, Duration> when) noexcept {
        reschedule_at(detail::deadline_at(detail::to_us(when.time_since_epoch())));
    }
    /// Removes the limit. It has no effect after the limit has expired.
    void reschedule(std::nullopt_t) noexcept;
    /// Whether the limit has expired. @return true if it has
    bool expired() const noexcept { return expired_; }

private:
    template <class T>
    friend class detail::TimeoutAwaiter;

    struct Limit : LoopTimer {
        explicit Limit(Timeout& limit) noexcept;
        Timeout& owner;
    };

    /// False if it limits something already.
    bool enter(detail::Scope& scope) noexcept;
    void leave(const detail::Scope& scope) noexcept;
    void start() noexcept;
    void reschedule_at(Time deadline) noexcept;

    Limit timer_{*this};
    Time deadline_;
    detail::Scope* scope_ = nullptr;  ///< while it limits something
    TaskState* task_ = nullptr;
    bool expired_ = false;
};

/// A limit that counts from now.
/// @par Source
/// `asyncio.timeout`
/// @tparam Rep the duration's number type
/// @tparam Period the duration's unit
/// @param duration the limit. Zero or less expires at the first await that suspends; one too long to represent
///   never expires
/// @return the Timeout, to be called with what it limits
template <class Rep, class Period>
[[nodiscard]] Timeout timeout(std::chrono::duration<Rep, Period> duration) noexcept {
    return Timeout{detail::deadline_in(detail::to_us(duration))};
}
/// @cond
template <detail::Number N>
auto timeout(N) {
    static_assert(detail::has_unit<N>, "the limit needs a unit: timeout(2s)");
}

/// @endcond

/// A Timeout without a limit, for Timeout::reschedule().
/// @return the Timeout, to be called with what it limits
[[nodiscard]] inline Timeout timeout(std::nullopt_t) noexcept { return Timeout{never}; }

/// A limit at a point in time.
/// @par Source
/// `asyncio.timeout_at`
/// @tparam Duration the time's resolution
/// @param time when it expires, on Clock
/// @return the Timeout, to be called with what it limits
template <class Duration>
[[nodiscard]] Timeout timeout_at(std::chrono::time_point<Clock, Duration> time) noexcept {
    return Timeout{detail::deadline_at(detail::to_us(time.time_since_epoch()))};
}

namespace detail {

template <class T>
TimeoutAwaiter<T>::~TimeoutAwaiter() {
    leave();
}
template <class T>
bool TimeoutAwaiter<T>::await_suspend(Frame waiter) noexcept {
    if (!limit_->enter(*this)) {
        limit_ = nullptr;
        this->error = Error::misuse;
        return false;
    }
    return ScopeAwaiter<T>::await_suspend(waiter);
}
template <class T>
Result<T> TimeoutAwaiter<T>::await_resume() {
    leave();
    return ScopeAwaiter<T>::await_resume();
}
template <class T>
void TimeoutAwaiter<T>::leave() noexcept {
    if (limit_ != nullptr) limit_->leave(*this);
    limit_ = nullptr;
}

}  // namespace detail
}  // namespace uasync
