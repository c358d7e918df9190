#pragma once

#include <exception>
#include <optional>
#include <utility>
#include <variant>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

template <class T>
class Promise;

namespace detail {

/// The part that does not depend on the type of the value.
class FutureBase {
public:
    FutureBase() noexcept = default;
    FutureBase(const FutureBase&) = delete;
    FutureBase& operator=(const FutureBase&) = delete;

    /// Whether the future has its value or an error. @return true once it was set
    bool done() const noexcept { return done_; }
    /// The error; asking for it counts as handling it. @return Error::none if the future has a value, or nothing yet
    Error error() const noexcept {
        seen_ = true;
        return error_;
    }
    /// Gives the future an error instead of a value, and wakes the tasks that wait. O(waiting tasks).
    /// @param error the error with which the tasks that await the future end
    /// @return success, or Error::misuse if the future is done
    Result<void> set_error(Error error) noexcept;
    /// Gives the future the error Error::cancelled. Nothing is reported if nobody looks at it.
    /// @return false if the future was done
    bool cancel() noexcept { return set_error(Error::cancelled).has_value(); }
#if UASYNC_EXCEPTIONS
    /// Gives the future an exception, which is thrown where the value is asked for. Hosts only. O(waiting tasks).
    /// @param exception the exception
    /// @return success, or Error::misuse if the future is done
    Result<void> set_exception(std::exception_ptr exception) noexcept;
#endif

protected:
    ~FutureBase();
    bool has_outcome() const noexcept { return done_ && (error_ == Error::none || error_ == Error::exception); }
    void waits(Frame waiter) noexcept;
    void complete() noexcept;
    void rethrow() const {
#if UASYNC_EXCEPTIONS
        if (error_ != Error::exception) return;
        seen_ = true;
        std::rethrow_exception(exception_);
#endif
    }

    WaitQueue waiters_;
    FutureBase** promise_ = nullptr;  ///< the pointer with which the Promise finds this
    bool done_ = false;
    mutable bool seen_ = false;
    Error error_ = Error::none;
#if UASYNC_EXCEPTIONS
    std::exception_ptr exception_;
#endif

    template <class T>
    friend class uasync::Promise;
};

}  // namespace detail

