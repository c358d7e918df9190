#pragma once

#include <string_view>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/priority.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/kernel/loop_timer.hpp>

#if UASYNC_EXCEPTIONS
#include <exception>
#include <string>
#include <vector>
#endif

namespace uasync {

#if UASYNC_EXCEPTIONS

/// What a TaskGroup throws if its body or its tasks threw. Hosts only.
/// @par Source
/// Python's `ExceptionGroup`
class ExceptionGroup : public std::exception {
public:
    /// The exceptions in the order in which they were thrown; the body's is the last. @return at least one
    const std::vector<std::exception_ptr>& exceptions() const noexcept { return exceptions_; }
    /// The names of the tasks and the texts of their exceptions. @return a text that lives as long as this object
    const char* what() const noexcept override { return text_.c_str(); }

    /// Adds an exception; the group does that.
    /// @param task the name of the task that threw
    /// @param thrown what it threw
    void add(std::string_view task, std::exception_ptr thrown);

private:
    std::vector<std::exception_ptr> exceptions_;
    std::string text_ = "task group:";
};
#endif

/// Tasks that cannot outlive the block they belong to.
///
/// `co_await group(body())` opens the group; when it ends, the body and all tasks have ended. Tasks may create
/// further tasks in the group while it is open. The first task that fails cancels the others and the body; the
/// group ends with its error after all have ended, and failures() keeps the errors of all. A task that is cancelled
/// by itself has ended, not failed.
///
/// @par Use it for
/// Several tasks that are one piece of work.
/// @par Instead use
/// gather() for results, the free create_task() for tasks that stand alone, select() for the first result.
/// @par Cost
/// On a 32-bit board 64 bytes, a frame of its own beside the body's, and 48 bytes of the pool for each task in
/// addition to what a task takes.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The body and all tasks are cancelled once, so a further cancellation does not cut their clean-up short. The
/// cancellation passes on after they have ended; if one of them fails meanwhile, the group ends with that error
/// instead, as in CPython.
/// @par Fairness
/// Tasks start in the order of their creation.
/// @par Errors
/// The first failure, of the body or a task. If there is no room for a task, that counts as a failure with
/// Error::no_memory. On a host, if anything threw, the group throws an ExceptionGroup of all exceptions. Opening a
/// group that is open is Error::misuse.
/// @par Source
/// `asyncio.TaskGroup`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> beat(const char* name, int ms) {
///     while (true) {
///         co_await sleep_ms(ms);
///         print("{} ms: {}\n", ticks_ms(), name);
///     }
/// }
/// Coro<> sensor() {
///     co_await sleep_ms(50);
///     Future<> reading;
///     (void)reading.set_error(Error::unavailable);  // it does not answer
///     co_await reading;                             // ends this task with that error
/// }
///
/// Coro<> async_main() {
///     TaskGroup group;
///     auto body = [&]() -> Coro<> {
///         group.create_task(beat("left", 20));
///         group.create_task(beat("right", 30));
///         group.create_task(sensor(), "sensor");
///         co_await sleep_ms(1000);
///         print("never\n");
///     };
///     auto result = co_await group(body());
///     print("{} ms: {}\n", ticks_ms(), result.error());
///     for (const auto& failure : group.failures()) print("{} failed\n", failure.name());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 20 ms: left
/// 30 ms: right
/// 40 ms: left
/// 50 ms: would have to wait
/// sensor failed
/// @endcode
class TaskGroup {
public:
    /// A group that has not been opened.
    TaskGroup() noexcept = default;
#if UASYNC_FRAME_POOLS

    /// A group whose frames come from a pool: those of its tasks and all that the body creates, but not the body's
    /// own, which exists before.
    /// @param pool must outlive the group
    explicit TaskGroup(FramePool& pool) noexcept : pool_{&pool} {}
#endif
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    /// The await that opened the group must have ended.
    ~TaskGroup();

    /// Creates a task in this group, as the free create_task(). In a group that is ending, the task is cancelled
    /// before it begins.
    /// @par Errors
    /// If the group is not open, the coroutine is dropped and Error::misuse is reported. If there is no room, the
    /// task is done with Error::no_memory.
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @param created where the task is created, for reports; leave it out
    /// @return the task's handle; empty if the group is not open
    template <class T>
    Task<T> create_task(Coro<T>&& coroutine, const char* name = nullptr,
                        detail::Where created = detail::Where::current()) noexcept {
        return Task<T>{adopt(coroutine.release(), name, created)};
    }

    /// Creates a task in this group that awaits something other than a coroutine, such as `queue.get()`.
    /// @tparam A the awaitable's type
    /// @param awaitable what the task awaits
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @param created where the task is created, for reports; leave it out
    /// @return the task's handle; empty if the group is not open
    template <detail::ForTask A>
        requires(!detail::is_coro<A>)
    auto create_task(A&& awaitable, const char* name = nullptr, detail::Where created = detail::Where::current()) {
        return create_task(detail::coro_for_task(std::forward<A>(awaitable)), name, created);
    }

