#pragma once
// run_coroutine_threadsafe(coroutine, loop): runs a coroutine as a task of another loop, as asyncio's. Hosts only.
//
//     RemoteTask<int> answer = run_coroutine_threadsafe(measure(), loop);   // `loop` runs in another thread, or will
//     ... int value = co_await answer;                                      // from a task of this thread's loop
//     ... Result<int> value = answer.result(5s);                            // from a plain thread, which it blocks
//     ... answer.cancel();
//
// It may be called from any thread, the loop's own as well. The task begins behind all that the loop has ready; its exception is thrown
// where the result is asked for, its error given; an error that nobody asks for is reported with the last handle. If the loop ends or is closed before the task, the result is Error::destroyed. The loop
// must not have ended when this is called. Handles are copied freely; dropping them does not stop the task.
// Neighbours: `create_task` for this thread's loop; `to_thread` for a function that blocks; `call_soon_threadsafe` for one that does not;
// ThreadSafeQueue for many values.
// Cost: allocates a few hundred bytes and a task. Not from interrupts. Cancel-safe: if a task that awaits it is cancelled it goes on
// at once, and the task of the other loop is cancelled too, as in asyncio; that takes effect there in its time.

#include <uasync/config.hpp>

#if !UASYNC_BOARD

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
    /// The loop's task is cancelled when its loop comes to it. False if it has ended.
    bool cancel() noexcept;
    /// The last handle has gone.
    void let_go() noexcept;

    /// Waits for the end. Unwound before, it cancels the task.
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

    /// Has the task made in `loop`, from any thread.
    void start(TaskLoop& loop);
    /// In the loop: the task begins.
    void begin() noexcept;
    /// It has ended, or will never begin. Only the first time counts. Afterwards this may be gone, unless the caller keeps what is returned.
    [[nodiscard]] std::shared_ptr<RemoteState> end(Error error) noexcept;

    // The handles' side: once it is done ---------------------------------------------------------------------------------------

    Error error() const noexcept { return error_; }
    /// Blocks the caller until it is done: Error::none; or Error::timeout; or Error::misuse in the loop's own thread, which would wait for
    /// itself. Without threads Error::unavailable if it is not done.
    Error wait(std::optional<std::chrono::microseconds> limit) noexcept;
    void rethrow() const {
#if UASYNC_EXCEPTIONS
        if (exception_) std::rethrow_exception(exception_);
#endif
    }
    /// Whoever asks for the result knows of its error: no report is due.
    void seen() noexcept { seen_.store(true, std::memory_order_relaxed); }

protected:
    explicit RemoteState(const char* name) noexcept;
    virtual ~RemoteState();
    virtual TaskHandle create(const char* name) noexcept = 0;
    /// Moves the value out of the task that has ended. May throw what has left it.
    virtual void take(TaskState& task) = 0;

private:
    struct Watch : TaskWatch {
        using TaskWatch::TaskWatch;
        RemoteState* owner = nullptr;
    };
    void task_ended() noexcept;

    Watch watch_;  ///< of the task, which it has a handle of: the loop's thread alone
    /// This, as long as the task runs or there are handles: so these destroy it, in their thread, unless they have gone before.
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
    std::mutex mutex_;  ///< held while it ends and while other threads speak to the loop, which is there for as long
    std::condition_variable ended_;
#endif
};

/// Memory of the frame pool, as tasks have.
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

    /// The value of a task that has ended with one: a copy if it has one, as others may ask too.
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

/// A task that runs in another loop, perhaps in another thread. All functions may be called from any thread.
template <class T = void>
class RemoteTask {
public:
    /// Whether it has ended, in whichever way.
    bool done() const noexcept { return result_->done(); }

    /// Requests its cancellation, which its loop delivers. False if it was done already.
    bool cancel() const noexcept { return result_->cancel(); }

    /// Waits for the end, in a task of this thread's loop, and gives the value; an error unwinds the waiter. A waiter that is cancelled
    /// cancels the task.
    Coro<T> operator co_await() const { return detail::await_remote<T>(result_); }

    /// Blocks this thread until it has ended: its value or error. Rethrows. In the loop's own thread, where it would never come, it is
    /// Error::misuse while the task is not done. (In the simulation, which has one thread, Error::unavailable.)
    Result<T> result() const { return get(std::nullopt); }
    /// The same for a limited time, then Error::timeout; the task runs on.
    template <class Rep, class Period>
    Result<T> result(std::chrono::duration<Rep, Period> limit) const {
        // So long that it is never, and short enough to be added to any time.
        constexpr std::chrono::hours longest{24 * 365 * 50};
        if (limit > longest) return get(std::nullopt);
        return get(std::chrono::ceil<std::chrono::microseconds>(limit));
    }

    /// For run_coroutine_threadsafe. Handles are counted apart from other owners.
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

/// Runs `coroutine` as a task of `loop`. `name` is kept, not copied.
template <class T>
    requires(!std::is_reference_v<T>)
RemoteTask<T> run_coroutine_threadsafe(Coro<T> coroutine, Loop& loop, const char* name = nullptr) {
    using Result = detail::RemoteResult<T>;
    auto result = std::allocate_shared<Result>(detail::FrameAllocator<Result>{}, std::move(coroutine), name);
    RemoteTask<T> task{result};
    result->start(detail::internals(loop));
    return task;
}

}  // namespace uasync

#endif
