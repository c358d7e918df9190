#pragma once

#include <uasync/config.hpp>

#if UASYNC_BOARD
#include <uasync/task/remote_task.hpp>
#else

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/kernel/task_watch.hpp>

#if UASYNC_THREADS
#include <condition_variable>
#include <mutex>
#endif

namespace uasync {

namespace detail {

/// What the loop and the handles share, without the value.
// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): only shared pointers, which know the type, destroy it
class RemoteState : public std::enable_shared_from_this<RemoteState> {
public:
    RemoteState(const RemoteState&) = delete;
    RemoteState& operator=(const RemoteState&) = delete;

    bool done() const noexcept;
    /// The loop's task is cancelled when its loop gets to it. False if it has ended.
    bool cancel() noexcept;
    /// The last handle is gone.
    void let_go() noexcept;

    /// Waits for the end. If it is unwound before, it cancels the task.
    class EndAwaiter {
    public:
        explicit EndAwaiter(RemoteState& state) noexcept : state_{&state} {}
        EndAwaiter(EndAwaiter&& unstarted) noexcept : EndAwaiter{*unstarted.state_} {}
        EndAwaiter& operator=(EndAwaiter&&) = delete;
        ~EndAwaiter();
        bool await_ready() const noexcept { return false; }
        bool await_suspend(Frame frame) noexcept;
        void await_resume() noexcept;

    private:
        RemoteState* state_;
        bool suspended_ = false;
    };

    /// Makes `loop` create the task, from any thread.
    void start(TaskLoop& loop);
    /// Runs in the loop: the task begins.
    void begin() noexcept;

    /// The task has ended, or will never begin. Only the first call counts. After it, this may be gone unless the
    /// caller keeps the result.
    [[nodiscard]] std::shared_ptr<RemoteState> end(Error error) noexcept;

    // The handles' side: once it is done ---------------------------------------------------------------------------------------

    Error error() const noexcept { return error_; }

    /// Blocks the caller until it is done: Error::none; Error::timeout; Error::misuse in the loop's own thread,
    /// which would wait for itself. Without threads, Error::unavailable if it is not done.
    Error wait(std::optional<std::chrono::microseconds> limit) noexcept;
    void rethrow() const {
#if UASYNC_EXCEPTIONS
        if (exception_) std::rethrow_exception(exception_);
#endif
    }
    /// Somebody has asked for the result and knows of its error, so it is not reported.
    void seen() noexcept { seen_.store(true, std::memory_order_relaxed); }

protected:
    explicit RemoteState(const char* name) noexcept;
    virtual ~RemoteState();
    virtual TaskHandle create(const char* name) noexcept = 0;
    /// Moves the value out of the task, which has ended. Throws what left the task.
    virtual void take(TaskState& task) = 0;

private:
    struct Watch : TaskWatch {
        using TaskWatch::TaskWatch;
        RemoteState* owner = nullptr;
    };
    void task_ended() noexcept;

    Watch watch_;  ///< of the task, of which it has a handle; for the loop's thread only
    /// Keeps this alive while the task runs or handles exist, so that a handle destroys it, in its own thread, unless
    /// all handles are gone before the task ends.
    std::shared_ptr<RemoteState> running_;
    bool let_go_ = false;
    const char* name_;
    std::atomic<bool> seen_{false};
#if UASYNC_EXCEPTIONS
    std::exception_ptr exception_;
#endif
    mutable SharedLock lock_;
    SharedWaitQueue waiters_{lock_};
    TaskLoop* loop_ = nullptr;  ///< until it has ended
    bool done_ = false;
    Error error_ = Error::none;
#if UASYNC_THREADS
    std::mutex mutex_;  ///< held while the task ends and while other threads use the loop, which therefore exists
    std::condition_variable ended_;
#endif
};

/// Gives memory of the frame pool, as tasks have.
template <class T>
struct FrameAllocator {
    using value_type = T;
    FrameAllocator() noexcept = default;
    template <class U>
    explicit FrameAllocator(const FrameAllocator<U>&) noexcept {}
    T* allocate(std::size_t count) {
        void* memory = allocate_frame(count * sizeof(T));
        if (memory == nullptr) port::fatal("no memory for run_coroutine_threadsafe");
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) noexcept { free_frame(memory, count * sizeof(T)); }
    template <class U>
    bool operator==(const FrameAllocator<U>&) const noexcept {
        return true;
    }
};

template <class T>
class RemoteResult final : public RemoteState {
public:
    RemoteResult(Coro<T> coroutine, const char* name) noexcept : RemoteState{name}, coroutine_{std::move(coroutine)} {}

    /// The value of a task that ended with one: a copy if it can be copied, as others may ask too.
    T value() {
        if constexpr (std::is_void_v<T>) {
            return;
        } else if constexpr (std::is_copy_constructible_v<T>) {
            return *value_;
        } else {
            return std::move(*value_);
        }
    }

private:
    TaskHandle create(const char* name) noexcept override { return create_task(std::move(coroutine_), name); }
    void take(TaskState& task) override {
        if constexpr (std::is_void_v<T>) {
            task_value<T>(task);
        } else {
            value_.emplace(std::move(task_value<T>(task)));
        }
    }

