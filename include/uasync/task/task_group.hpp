#pragma once
// TaskGroup: tasks that cannot outlive it, as asyncio.TaskGroup.
//
//     TaskGroup group;
//     auto body = [&]() -> Coro<> {
//         group.create_task(left());
//         group.create_task(right());
//         co_await something_else();
//     };
//     Result<> r = co_await group(body());     // when this ends, all of them have ended
//
// The first task that fails has the others, and the body, cancelled; the group ends when all have ended, with that error, and keeps
// the errors of all: `for (auto& failure : group.failures())`. A task that is cancelled by itself counts as ended, not as failed.
// If the group's own task is cancelled, so are body and tasks, and the cancellation passes on after they have ended; but if one of
// them fails meanwhile, the group ends with that error instead, as in CPython. The group cancels its tasks once: whatever cancels
// the group again does not cut their clean-up short. On hosts, if anything threw, the group throws an ExceptionGroup with all
// exceptions. Tasks may create further ones while the group is open.
// Neighbours: `gather` for results; `create_task` for tasks that stand alone; `select` for the first.
// Cost: 64 bytes, a frame of its own and the body's; 48 bytes of the pool a task beside what the task takes (32-bit board). If
// there is no room, the task returned is done with Error::no_memory, which counts as a failure. Cancel-safe: nothing of it is left.
// Not ISR-safe.
//
//   [ closed ] -- group(body) --> [ open ] -- a failure, cancel(), a cancellation of its task --> [ ending ]
//       ^                            |                                                                |
//       |                            +------------- the body and all tasks have ended ----------------+
//       |                                                                                             v
//       +-- the group's task goes on ----------------------------------------------------------- [ ended ]
//
// Body and tasks are cancelled on the way from [open] to [ending], and not again; at the end of `run` the loop has cancelled the
// tasks itself. A cancellation of the group's task while that waits for the tasks, or has not had its turn yet, is noted: it has its
// turn, which cancels the tasks if the group is still [open], and waits on. In [ended] no more tasks are taken. In the end comes the
// first of these that there is: the exceptions and errors of tasks and body; the cancellation; the body's value.

#include <string_view>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/kernel/loop_timer.hpp>

#if UASYNC_EXCEPTIONS
#include <exception>
#include <string>
#include <vector>
#endif

namespace uasync {

#if UASYNC_EXCEPTIONS
/// What a group throws if its body or its tasks threw (hosts).
class ExceptionGroup : public std::exception {
public:
    /// In the order in which they were thrown; the body's last.
    const std::vector<std::exception_ptr>& exceptions() const noexcept { return exceptions_; }
    const char* what() const noexcept override { return text_.c_str(); }
    void add(std::string_view task, std::exception_ptr thrown);

private:
    std::vector<std::exception_ptr> exceptions_;
    std::string text_ = "task group:";
};
#endif

class TaskGroup {
public:
    TaskGroup() noexcept = default;
#if UASYNC_FRAME_POOLS
    /// A group whose frames come from `pool`: its tasks' and all that the body makes, though not the body's own, which is made before.
    /// The pool must outlive the group.
    explicit TaskGroup(FramePool& pool) noexcept : pool_{&pool} {}
#endif
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    /// As the free `create_task`, in this group. If the group is not open the coroutine is dropped, Error::misuse is reported, and
    /// an empty handle returned. In a group that is ending the task is cancelled at once.
    template <class T>
    Task<T> create_task(Coro<T>&& coroutine, const char* name = nullptr,
                        detail::Where created = detail::Where::current()) noexcept {
        return Task<T>{adopt(coroutine.release(), name, created)};
    }
    template <detail::ForTask A>
        requires(!detail::is_coro<A>)
    auto create_task(A&& awaitable, const char* name = nullptr, detail::Where created = detail::Where::current()) {
        return create_task(detail::coro_for_task(std::forward<A>(awaitable)), name, created);
    }

    /// Opens the group for the time in which `body` and the tasks run. The body's value, or the first failure.
    template <class T>
    [[nodiscard("co_await it")]] Coro<Result<T>> operator()(Coro<T> body);
    template <detail::Uncalled F>
    auto operator()(F&& body) {
        return detail::coro_for_task(std::forward<F>(body));  // which does not compile, with a sentence
    }

    /// Cancels the body and all tasks. The group ends without a failure; Error::cancelled stands for the body's value if it had
    /// none yet.
    void cancel() noexcept;

    /// A task that failed.
    class Failure : detail::TaskWatch {
    public:
        std::string_view name() const noexcept;
        using detail::TaskWatch::error;
#if UASYNC_EXCEPTIONS
        std::exception_ptr exception() const noexcept;
#endif

    private:
        friend class TaskGroup;
        explicit Failure(TaskGroup& group) noexcept;
        TaskGroup* group_;
        Failure* earlier_ = nullptr;  ///< in the list of the running, or of the failed
        Failure* later_ = nullptr;
    };

    /// The tasks that failed since the group was opened, in that order; valid until it is opened again.
    class Failures {
    public:
        class Iterator {
        public:
            explicit Iterator(const Failure* at) noexcept : at_{at} {}
            const Failure& operator*() const noexcept { return *at_; }
            Iterator& operator++() noexcept;
            bool operator==(const Iterator&) const noexcept = default;

