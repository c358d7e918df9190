#pragma once

#include <uasync/task/call.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/priority.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/report.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

/// A loop as an object that keeps its tasks from one run to the next.
///
/// While it exists it is the current loop of its thread, between its runs too, so that primitives can be used then.
/// On a host each thread may have several; a board has one unless it is built with UASYNC_LOOPS. One thread may
/// create it and another run it: it belongs to the thread that ran it last.
///
/// @par Use it for
/// Porting code that holds a loop; running in pieces, between other work of the program (run_ready()); a loop in
/// each of several threads.
/// @par Instead use
/// run(), which is all that most programs need.
/// @par Cost
/// 56 bytes on a 32-bit board, and no allocation except for the tasks; stop() creates one.
/// @par From an interrupt
/// Only call_soon_threadsafe(). While it runs, other threads may use that, run_coroutine_threadsafe(),
/// ThreadSafeFlag and ThreadSafeQueue; anything else stops the program with a message.
/// @par When cancelled
/// close() destroys the tasks where they are: destructors run, catches do not. On Linux, SIGINT ends run_forever().
/// @par Errors
/// A run inside a running loop is Error::nested_run, one after close() is Error::misuse; both are reported.
/// @par Source
/// `asyncio.new_event_loop`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// struct Led {
///     ~Led() { print("led off\n"); }
/// };
///
/// Coro<> blink() {
///     Led led;
///     while (true) {
///         print("{} ms: blink\n", ticks_ms());
///         co_await sleep_ms(20);
///     }
/// }
/// Coro<int> measure(int ms) {
///     co_await sleep_ms(ms);
///     co_return ms;
/// }
///
/// int main() {
///     EventLoop loop;
///     loop.create_task(blink());
///     auto result = loop.run_until_complete(measure(30));
///     print("measured {}\n", result.value_or(-1));
///     loop.call_later(30ms, [&] { loop.stop(); });  // `blink` is still there
///     loop.run_forever();
///     print("stopped at {} ms\n", ticks_ms());
///     const auto next = loop.run_ready();  // in a main loop that is somebody else's: one step for each task that is ready
///     print("to be run again at {} ms\n", next.time_since_epoch() / 1ms);
///     loop.close();
///     print("closed\n");
/// }
/// @endcode
/// @code{.unparsed}
/// 0 ms: blink
/// 20 ms: blink
/// measured 30
/// 40 ms: blink
/// 60 ms: blink
/// stopped at 60 ms
/// to be run again at 80 ms
/// led off
/// closed
/// @endcode
class EventLoop : public Loop {
public:
    /// A loop with no tasks, at rest.
    EventLoop() noexcept;
#if UASYNC_FRAME_POOLS

    /// A loop whose frames come from a pool: those of its tasks, and those created while it is the current loop.
    /// @param pool must outlive the loop
    explicit EventLoop(FramePool& pool) noexcept : EventLoop{} { detail::name_source(*this, &pool); }
#endif
    /// Closes it.
    ~EventLoop();

    /// Creates a task of this loop, as the free create_task(). It starts in the next run.
    /// @par Errors
    /// On a closed loop the coroutine is dropped and Error::misuse is reported.
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @param created where the task is created, for reports; leave it out
    /// @return the task's handle; empty on a closed loop
    template <class T>
    Task<T> create_task(Coro<T>&& coroutine, const char* name = nullptr,
                        detail::Where created = detail::Where::current()) noexcept {
        if (closed_) {
            detail::report("a closed loop", Error::misuse);
            return Task<T>{};
        }
        const detail::CurrentLoop current{*this, "run_coroutine_threadsafe"};
        return uasync::create_task(std::move(coroutine), name, created);
    }

    /// Creates a task of a level, as the free create_task().
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param priority the task's level
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @param created where the task is created, for reports; leave it out
    /// @return the task's handle; empty on a closed loop
    template <class T>
    Task<T> create_task(Coro<T>&& coroutine, Priority priority, const char* name = nullptr,
                        detail::Where created = detail::Where::current()) noexcept {
        detail::instrument_loops<T>();
        Task<T> task = create_task(std::move(coroutine), name, created);
        detail::at_level(detail::TaskAccess::state(task), priority);
        return task;
    }

    /// Creates a task that awaits something other than a coroutine, such as `queue.get()`.
    /// @tparam A the awaitable's type
    /// @param awaitable what the task awaits
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @param created where the task is created, for reports; leave it out
    /// @return the task's handle; empty on a closed loop
    template <detail::ForTask A>
        requires(!detail::is_coro<A>)
    auto create_task(A&& awaitable, const char* name = nullptr, detail::Where created = detail::Where::current()) {
        return create_task(detail::coro_for_task(std::forward<A>(awaitable)), name, created);
    }