    Coro<T> coroutine_;
    std::optional<NonVoid<T>> value_;
};

/// `co_await` of a RemoteTask.
template <class T>
Coro<T> await_remote(std::shared_ptr<RemoteResult<T>> result) {
    co_await RemoteState::EndAwaiter{*result};
    result->seen();
    const Error error = result->error();
    if (error != Error::none && error != Error::exception) co_await FailAwaiter{error};
    result->rethrow();
    co_return result->value();
}

}  // namespace detail

/// A handle of a task that runs in another loop, perhaps in another thread. Hosts only.
///
/// Handles are copied freely; destroying them does not stop the task. All functions may be called from any thread.
///
/// @par Errors
/// If nobody asks for the result, an error is reported when the last handle is destroyed.
/// @tparam T the task's result type
template <class T = void>
class RemoteTask {
public:
    /// Whether the task has ended. @return true for a value, an error or a cancellation
    bool done() const noexcept { return result_->done(); }

    /// Requests cancellation, which the task's loop delivers. @return false if the task was done already
    bool cancel() const noexcept { return result_->cancel(); }

    /// Waits for the end in a task of this thread's loop.
    /// @par When cancelled
    /// The waiter continues at once, and the other loop cancels the task, as in asyncio.
    /// @par Errors
    /// An error of the task ends the waiter with the same error; an exception is thrown.
    /// @return an awaitable; `co_await` gives the value
    Coro<T> operator co_await() const { return detail::await_remote<T>(result_); }

    /// Blocks the calling thread until the task has ended. It throws what the task threw.
    /// @par Errors
    /// Those of the task; Error::destroyed if its loop ended first; Error::misuse in the loop's own thread, where
    /// the end would never come; Error::unavailable in the simulation, which has one thread, if the task is not
    /// done.
    /// @return the value, or the error
    Result<T> result() const { return get(std::nullopt); }

    /// Blocks the calling thread for a limited time. The task runs on after a timeout.
    /// @tparam Rep the limit's number type
    /// @tparam Period the limit's unit
    /// @param limit how long to block at most
    /// @return the value, Error::timeout, or one of the errors that result() without a limit gives
    template <class Rep, class Period>
    Result<T> result(std::chrono::duration<Rep, Period> limit) const {
        // Long enough to mean never, and short enough to be added to any time.
        constexpr std::chrono::hours longest{24 * 365 * 50};
        if (limit > longest) return get(std::nullopt);
        return get(std::chrono::ceil<std::chrono::microseconds>(limit));
    }

    /// For run_coroutine_threadsafe(). @param result what the loop and the handles share
    explicit RemoteTask(const std::shared_ptr<detail::RemoteResult<T>>& result)
        : result_{result.get(), [result](detail::RemoteResult<T>*) { result->let_go(); }, detail::FrameAllocator<std::byte>{}} {}

private:
    Result<T> get(std::optional<std::chrono::microseconds> limit) const {
        if (const Error error = result_->wait(limit); error != Error::none) return std::unexpected{error};
        result_->seen();
        if (const Error error = result_->error(); error != Error::none && error != Error::exception) return std::unexpected{error};
        result_->rethrow();
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return result_->value();
        }
    }

    std::shared_ptr<detail::RemoteResult<T>> result_;
};

/// Runs a coroutine as a task of another loop, from any thread. Hosts only.
///
/// @par Use it for
/// Making the loop of another thread do something and getting its result: in a task, which awaits it, or in a plain
/// thread, which it blocks.
/// @par Instead use
/// create_task() for this thread's loop, to_thread() for a function that blocks, call_soon_threadsafe() for one
/// that does not, ThreadSafeQueue for many values.
/// @par Cost
/// A few hundred bytes of the frame pool and a task.
/// @par From an interrupt
/// Not allowed, nor from a signal handler.
/// @par When cancelled
/// A cancelled waiter continues at once, and the other loop cancels the task, as in asyncio.
/// @par Fairness
/// The task starts after all that its loop has ready.
/// @par Errors
/// The task's error or exception, where the result is asked for; Error::destroyed if the loop ends or is closed
/// before the task has ended. If nobody asks for the result, an error is reported with the last handle.
/// @par Source
/// `asyncio.run_coroutine_threadsafe`
/// @tparam T the coroutine's result type
/// @param coroutine what the task runs
/// @param loop a loop that runs, or will run; it must not have ended
/// @param name the task's name for reports; kept, not copied; null: the coroutine's name
/// @return a handle of the task
/// @par Example
/// @code{.cpp}
/// // Linux
/// #include <uasync/uasync.hpp>
///
/// #include <thread>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> measure(int number) {
///     co_await sleep_ms(1);
///     co_return 10 * number;
/// }
///
/// int main() {
///     EventLoop loop;
///     std::thread other{[&] { loop.run_forever(); }};
///
///     auto first = run_coroutine_threadsafe(measure(1), loop);
///     print("{}\n", first.result(5s).value_or(-1));  // a plain thread
///
///     auto body = [&]() -> Coro<> {  // a task of this thread's loop
///         const int second = co_await run_coroutine_threadsafe(measure(2), loop);
///         print("{}\n", second);
///     };
///     run(body());
///
///     loop.call_soon_threadsafe([&] { loop.stop(); });
///     other.join();
/// }
/// @endcode
/// @code{.unparsed}
/// 10
/// 20
/// @endcode
template <class T>
    requires(!std::is_reference_v<T>)
RemoteTask<T> run_coroutine_threadsafe(Coro<T> coroutine, Loop& loop, const char* name = nullptr) {
    using Result = detail::RemoteResult<T>;
    auto result = std::allocate_shared<Result>(detail::FrameAllocator<Result>{}, std::move(coroutine), name);
    RemoteTask<T> task{result};
    result->start(detail::internals(loop));
    return task;
}

UASYNC_WAITS_FOR(RemoteState::EndAwaiter, "a task of another loop");

}  // namespace uasync

#endif