        private:
            const Failure* at_;
        };
        explicit Failures(const Failure* first) noexcept : first_{first} {}
        Iterator begin() const noexcept { return Iterator{first_}; }
        static Iterator end() noexcept { return Iterator{nullptr}; }

    private:
        const Failure* first_;
    };
    Failures failures() const noexcept { return Failures{failed_.first}; }

private:
    enum class State : std::uint8_t { closed, open, ending, ended };

    struct List {
        Failure* first = nullptr;
        Failure* last = nullptr;
        void push_back(Failure& child) noexcept;
        void remove(Failure& child) noexcept;
    };

    /// Awaits the body; whatever ends it comes back, and none of it goes on before the tasks have ended.
    template <class T>
    class BodyAwaiter : detail::ScopeAwaiter<T> {
    public:
        BodyAwaiter(TaskGroup& group, Coro<T> body) noexcept
            : detail::ScopeAwaiter<T>{std::move(body), [](detail::Scope&, TaskState&, Error why) noexcept { return why; }},
              group_{&group} {}
        BodyAwaiter(const BodyAwaiter&) = delete;
        BodyAwaiter& operator=(const BodyAwaiter&) = delete;
        ~BodyAwaiter() {
            if (group_->body_ == this) group_->body_gone();  // the loop has ended by deadlock, and the group outlives its task
        }
        using detail::ScopeAwaiter<T>::await_ready;
        bool await_suspend(Frame waiter) noexcept {
            group_->body_ = this;
            return detail::ScopeAwaiter<T>::await_suspend(waiter);
        }
        Result<T> await_resume() {
            group_->body_ended(*this);
            return detail::ScopeAwaiter<T>::await_resume();
        }

    private:
        TaskGroup* group_;
    };

    /// Cancels the body in the loop's next pass, where it is the body itself that ends the group.
    struct Ender : LoopTimer {
        explicit Ender(TaskGroup& group) noexcept;
        TaskGroup& owner;
    };

    /// Awaits the end of all tasks, or a cancellation, which then goes to them.
    class TasksAwaiter : CancelHook {
    public:
        explicit TasksAwaiter(TaskGroup& group) noexcept : CancelHook{&functions_of_group}, group_{&group} {}
        TasksAwaiter(const TasksAwaiter&) = delete;
        TasksAwaiter& operator=(const TasksAwaiter&) = delete;
        ~TasksAwaiter() { group_->close(); }
        bool await_ready() const noexcept { return group_->running_.first == nullptr; }
        void await_suspend(Frame waiter) noexcept;
        void await_resume() noexcept;

    private:
        static const Functions functions_of_group;
        TaskGroup* group_;
    };

    TaskState* adopt(void* frame, const char* name, detail::Where created) noexcept;
    void open() noexcept;
    void close() noexcept {
        state_ = State::closed;
#if UASYNC_FRAME_POOLS
        in_pool_.close();
#endif
    }
    void body_ended(const detail::Scope& body) noexcept;
    void body_gone() noexcept;
    void child_ended(Failure& child) noexcept;
    void end_all() noexcept;
    void forget_failures() noexcept;
    void swallow_cancellation() const noexcept { task_->cancel_requested = 0; }
#if UASYNC_EXCEPTIONS
    void throw_exceptions(const std::exception_ptr& body) const;
#endif

#if UASYNC_FRAME_POOLS
    FramePool* pool_ = nullptr;
    detail::SourceName in_pool_;  ///< open while the group is, for the body
#endif
    List running_;
    List failed_;
    Ender ender_{*this};
    detail::Scope* body_ = nullptr;      ///< while it runs
    TaskState* waiter_ = nullptr;        ///< while it awaits the tasks
    TaskState* task_ = nullptr;          ///< whose group it is
    Error first_failure_ = Error::none;  ///< of the body, of a task, or of one that could not be created
    State state_ = State::closed;
    bool cancelled_ = false;  ///< the group's task was cancelled, which passes on unless there is an error
};

template <class T>
Coro<Result<T>> TaskGroup::operator()(Coro<T> body) {
    if (state_ != State::closed) co_await detail::FailAwaiter{Error::misuse};
    open();
#if UASYNC_EXCEPTIONS
    std::exception_ptr exception;
    Result<T> result = std::unexpected{Error::exception};
    try {
        result = co_await BodyAwaiter<T>{*this, std::move(body)};
    } catch (...) {
        exception = std::current_exception();
        end_all();
    }
#else
    Result<T> result = co_await BodyAwaiter<T>{*this, std::move(body)};
#endif
    {
        TasksAwaiter tasks{*this};
        while (running_.first != nullptr) co_await tasks;
    }
#if UASYNC_EXCEPTIONS
    throw_exceptions(exception);
#endif
    if (first_failure_ != Error::none) {
        swallow_cancellation();
        co_return std::unexpected{first_failure_};
    }
    if (cancelled_) co_await detail::FailAwaiter{Error::cancelled};
    co_return result;
}

}  // namespace uasync