    /// Runs the loop until a task has ended. Other tasks stay for the next run.
    /// @par Errors
    /// Those of the task; Error::cancelled if the loop was stopped first (the task stays); Error::deadlock in the
    /// simulation, Error::nested_run, Error::misuse after close(). On a host, an exception that leaves the task
    /// leaves this call.
    /// @par Source
    /// asyncio's `loop.run_until_complete`
    /// @tparam T the task's result type
    /// @param task a task of this loop
    /// @return its value, or why there is none
    template <class T>
    Result<T> run_until_complete(Task<T> task) {
        TaskState* state = detail::TaskAccess::state(task);
        const Error error = detail::is_task(state) ? run_until(state) : task.error();
        if (error != Error::none) return std::unexpected{error};
        return task.result();
    }

    /// Creates a task and runs the loop until it has ended. It fails as the overload for a task does.
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @return its value, or why there is none
    template <class T>
    Result<T> run_until_complete(Coro<T> coroutine) {
        if (const Error error = check(); error != Error::none) return std::unexpected{error};
        return run_until_complete(create_task(std::move(coroutine)));
    }

    /// Runs the loop until stop(), or on Linux SIGINT.
    /// @par Source
    /// asyncio's `loop.run_forever`
    /// @return Error::none; otherwise Error::deadlock (simulation), Error::nested_run or Error::misuse after
    ///   close()
    Error run_forever() noexcept { return run_until(nullptr); }

    /// Runs each task that is ready now for one step and fires the timers that are due, then returns; it never
    /// sleeps.
    ///
    /// @par Use it for
    /// A main loop that belongs to something else: GLib's, Arduino's `loop()`, a bare `while (true)`. A main loop
    /// that sleeps until the returned time must be woken by interrupts and other threads: see set_wake_hook().
    /// @par Cost
    /// O(tasks that are ready)
    /// @par Errors
    /// Error::nested_run is reported if a loop runs on this thread. Then, and after close(), it returns
    /// `Clock::time_point::max()`.
    /// @return when to call it again at the latest: the next deadline; now, if tasks are ready again;
    ///   `Clock::time_point::max()` if only a wake-up can make a task ready
    Clock::time_point run_ready() noexcept;

#if UASYNC_LOOPS

    /// Sets a function that is called when the loop has to run earlier than run_ready() said, because an interrupt,
    /// another thread or another loop of this thread has woken one of its tasks.
    ///
    /// Set it before the first run_ready(). A board with one loop has no hook, because an interrupt ends its sleep
    /// (WFE, WFI) anyway.
    /// @param hook called in any context, so it must be safe in an interrupt or another thread: a write to a pipe,
    ///   `g_main_context_wakeup`, a flag; null: none
    /// @param argument what `hook` gets
    void set_wake_hook(void (*hook)(void*), void* argument = nullptr) noexcept {
#if UASYNC_THREADS
        mailbox_.set_hook(hook, argument);
#else
        wake_argument_ = argument;
        wake_hook_ = hook;
#endif
    }
#endif

    /// Ends the run after each task that is ready now has had its turn. At rest, it ends the next run after one
    /// such turn. A second call changes nothing.
    /// @par Source
    /// asyncio's `loop.stop`
    void stop() noexcept;

    /// Destroys all tasks in the order of their creation, innermost frames first. The loop must not be running; a
    /// second call changes nothing.
    /// @par Source
    /// asyncio's `loop.close`
    void close() noexcept;
    /// Whether close() has been called. @return true if it has
    bool is_closed() const noexcept { return closed_; }

    /// Sets the thread's exception handler, as the free set_exception_handler().
    /// @param new_handler called for each unhandled error; null: the default
    /// @return the previous handler
    static ExceptionHandler set_exception_handler(ExceptionHandler new_handler) noexcept {
        return uasync::set_exception_handler(new_handler);
    }

private:
    //  [ at rest ] -- run_until_complete, run_forever --> [ running ] -- stop() --> [ stopping ] -- all ready have run --+
    //      ^  |                                                                                                         |
    //      |  +-- close(): destroys the tasks in the order of their creation --> [ closed ]                             |
    //      +------------------------------------------------------------------------------------------------------------+

    /// Why it cannot run now, which is reported; or Error::none.
    Error check() const noexcept;
    Error run_until(TaskState* task) noexcept;
    Coro<> stop_in_turn();

    void report_unseen() noexcept;
    void destroy_tasks() noexcept;

#if !UASYNC_LOOPS
    EventLoop* older_;  ///< the open loops, the newest first
#endif
    bool stop_is_coming_ = false;
    bool closed_ = false;
};

/// The loop that runs, or exists, on this thread.
/// @par Source
/// `asyncio.get_event_loop`
/// @return null if there is none; running_loop() stops the program then
inline Loop* get_event_loop() noexcept { return static_cast<Loop*>(detail::this_loop()); }

}  // namespace uasync