    /// Creates a task of a level in this group, as the free create_task().
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param priority the task's level
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @param created where the task is created, for reports; leave it out
    /// @return the task's handle; empty if the group is not open
    template <class T>
    Task<T> create_task(Coro<T>&& coroutine, Priority priority, const char* name = nullptr,
                        detail::Where created = detail::Where::current()) noexcept {
        detail::instrument_loops<T>();
        return Task<T>{detail::at_level(adopt(coroutine.release(), name, created), priority)};
    }

    /// Opens the group, runs the body in the calling task, and waits until the body and all tasks have ended.
    ///
    /// It ends with the first of these that there is: the exceptions and errors of the tasks and the body; a
    /// cancellation of the calling task; the body's value.
    /// @tparam T the body's result type
    /// @param body a coroutine, which usually creates tasks in the group
    /// @return a coroutine; `co_await` gives the body's value, or the first failure
    template <class T>
    [[nodiscard("co_await it")]] Coro<Result<T>> operator()(Coro<T> body);
    /// @cond
    template <detail::Uncalled F>
    auto operator()(F&& body) {
        return detail::coro_for_task(std::forward<F>(body));  // which does not compile, and says why
    }
    /// @endcond

    /// Cancels the body and all tasks. The group then ends without a failure; Error::cancelled stands for the
    /// body's value if it has none yet.
    void cancel() noexcept;

    /// A task of the group that failed. `error()` says why: Error::exception if it threw.
    class Failure : detail::TaskWatch {
    public:
        /// The task's name. @return the name, or "?" in a build without names
        std::string_view name() const noexcept;
        /// Why it failed; Error::exception if it threw.
        using detail::TaskWatch::error;
#if UASYNC_EXCEPTIONS
        /// What it threw (hosts). @return null unless error() is Error::exception
        std::exception_ptr exception() const noexcept;
#endif

    private:
        friend class TaskGroup;
        explicit Failure(TaskGroup& group) noexcept;
        TaskGroup* group_;
        Failure* earlier_ = nullptr;  ///< in the list of the running or of the failed tasks
        Failure* later_ = nullptr;
    };

    /// The failed tasks, for a range-based `for`: what failures() returns.
    class Failures {
    public:
        /// A forward iterator.
        class Iterator {
        public:
            /// For Failures. @param at the failure, or null at the end
            explicit Iterator(const Failure* at) noexcept : at_{at} {}
            /// The failure. @return a reference that is valid until the group is opened again
            const Failure& operator*() const noexcept { return *at_; }
            /// Goes to the next failure. @return this
            Iterator& operator++() noexcept;
            /// Whether both are at the same failure. @return true if they are
            bool operator==(const Iterator&) const noexcept = default;

        private:
            const Failure* at_;
        };
        /// For TaskGroup. @param first the first failure, or null
        explicit Failures(const Failure* first) noexcept : first_{first} {}
        /// The first failure. @return an iterator
        Iterator begin() const noexcept { return Iterator{first_}; }
        /// The end of the range. @return an iterator
        static Iterator end() noexcept { return Iterator{nullptr}; }

    private:
        const Failure* first_;
    };

    /// The tasks that failed since the group was opened, in that order.
    /// @return a range of Failure, valid until the group is opened again
    Failures failures() const noexcept { return Failures{failed_.first}; }

private:
    //   [ closed ] -- group(body) --> [ open ] -- a failure, cancel(), a cancellation of its task --> [ ending ]
    //       ^                            |                                                                |
    //       |                            +------------- the body and all tasks have ended ----------------+
    //       |                                                                                             v
    //       +-- the group's task continues ---------------------------------------------------------- [ ended ]
    //
    // From [open] to [ending] the body and the tasks are cancelled, and not again after that; at the end of `run` the loop has
    // cancelled the tasks itself. A cancellation that reaches the group's task while it waits for the tasks, or before its turn, is
    // noted: the task takes its turn, cancels the tasks if the group is still [open], and waits on. [ended] takes no more tasks.
    enum class State : std::uint8_t { closed, open, ending, ended };

    struct List {
        Failure* first = nullptr;
        Failure* last = nullptr;
        void push_back(Failure& child) noexcept;
        void remove(Failure& child) noexcept;
    };

    /// Awaits the body. Whatever ends the body comes back, and takes effect only after the tasks have ended.
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

    /// Cancels the body in the loop's next pass, for the case that the body itself ends the group.
    struct Ender : LoopTimer {
        explicit Ender(TaskGroup& group) noexcept;
        TaskGroup& owner;
    };

    /// Awaits the end of all tasks, or a cancellation, which it hands to them.
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

UASYNC_WAITS_FOR(TaskGroup::TasksAwaiter, "TaskGroup");
UASYNC_WAITS_FOR(TaskGroup::TasksAwaiter::functions_of_group, "TaskGroup");

}  // namespace uasync
