#pragma once

#include <optional>
#include <utility>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

/// A mailbox for one value: a new value replaces an older one that nobody has taken, so putting never waits.
///
/// @par Use it for
/// Settings and measurements, where a consumer that comes late wants the newest value and no backlog.
/// @par Instead use
/// Queue if every message counts; Watch if many readers each want to see the value.
/// @par Cost
/// sizeof(T) + 12 bytes on a board; no allocation; O(1).
/// @par From an interrupt
/// Not allowed. `RingQueue<T, 1, WhenFull::overwrite_oldest>` does the same from an interrupt.
/// @par When cancelled
/// A cancelled get() has taken nothing, even if the task had already been woken; the value stays for the next consumer.
/// @par Fairness
/// Each value goes to one consumer. Consumers that wait are served first in, first out; the value that one was woken for
/// is kept for it, and a newer value may still replace it.
/// @par Errors
/// Tasks that wait when it is destroyed end with Error::destroyed.
///
/// @tparam T type of the value; movable
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> blink(Latest<int>& period_ms) {
///     while (true) {
///         const int now = co_await period_ms.get();
///         print("{} ms: blink every {} ms\n", ticks_ms(), now);
///         co_await sleep_ms(20);  // busy: what comes meanwhile is replaced
///     }
/// }
///
/// Coro<> async_main() {
///     Latest<int> period_ms;
///     auto task = create_task(blink(period_ms));
///     for (int value : {500, 400, 300, 200}) {
///         period_ms.put(value);
///         co_await sleep_ms(8);
///     }
///     co_await sleep_ms(100);
///     task.cancel();
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: blink every 500 ms
/// 20 ms: blink every 300 ms
/// 40 ms: blink every 200 ms
/// @endcode
template <class T>
class Latest {
public:
    /// A mailbox without a value.
    Latest() noexcept = default;
    Latest(const Latest&) = delete;
    Latest& operator=(const Latest&) = delete;
    ~Latest() {
        if (kept_) waiters_.release();
    }

    /// Whether get() would wait. @return true if there is no value, or the value is kept for a task that was woken
    bool empty() const noexcept { return !value_.has_value() || kept_; }

    /// Stores a value in place of one that nobody has taken, and wakes a task that waits in get().
    /// @param value new value
    void put(T value) noexcept(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>) {
        value_ = std::move(value);
        offer();
    }

    /// Takes the value without waiting. @return the value, or Error::unavailable if there is none to take
    Result<T> get_nowait() noexcept(std::is_nothrow_move_constructible_v<T>) {
        if (empty()) return std::unexpected{Error::unavailable};
        return take();
    }

    class GetAwaiter {
    public:
        explicit GetAwaiter(Latest& latest) noexcept : latest_{&latest} {}
        GetAwaiter(GetAwaiter&&) noexcept = default;
        ~GetAwaiter() {
            if (suspended_ && latest_->waiters_.handed_to_current()) {
                latest_->kept_ = false;
                latest_->offer();
            }
        }
        bool await_ready() const noexcept { return !latest_->empty(); }
        void await_suspend(Frame self) noexcept {
            suspended_ = true;
            latest_->waiters_.suspend(self, "Latest::get");
        }
        T await_resume() noexcept(std::is_nothrow_move_constructible_v<T>) {
            if (suspended_) {
                latest_->waiters_.taken();
                latest_->kept_ = false;
            }
            suspended_ = false;
            return latest_->take();
        }

    private:
        Latest* latest_;
        detail::Suspended suspended_;
    };

    /// Takes the value; waits until there is one. @return an awaitable; `co_await` gives the value
    [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

private:
    /// A consumer that was woken has the value kept for it; a newer one may still replace it.
    void offer() noexcept {
        if (kept_) return;
        if (waiters_.empty()) return;
        kept_ = true;
        waiters_.hand_one();
    }
    T take() noexcept(std::is_nothrow_move_constructible_v<T>) {
        T value{std::move(*value_)};  // NOLINT(bugprone-unchecked-optional-access): it is called when there is one
        value_.reset();
        return value;
    }

    WaitQueue waiters_;
    std::optional<T> value_;
    bool kept_ = false;
};

UASYNC_WAITS_FOR(Latest::GetAwaiter, "Latest::get");

}  // namespace uasync
