#pragma once
// Timeout: a limit of time that can be moved while what it limits runs, as asyncio.timeout.
//
//     auto limit = timeout(500ms);
//     Result<int> r = co_await limit(transfer(limit));     // Error::timeout when the time is up
//     ... inside transfer: limit.reschedule(Clock::now() + 500ms);   // it makes progress: give it more
//
// `timeout_at(time)` takes a point in time, `timeout(std::nullopt)` begins without a limit. It counts from its creation, and limits
// one await at a time, which it has to outlive; once it has struck, it strikes each further one at the first await that waits.
// Neighbour: `wait_for` for a limit that is fixed. What happens at the limit, what comes back and what passes through is as with
// `wait_for`: the innermost await is cancelled, frames are destroyed, the outermost limit that has struck is the one that counts.
// Cost: 56 bytes (32-bit), no allocation for a coroutine; O(log n) to start and move; an awaitable that is no coroutine is wrapped
// in one. Cancel-safe: what it limits is destroyed first. Not ISR-safe.

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

class Timeout {
public:
    explicit Timeout(Time deadline) noexcept : deadline_{deadline} {}
    Timeout(const Timeout&) = delete;
    Timeout& operator=(const Timeout&) = delete;

    /// Awaits it under this limit; a Result.
    template <detail::Awaitable A>
    [[nodiscard("co_await it")]] auto operator()(A&& awaitable) {
        return detail::TimeoutAwaiter<detail::AwaitResult<A>>{*this, detail::as_coro<A>(std::forward<A>(awaitable))};
    }
    template <class T>
    [[nodiscard("co_await it")]] detail::TimeoutAwaiter<T> operator()(Coro<T> coroutine) noexcept {
        return {*this, std::move(coroutine)};
    }

    /// When it strikes; nullopt: never.
    std::optional<Clock::time_point> when() const noexcept;
    /// Moves it. One that has passed strikes in the loop's next pass. Nothing changes once it has struck.
    template <class Duration>
    void reschedule(std::chrono::time_point<Clock, Duration> when) noexcept {
        reschedule_at(detail::deadline_at(detail::to_us(when.time_since_epoch())));
    }
    void reschedule(std::nullopt_t) noexcept;
    /// Whether it has struck.
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

/// A limit that counts from now; zero or less strikes at the first await that waits, one too long to reckon with never.
template <class Rep, class Period>
[[nodiscard]] Timeout timeout(std::chrono::duration<Rep, Period> duration) noexcept {
    return Timeout{detail::deadline_in(detail::to_us(duration))};
}
template <detail::Number N>
auto timeout(N) {
    static_assert(detail::has_unit<N>, "the limit needs a unit: timeout(2s)");
}
[[nodiscard]] inline Timeout timeout(std::nullopt_t) noexcept { return Timeout{never}; }
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
