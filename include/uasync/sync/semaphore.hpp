#pragma once
// Semaphore: at most n tasks at a time, as asyncio.Semaphore. BoundedSemaphore: the same, and a release too many is Error::misuse.
//
//     Semaphore connections{3};
//     {
//         auto guard = co_await connections.scoped_lock();   // `async with connections`; a fourth task waits
//         co_await fetch(url);
//     }                                                      // released here, also if the task is cancelled
//
// Unlike a lock it may be released by a task that has not acquired it: n then counts things that are there. Neighbours: Lock for
// one at a time; Queue if the things counted are values; ThreadSafeFlag from an interrupt. Waiters are served first in, first out,
// and nobody overtakes one whose place is on its way, even if there is another.
// Cost: a pointer and two numbers (bounded: three); no allocation; O(1). Not ISR-safe. Cancel-safe: a task that is cancelled while
// it waits, or just as it was handed a place, does not have it, and the next in line does.
// Destroying it ends its waiters with Error::destroyed; guards must be gone before.

#include <utility>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// Releases its semaphore at the end of its life.
template <class S>
class [[nodiscard("it releases the semaphore at the end of its life: give it a name")]] SemaphoreGuard {
public:
    explicit SemaphoreGuard(S& semaphore) noexcept : semaphore_{&semaphore} {}
    SemaphoreGuard(SemaphoreGuard&& other) noexcept : semaphore_{std::exchange(other.semaphore_, nullptr)} {}
    SemaphoreGuard& operator=(SemaphoreGuard&&) = delete;
    ~SemaphoreGuard() {
        if (semaphore_ != nullptr) (void)semaphore_->release();
    }

private:
    S* semaphore_;
};

}  // namespace detail

class Semaphore {
public:
    /// `value` tasks may acquire it before one has to wait.
    explicit Semaphore(unsigned value = 1) noexcept : value_{value} {}
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;
    ~Semaphore() {
        if (handed_ != 0) waiters_.release();
    }

    /// Whether `acquire` would wait: there is no place, or tasks that were given theirs have not had their turn.
    bool locked() const noexcept { return value_ == 0 || handed_ != 0; }

    /// One more place: for the longest waiter, if there is one.
    Result<void> release() noexcept {
        ++value_;
        hand_over();
        return {};
    }

    class AcquireAwaiter {
    public:
        explicit AcquireAwaiter(Semaphore& semaphore) noexcept : semaphore_{&semaphore} {}
        AcquireAwaiter(AcquireAwaiter&&) noexcept = default;
        ~AcquireAwaiter() {
            if (suspended_ && semaphore_->waiters_.handed_to_current()) semaphore_->arrived(1);
        }
        bool await_ready() const noexcept { return !semaphore_->locked(); }
        void await_suspend(Frame self) noexcept {
            suspended_ = true;
            semaphore_->waiters_.suspend(self, "Semaphore::acquire");
        }
        void await_resume() noexcept {
            if (suspended_) {
                semaphore_->waiters_.taken();
                semaphore_->arrived(0);
            } else {
                --semaphore_->value_;
            }
            suspended_ = false;
        }

    protected:
        Semaphore* semaphore_;

    private:
        detail::Suspended suspended_;
    };

    /// Waits for a place and takes it.
    [[nodiscard("co_await it")]] AcquireAwaiter acquire() noexcept { return AcquireAwaiter{*this}; }

    using Guard = detail::SemaphoreGuard<Semaphore>;

    class ScopedAwaiter : public AcquireAwaiter {
    public:
        using AcquireAwaiter::AcquireAwaiter;
        Guard await_resume() noexcept {
            AcquireAwaiter::await_resume();
            return Guard{*semaphore_};
        }
    };

    /// Waits for a place; the Guard that it gives holds it.
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_lock() noexcept { return ScopedAwaiter{*this}; }

protected:
    unsigned value() const noexcept { return value_; }

private:
    void hand_over() noexcept {
        while (value_ != 0 && !waiters_.empty()) {
            --value_;
            ++handed_;
            waiters_.hand_one();
        }
    }
    /// A task that was given a place has its turn, and does not want it (`unwanted` 1). Others may have come behind it.
    void arrived(unsigned unwanted) noexcept {
        --handed_;
        value_ += unwanted;
        hand_over();
    }

    WaitQueue waiters_;
    unsigned value_;  ///< places that nobody has and nobody is about to get
    unsigned handed_ = 0;
};

class BoundedSemaphore : Semaphore {
public:
    explicit BoundedSemaphore(unsigned value = 1) noexcept : Semaphore{value}, bound_{value} {}

    using Semaphore::acquire;
    using Semaphore::locked;

    /// As Semaphore's; Error::misuse, and nothing happens, if all the places that it began with are free.
    Result<void> release() noexcept {
        if (value() >= bound_) return std::unexpected{Error::misuse};
        return Semaphore::release();
    }

    using Guard = detail::SemaphoreGuard<BoundedSemaphore>;

    class ScopedAwaiter : public AcquireAwaiter {
    public:
        explicit ScopedAwaiter(BoundedSemaphore& semaphore) noexcept : AcquireAwaiter{semaphore} {}
        Guard await_resume() noexcept {
            AcquireAwaiter::await_resume();
            return Guard{static_cast<BoundedSemaphore&>(*semaphore_)};
        }
    };

    /// Waits for a place; the Guard that it gives holds it.
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_lock() noexcept { return ScopedAwaiter{*this}; }

private:
    unsigned bound_;
};

}  // namespace uasync