/// A result that will come later, set once and awaited by any number of tasks.
///
/// @par Use it for
/// Passing one value, once, to as many tasks as want it.
/// @par Instead use
/// Event if there is no value; Task, which is a future that a coroutine sets; Queue for many values; Latest for the
/// newest one; ThreadSafeFlag or RingQueue from an interrupt.
/// @par Cost
/// The value, its flag and 12 bytes on a board; no allocation. Setting it is O(waiting tasks), the destructor O(tasks).
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled task has taken nothing; the value stays. Cancelling a task that waits does not cancel the future (in
/// asyncio it does).
/// @par Fairness
/// Waiting tasks continue in the order in which they came. A task that awaits a future which is set continues at once.
/// @par Errors
/// A future is set once; a second time gives Error::misuse. A task that awaits a future with an error ends with that
/// error, as when it awaits a failed task; catch_cancelled() gives the error as a value. If nobody has looked at an
/// error, it is reported when the future is destroyed. Tasks that wait when the future is destroyed end with
/// Error::destroyed.
/// @par Source
/// Python's asyncio.Future.
///
/// @tparam T type of the value; `Future<>` has none
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> measure(Promise<int> promise, bool works) {
///     co_await sleep_ms(10);
///     if (works) (void)promise.set_result(42);
/// }  // here the promise goes
///
/// Coro<> show(Future<int>& future, const char* who) { print("{}: {}\n", who, co_await future); }
///
/// Coro<> async_main() {
///     Future<int> answer;
///     create_task(measure(Promise{answer}, true));
///     auto first = create_task(show(answer, "first"));
///     auto second = create_task(show(answer, "second"));
///     co_await gather(first, second);
///     co_await show(answer, "late");
///
///     Future<int> broken;
///     create_task(measure(Promise{broken}, false));
///     auto result = co_await catch_cancelled(show(broken, "never"));
///     print("{} at {} ms\n", result.error(), ticks_ms());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// first: 42
/// second: 42
/// late: 42
/// what it awaited was destroyed at 20 ms
/// @endcode
template <class T = void>
class Future : public detail::FutureBase {
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

public:
    /// Gives the future its value, and wakes the tasks that wait. O(waiting tasks).
    /// @tparam Args types of the arguments
    /// @param args arguments of the value's constructor, usually the value itself
    /// @return success, or Error::misuse if the future is done; the value is dropped then
    template <class... Args>
    Result<void> set_result(Args&&... args) {
        if (done_) return std::unexpected{Error::misuse};
        value_.emplace(std::forward<Args>(args)...);
        complete();
        return {};
    }

    /// The value, without waiting. On hosts it throws the exception, if that is what was set.
    /// @return a copy of the value, the error, or Error::unavailable if the future has neither yet
    Result<T> result() const
        requires(std::is_void_v<T> || std::is_copy_constructible_v<T>)
    {
        if (const Error why = why_no_value(); why != Error::none) return std::unexpected{why};
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return *value_;
        }
    }
    /// The value, without waiting, of a type that cannot be copied: it is moved out of the future. On hosts it throws the
    /// exception, if that is what was set.
    /// @return the value, the error, or Error::unavailable if the future has neither yet
    Result<T> result()
        requires(!std::is_void_v<T> && !std::is_copy_constructible_v<T>)
    {
        if (const Error why = why_no_value(); why != Error::none) return std::unexpected{why};
        return std::move(*value_);
    }

    class Awaiter {
    public:
        explicit Awaiter(Future& future) noexcept : future_{&future} {}
        Awaiter(Awaiter&&) noexcept = default;
        ~Awaiter() {
            if (suspended_)
                (void)future_->waiters_.handed_to_current();  // cancelled just as it was woken: it may outlive the future
        }
        bool await_ready() const noexcept { return future_->has_outcome(); }
        void await_suspend(Frame waiter) noexcept {
            suspended_ = true;
            future_->waits(waiter);
        }
        std::add_lvalue_reference_t<T> await_resume() const {
            future_->waiters_.taken();
            future_->rethrow();
            if constexpr (!std::is_void_v<T>) return *future_->value_;
        }

    private:
        Future* future_;
        detail::Suspended suspended_;
    };

    /// Waits for the value; continues at once if it is there.
    /// @return an awaitable; `co_await` gives a reference to the value, which the future keeps
    Awaiter operator co_await() noexcept { return Awaiter{*this}; }

private:
    Error why_no_value() const {
        if (!done_) return Error::unavailable;
        rethrow();
        return error();
    }

    std::optional<Value> value_;
};

/// The side of a Future that sets it. If a Promise is destroyed without having set its future, the tasks that wait end
/// with Error::destroyed.
///
/// A future has one promise at a time. A second one behaves as if its future had been destroyed. A Promise can be moved,
/// not copied.
///
/// @par Use it for
/// A coroutine or callback that has to bring a value and must not forget it. The example of Future shows it.
/// @par Instead use
/// Future::set_result(), if nobody can forget it.
/// @par Cost
/// 4 bytes on a board; no allocation; O(1), setting it O(waiting tasks).
/// @par From an interrupt
/// Not allowed.
///
/// @tparam T type of the value
template <class T>
class Promise {
public:
    /// Becomes the promise of a future.
    /// @param future the future; it may be destroyed before the promise
    explicit Promise(Future<T>& future) noexcept : future_{future.promise_ == nullptr ? &future : nullptr} { attach(); }
    /// Takes over another promise's future.
    /// @param other promise that has no future afterwards
    Promise(Promise&& other) noexcept : future_{std::exchange(other.future_, nullptr)} { attach(); }
    /// Gives up its own future, as the destructor does, and takes over another promise's.
    /// @param other promise that has no future afterwards
    /// @return this promise
    Promise& operator=(Promise&& other) noexcept {
        Promise old{std::move(*this)};
        future_ = std::exchange(other.future_, nullptr);
        attach();
        return *this;
    }
    ~Promise() {
        if (future_ == nullptr) return;
        future_->promise_ = nullptr;
        if (!future_->done()) (void)future_->set_error(Error::destroyed);
    }

    /// Gives the future its value, and wakes the tasks that wait. O(waiting tasks).
    /// @tparam Args types of the arguments
    /// @param args arguments of the value's constructor, usually the value itself
    /// @return success, Error::misuse if the future is done, or Error::destroyed if there is no future
    template <class... Args>
    Result<void> set_result(Args&&... args) {
        if (future_ == nullptr) return std::unexpected{Error::destroyed};
        return static_cast<Future<T>*>(future_)->set_result(std::forward<Args>(args)...);
    }
    /// Gives the future an error instead of a value, and wakes the tasks that wait. O(waiting tasks).
    /// @param error the error with which the tasks that await the future end
    /// @return success, Error::misuse if the future is done, or Error::destroyed if there is no future
    Result<void> set_error(Error error) noexcept {
        if (future_ == nullptr) return std::unexpected{Error::destroyed};
        return future_->set_error(error);
    }

private:
    void attach() noexcept {
        if (future_ != nullptr) future_->promise_ = &future_;
    }
    detail::FutureBase* future_;
};

/// Deduces the type of the value.
/// @tparam T type of the value
template <class T>
Promise(Future<T>&) -> Promise<T>;

UASYNC_WAITS_FOR(Future::Awaiter, "Future");

}  // namespace uasync
