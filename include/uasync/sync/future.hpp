#pragma once
// Future<T>: a result that is yet to come, as asyncio.Future; Promise<T>: the duty to bring it.
//
//     Future<int> answer;
//     ... answer.set_result(42);                // once, by whoever has it
//     ... int x = co_await answer;              // by as many tasks as like
//
//     Coro<> compute(Promise<int> promise) { promise.set_result(co_await measure()); }   // or the waiters get Error::destroyed
//     create_task(compute(Promise{answer}));
//
// Set once: a second time is Error::misuse. Awaiting one with an error unwinds the waiter with it, as awaiting a failed task does;
// `catch_cancelled` gives it as a value. An error that nobody has looked at is reported when the future goes. Waiters go on in the
// order in which they came. A future has one promise at a time; a further one is as one whose future is gone. Neighbours: Event if
// there is no value; Task, which is a future that a coroutine sets; Queue for many values.
// Cost: T and 3 words; no allocation; O(1), `set` O(waiters). Not ISR-safe (ThreadSafeFlag, RingQueue). Cancel-safe: the value
// stays. Destroying it ends its waiters with Error::destroyed.

#include <exception>
#include <optional>
#include <utility>
#include <variant>

#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

template <class T>
class Promise;

namespace detail {

/// What does not depend on the value's type.
class FutureBase {
public:
    FutureBase() noexcept = default;
    FutureBase(const FutureBase&) = delete;
    FutureBase& operator=(const FutureBase&) = delete;

    /// Whether it has its value or error.
    bool done() const noexcept { return done_; }
    /// Error::none if it has its value, or nothing yet. Looking at it counts as handling it.
    Error error() const noexcept {
        seen_ = true;
        return error_;
    }
    /// Ends it without a value; Error::misuse if it is done.
    Result<void> set_error(Error error) noexcept;
    /// The same with Error::cancelled, of which nobody is told but the waiters. False if it is done.
    bool cancel() noexcept { return set_error(Error::cancelled).has_value(); }
#if UASYNC_EXCEPTIONS
    /// The same with an exception, which is thrown where the value is asked for.
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
    FutureBase** promise_ = nullptr;  ///< the word by which a Promise finds this
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

template <class T = void>
class Future : public detail::FutureBase {
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

public:
    /// Gives it its value and wakes the waiters; Error::misuse, and the value is dropped, if it is done.
    template <class... Args>
    Result<void> set_result(Args&&... args) {
        if (done_) return std::unexpected{Error::misuse};
        value_.emplace(std::forward<Args>(args)...);
        complete();
        return {};
    }

    /// Its value (a copy; one that cannot be copied is moved out, and gone) or error; Error::unavailable while it has neither.
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

    /// Waits for the value: a reference to it, which is the future's.
    Awaiter operator co_await() noexcept { return Awaiter{*this}; }

private:
    Error why_no_value() const {
        if (!done_) return Error::unavailable;
        rethrow();
        return error();
    }

    std::optional<Value> value_;
};

/// Sets one future, once; if it goes without having done so, the waiters end with Error::destroyed. Move-only.
template <class T>
class Promise {
public:
    explicit Promise(Future<T>& future) noexcept : future_{future.promise_ == nullptr ? &future : nullptr} { attach(); }
    Promise(Promise&& other) noexcept : future_{std::exchange(other.future_, nullptr)} { attach(); }
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

    /// As the future's; Error::destroyed if that is gone.
    template <class... Args>
    Result<void> set_result(Args&&... args) {
        if (future_ == nullptr) return std::unexpected{Error::destroyed};
        return static_cast<Future<T>*>(future_)->set_result(std::forward<Args>(args)...);
    }
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

template <class T>
Promise(Future<T>&) -> Promise<T>;

}  // namespace uasync
