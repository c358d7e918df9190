#pragma once
// Latest<T>: a mailbox for one value, where a newer value replaces an older one that nobody has taken. Putting never waits.
//
//     Latest<int> delay_ms;
//     ... delay_ms.put(500);
//     ... int now = co_await delay_ms.get();     // waits for a value that was not taken yet
//
// For settings and measurements, where a consumer that comes late wants the present and not a backlog. Neighbour: Queue, where each
// message counts. One consumer takes each value; waiting consumers are served first in, first out.
// Cost: sizeof(T) and 3 words; no allocation; O(1). Not ISR-safe. Cancel-safe: a cancelled `get` has taken nothing; the value
// stays. Destroying it ends its waiters with Error::destroyed.

#include <optional>
#include <utility>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

template <class T>
class Latest {
public:
    Latest() noexcept = default;
    Latest(const Latest&) = delete;
    Latest& operator=(const Latest&) = delete;
    ~Latest() {
        if (kept_) waiters_.release();
    }

    /// Whether no value waits to be taken.
    bool empty() const noexcept { return !value_.has_value() || kept_; }

    /// Stores the value, in place of one that was not taken, and wakes a waiting consumer.
    void put(T value) noexcept(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>) {
        value_ = std::move(value);
        offer();
    }

    /// The value, or Error::unavailable if there is none that was not taken.
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

    /// Waits for a value that was not taken, and takes it.
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
        T value{std::move(*value_)};
        value_.reset();
        return value;
    }

    WaitQueue waiters_;
    std::optional<T> value_;
    bool kept_ = false;
};

}  // namespace uasync
