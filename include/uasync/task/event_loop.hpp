#pragma once
// EventLoop: a loop as an object, which keeps its tasks from one run to the next, as asyncio.new_event_loop() gives.
//
//     EventLoop loop;
//     loop.create_task(blink(led));
//     Result<int> r = loop.run_until_complete(measure());   // `blink` is still there afterwards
//     loop.call_later(5s, [&] { loop.stop(); });
//     loop.run_forever();
//     loop.close();
//
// Neighbour: `run`, which is all that most programs need: it makes a loop, and ends all tasks. On hosts each thread may have loops
// of its own; on a board there is one, since the frame pool that all share is one. While it exists it is the current loop of its thread, between
// its runs too, so that primitives may be used then. A run inside a running loop is Error::nested_run and reported.
// One thread may make it and another run it: it belongs to the thread that has run it last. While it runs, other threads use
// `call_soon_threadsafe`, `run_coroutine_threadsafe`, ThreadSafeFlag and ThreadSafeQueue; for all else the program stops with a message
// that says so.
// Cost: 56 bytes (32-bit). Not ISR-safe.
//
//   [ at rest ] -- run_until_complete, run_forever --> [ running ] -- stop() --> [ stop is coming ] -- all that were ready have run --+
//       ^  |                                                                                                                          |
//       |  +-- close(): tasks are destroyed in the order of their creation --> [ closed ]                                             |
//       +-----------------------------------------------------------------------------------------------------------------------------+

#include <uasync/task/call.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/report.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {

class EventLoop : public Loop {
public:
    EventLoop() noexcept;
#if UASYNC_FRAME_POOLS
    /// A loop whose frames come from `pool`: those that are made while it is the current loop, and its tasks'. The pool must outlive it.
    explicit EventLoop(FramePool& pool) noexcept : EventLoop{} { detail::name_source(*this, &pool); }
#endif
    ~EventLoop();

    /// As the free `create_task`. The task runs in the next run. On a closed loop the coroutine is dropped, Error::misuse is
    /// reported, and an empty handle returned.
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
    template <detail::ForTask A>
        requires(!detail::is_coro<A>)
    auto create_task(A&& awaitable, const char* name = nullptr, detail::Where created = detail::Where::current()) {
        return create_task(detail::coro_for_task(std::forward<A>(awaitable)), name, created);
    }

    /// Runs until the task has ended: its value or error. Error::cancelled if the loop was stopped before (the task stays),
    /// Error::deadlock,
    /// Error::nested_run, Error::misuse after `close`. On hosts an exception that left the task leaves this too.
    template <class T>
    Result<T> run_until_complete(Task<T> task) {
        TaskState* state = detail::TaskAccess::state(task);
        const Error error = detail::is_task(state) ? run_until(state) : task.error();
        if (error != Error::none) return std::unexpected{error};
        return task.result();
    }
    template <class T>
    Result<T> run_until_complete(Coro<T> coroutine) {
        if (const Error error = check(); error != Error::none) return std::unexpected{error};
        return run_until_complete(create_task(std::move(coroutine)));
    }

    /// Runs until `stop`, or SIGINT (Linux). Error::none then; else as above.
    Error run_forever() noexcept { return run_until(nullptr); }

    /// For a main loop that is somebody else's (GLib's, Arduino's `loop()`, a bare `while (true)`): gives each task that is ready now one
    /// step, and what is due, and returns. The point in time at which to call it again at the latest: the next deadline; now, if tasks are
    /// ready again; Clock::time_point::max() if only a wake-up can make something happen. Never sleeps. O(tasks that are ready).
    ///
    ///     void loop() {                                        // Arduino
    ///         uasync_loop.run_ready();
    ///         read_the_joystick();
    ///     }
    ///
    /// Who sleeps until then has to be woken by interrupts and other threads: see `set_wake_hook`. Not while a loop runs on this thread
    /// (Error::nested_run is reported), nor after `close`; then it returns Clock::time_point::max().
    Clock::time_point run_ready() noexcept;

#if UASYNC_LOOPS
    /// Has `hook(argument)` called, in any context, when the loop is to be run again although nothing that it said was due: an interrupt or
    /// another thread has woken one of its tasks, or the run of another loop of this thread has. It must be safe there: a write to a pipe,
    /// `g_main_context_wakeup`, a flag. Null: none. Set it before the first `run_ready`. Not on a board with one loop: there an interrupt
    /// ends the sleep (WFE, WFI) by itself.
    void set_wake_hook(void (*hook)(void*), void* argument = nullptr) noexcept {
#if UASYNC_THREADS
        mailbox_.set_hook(hook, argument);
#else
        wake_argument_ = argument;
        wake_hook_ = hook;
#endif
    }
#endif

    /// Ends the run when all tasks that are ready now have had their turn; called at rest, it ends the next run after one such
    /// turn. A second call changes nothing.
    void stop() noexcept;

    /// Destroys all tasks, in the order of their creation, innermost frames first; not while it runs. Idempotent.
    void close() noexcept;
    bool is_closed() const noexcept { return closed_; }

    /// The thread's exception handler (report.hpp).
    static ExceptionHandler set_exception_handler(ExceptionHandler new_handler) noexcept {
        return uasync::set_exception_handler(new_handler);
    }

private:
    /// Why it cannot run now, reported; or Error::none.
    Error check() const noexcept;
    Error run_until(TaskState* task) noexcept;
    Coro<> stop_in_turn();

    void report_unseen() noexcept;
    void destroy_tasks() noexcept;

#if !UASYNC_THREADS
    EventLoop* older_;  ///< the open loops, the newest first
#endif
    bool stop_is_coming_ = false;
    bool closed_ = false;
};

/// The loop that runs, or exists on, this thread, or null.
inline Loop* get_event_loop() noexcept { return static_cast<Loop*>(detail::this_loop()); }

}  // namespace uasync
