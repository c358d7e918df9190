#pragma once

#include <utility>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

namespace detail {

/// Releases its semaphore at the end of its life.
template <class S>
class [[nodiscard("it releases the semaphore at the end of its life: give it a name")]] SemaphoreGuard {
public:
    /// Takes over a place.
    /// @param semaphore a semaphore of which the running task has acquired a place
    explicit SemaphoreGuard(S& semaphore) noexcept : semaphore_{&semaphore} {}
    /// Takes over what another guard holds.
    /// @param other guard that holds nothing afterwards
    SemaphoreGuard(SemaphoreGuard&& other) noexcept : semaphore_{std::exchange(other.semaphore_, nullptr)} {}
    SemaphoreGuard& operator=(SemaphoreGuard&&) = delete;
    ~SemaphoreGuard() {
        if (semaphore_ != nullptr) (void)semaphore_->release();
    }

private:
    S* semaphore_;
};

}  // namespace detail

/// A counter of free places: at most n tasks at a time, and the others wait for a place.
///
/// @par Use it for
/// Limiting how many tasks do something at once, such as connections or buffers; counting things that one task makes and
/// another takes.
/// @par Instead use
/// BoundedSemaphore to notice a release too many; Lock for one task at a time; Queue if the things counted are values;
/// ThreadSafeFlag from an interrupt.
/// @par Cost
/// 12 bytes on a board; no allocation; O(1).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A task that is cancelled while it waits, or just after it was handed a place, does not have it; the next waiting task
/// gets it. A Guard releases the place when its task is cancelled.
/// @par Fairness
/// First in, first out. No task overtakes one whose place is on its way, even if another place is free (as in CPython
/// since 3.11).
/// @par Errors
/// Tasks that wait when the semaphore is destroyed end with Error::destroyed; guards must be destroyed first.
/// @par Source
/// Python's asyncio.Semaphore; `scoped_lock` stands for `async with semaphore`.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> fetch(Semaphore& connections, int page) {
///     auto guard = co_await connections.scoped_lock();
///     print("{} ms: fetch {}\n", ticks_ms(), page);
///     co_await sleep_ms(page == 1 ? 25 : 10);
/// }
///
/// Coro<> async_main() {
///     Semaphore connections{2};
///     co_await gather(fetch(connections, 1), fetch(connections, 2), fetch(connections, 3), fetch(connections, 4));
///
///     BoundedSemaphore buffers{1};
///     co_await buffers.acquire();
///     print("locked: {}\n", buffers.locked());
///     buffers.release();
///     print("once more: {}\n", buffers.release().error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 0 ms: fetch 1
/// 0 ms: fetch 2
/// 10 ms: fetch 3
/// 20 ms: fetch 4
/// locked: true
/// once more: misuse
/// @endcode
class Semaphore {
public:
    /// A semaphore with free places.
    /// @param value number of tasks that can acquire it before one has to wait
    explicit Semaphore(unsigned value = 1) noexcept : value_{value} {}
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;
    ~Semaphore() {
        if (handed_ != 0) waiters_.release();
    }

    /// Whether acquire() would wait.
    /// @return true if no place is free, or tasks that were given theirs have not run since
    bool locked() const noexcept { return value_ == 0 || handed_ != 0; }

    /// Frees a place, for the task that has waited longest if there is one. A task that has not acquired the semaphore
    /// may call it, too.
    /// @return success
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

    /// Takes a place; waits until one is free. It is held until release().
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] AcquireAwaiter acquire() noexcept { return AcquireAwaiter{*this}; }

    /// What scoped_lock() gives: it releases the place at the end of its life, so it needs a name.
    using Guard = detail::SemaphoreGuard<Semaphore>;

    class ScopedAwaiter : public AcquireAwaiter {
    public:
        using AcquireAwaiter::AcquireAwaiter;
        Guard await_resume() noexcept {
            AcquireAwaiter::await_resume();
            return Guard{*semaphore_};
        }
    };

    /// Takes a place for a scope; waits until one is free.
    /// @return an awaitable; `co_await` gives a Guard, which needs a name
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_lock() noexcept { return ScopedAwaiter{*this}; }

protected:
    /// Number of free places, without those that are on their way to a task. @return 0 or more
    unsigned value() const noexcept { return value_; }

private:
    void hand_over() noexcept {
        while (value_ != 0 && !waiters_.empty()) {
            --value_;
            ++handed_;
            waiters_.hand_one();
        }
    }
    /// A task that was given a place has its turn. `unwanted` is 1 if it was cancelled; other tasks may have come behind
    /// it.
    void arrived(unsigned unwanted) noexcept {
        --handed_;
        value_ += unwanted;
        hand_over();
    }

    WaitQueue waiters_;
    unsigned value_;  ///< places that no task has or is about to get
    unsigned handed_ = 0;
};

/// A Semaphore for which one release too many is an error. acquire() and locked() are those of Semaphore.
///
/// @par Use it for
/// Limits where every release must belong to an acquire: it finds the one that does not.
/// @par Instead use
/// Semaphore, if tasks that have not acquired it may release it.
/// @par Cost
/// 16 bytes on a board; no allocation; O(1).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// As with Semaphore.
/// @par Errors
/// release() gives Error::misuse above the first value. Tasks that wait when the semaphore is destroyed end with
/// Error::destroyed; guards must be destroyed first.
/// @par Source
/// Python's asyncio.BoundedSemaphore.
class BoundedSemaphore : Semaphore {
public:
    /// A semaphore with free places.
    /// @param value number of places; there are never more
    explicit BoundedSemaphore(unsigned value = 1) noexcept : Semaphore{value}, bound_{value} {}

    /// Takes a place; waits until one is free. @return an awaitable; `co_await` gives nothing
    using Semaphore::acquire;
    /// Whether acquire() would wait.
    /// @return true if no place is free, or tasks that were given theirs have not run since
    using Semaphore::locked;

    /// Frees a place, for the task that has waited longest if there is one.
    /// @return success, or Error::misuse if all places are free; nothing happens then
    Result<void> release() noexcept {
        if (value() >= bound_) return std::unexpected{Error::misuse};
        return Semaphore::release();
    }

    /// What scoped_lock() gives: it releases the place at the end of its life, so it needs a name.
    using Guard = detail::SemaphoreGuard<BoundedSemaphore>;

    class ScopedAwaiter : public AcquireAwaiter {
    public:
        explicit ScopedAwaiter(BoundedSemaphore& semaphore) noexcept : AcquireAwaiter{semaphore} {}
        Guard await_resume() noexcept {
            AcquireAwaiter::await_resume();
            return Guard{static_cast<BoundedSemaphore&>(*semaphore_)};
        }
    };

    /// Takes a place for a scope; waits until one is free.
    /// @return an awaitable; `co_await` gives a Guard, which needs a name
    [[nodiscard("co_await it")]] ScopedAwaiter scoped_lock() noexcept { return ScopedAwaiter{*this}; }

private:
    unsigned bound_;
};

UASYNC_WAITS_FOR(Semaphore::AcquireAwaiter, "Semaphore::acquire");
UASYNC_WAITS_FOR(Semaphore::ScopedAwaiter, "Semaphore::acquire");
UASYNC_WAITS_FOR(BoundedSemaphore::ScopedAwaiter, "Semaphore::acquire");

}  // namespace uasync
