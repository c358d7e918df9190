#pragma once
// Implementation detail of run_coroutine_threadsafe on boards with several loops.

#include <uasync/config.hpp>

#if UASYNC_BOARD && UASYNC_LOOPS

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/task/call.hpp>

namespace uasync {

namespace detail {

// What the handles and the task's loop share. It lives in the frame pool, and whoever lets go of it last frees it:
//
//     users   each handle; the task, until it has ended; and the callback, while it is posted to the loop
//
//     [posted] -- the loop calls it --> [running] -- the task ends --> [done]
//        |                                  |
//        +------ the loop is closed --------+---------------------------^  Error::destroyed
//
// `cancel` notes what it wants, and posts the callback again. Everything that both sides touch is changed in a critical section,
// which on a chip with two cores excludes the other one too. `loop_` is null once it is done, so that nobody posts to a loop
// that has gone.

/// What a RemoteTask and the task's loop share, without the value.
class RemoteState {
public:
    /// What depends on the type of the value.
    struct Functions {
        TaskHandle (*create)(RemoteState&) noexcept;
        void (*take)(RemoteState&, TaskState&) noexcept;  ///< moves the value out of the task
        void (*destroy)(RemoteState&) noexcept;           ///< and frees it
    };

    RemoteState(const Functions& functions, const char* name) noexcept;
    RemoteState(const RemoteState&) = delete;
    RemoteState& operator=(const RemoteState&) = delete;

    void add_user() noexcept;
    void remove_user() noexcept;
    /// Has `loop` create the task. Any context.
    void start(TaskLoop& loop) noexcept;
    bool cancel() noexcept;
    bool done() const noexcept;
    Error error() const noexcept { return error_; }  ///< once it is done
    /// Somebody has asked for the result and knows of its error, so it is not reported.
    void seen() noexcept { seen_ = true; }
    const char* name() const noexcept { return name_; }

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

protected:
    ~RemoteState();

private:
    struct Watch : TaskWatch {
        using TaskWatch::TaskWatch;
        RemoteState* owner = nullptr;
    };
    struct Posted : Callback {
        explicit Posted(RemoteState& state) noexcept;
    };

    bool post() noexcept;
    void called() noexcept;
    void dropped() noexcept;
    void begin() noexcept;
    void task_ended() noexcept;
    void end(Error error) noexcept;

    const Functions* functions_;
    const char* name_;
    Posted posted_;
    Watch watch_;
    [[no_unique_address]] SharedLock lock_;
    SharedWaitQueue waiters_{lock_};
    TaskLoop* loop_ = nullptr;  ///< until it is done
    std::uint16_t users_ = 0;
    Error error_ = Error::none;
    bool begun_ = false;
    bool cancel_wanted_ = false;
    bool done_ = false;
    bool seen_ = false;
};

/// RemoteState with the coroutine and its value.
template <class T>
class RemoteResult final : public RemoteState {
public:
    RemoteResult(Coro<T> coroutine, const char* name) noexcept : RemoteState{functions, name}, coroutine_{std::move(coroutine)} {}

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
    Coro<T> coroutine_;
    std::optional<NonVoid<T>> value_;

    static constexpr Functions functions{[](RemoteState& state) noexcept -> TaskHandle {
                                             return create_task(std::move(static_cast<RemoteResult&>(state).coroutine_),
                                                                state.name());
                                         },
                                         [](RemoteState& state, [[maybe_unused]] TaskState& task) noexcept {
                                             if constexpr (!std::is_void_v<T>)
                                                 static_cast<RemoteResult&>(state).value_.emplace(std::move(task_value<T>(task)));
                                         },
                                         [](RemoteState& state) noexcept {
                                             auto& result = static_cast<RemoteResult&>(state);
                                             result.~RemoteResult();
                                             free_frame(&result, sizeof(RemoteResult));
                                         }};
};

}  // namespace detail

template <class T = void>
class RemoteTask {
public:
    RemoteTask(const RemoteTask& other) noexcept : result_{other.result_} {
        if (result_ != nullptr) result_->add_user();
    }
    RemoteTask(RemoteTask&& other) noexcept : result_{std::exchange(other.result_, nullptr)} {}
    RemoteTask& operator=(RemoteTask other) noexcept {
        std::swap(result_, other.result_);
        return *this;
    }
    ~RemoteTask() {
        if (result_ != nullptr) result_->remove_user();
    }

    bool done() const noexcept { return result_ == nullptr || result_->done(); }
    bool cancel() const noexcept { return result_ != nullptr && result_->cancel(); }
    Coro<T> operator co_await() const { return wait(*this); }

    /// For run_coroutine_threadsafe(). @param result with one user, which becomes this handle; null: there was no memory
    explicit RemoteTask(detail::RemoteResult<T>* result) noexcept : result_{result} {}

private:
    static Coro<T> wait(RemoteTask task) {
        detail::RemoteResult<T>* const result = task.result_;
        if (result == nullptr) co_await detail::FailAwaiter{Error::no_memory};
        co_await detail::RemoteState::EndAwaiter{*result};
        result->seen();
        if (const Error error = result->error(); error != Error::none) co_await detail::FailAwaiter{error};
        co_return result->value();
    }

    detail::RemoteResult<T>* result_;
};

template <class T>
    requires(!std::is_reference_v<T>)
RemoteTask<T> run_coroutine_threadsafe(Coro<T> coroutine, Loop& loop, const char* name = nullptr) noexcept {
    using Result = detail::RemoteResult<T>;
    void* memory = detail::allocate_frame(sizeof(Result));
    if (memory == nullptr) return RemoteTask<T>{nullptr};
    auto* result = new (memory) Result{std::move(coroutine), name};
    result->add_user();
    result->start(detail::internals(loop));
    return RemoteTask<T>{result};
}

namespace detail {
UASYNC_WAITS_FOR(RemoteState::EndAwaiter, "a task of another loop");
}  // namespace detail

}  // namespace uasync

#endif
