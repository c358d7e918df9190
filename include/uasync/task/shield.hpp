#pragma once

#include <uasync/kernel/task_watch.hpp>

namespace uasync {

namespace detail {

class Shield {
protected:
    explicit Shield(TaskState* task) noexcept;
    ~Shield() { watch_.stop(); }
    Shield(const Shield& unstarted) noexcept : Shield{unstarted.watch_.task} {}
    Shield& operator=(const Shield&) = delete;
    bool suspend(Frame waiter) noexcept;
    TaskState& task() const noexcept { return *watch_.task; }

private:
    struct Watch : TaskWatch {
        using TaskWatch::TaskWatch;
        WaitQueue waiter;
    };
    Watch watch_;
};

template <class T>
class ShieldAwaiter : Shield {
public:
    explicit ShieldAwaiter(Task<T> task) noexcept : Shield{TaskAccess::state(task)}, task_{std::move(task)} {}
    ShieldAwaiter(ShieldAwaiter&& unstarted) noexcept : Shield{unstarted}, task_{std::move(unstarted.task_)} {}
    ShieldAwaiter& operator=(ShieldAwaiter&&) = delete;
    ~ShieldAwaiter() = default;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame waiter) noexcept { return suspend(waiter); }
    T await_resume() {
        if constexpr (std::is_object_v<T>) {
            return take_value<T>(task());
        } else {
            return task_value<T>(task());
        }
    }

private:
    Task<T> task_;
};

}  // namespace detail

/// Awaits a task without passing a cancellation on to it.
///
/// @par Use it for
/// Work that has to be finished even if the task that awaits it is cancelled or reaches a time limit: saving,
/// sending the last message.
/// @par Instead use
/// `co_await task`, which cancels it; defer() for clean-up that must happen; wait() for several tasks that are to
/// be left alone.
/// @par Cost
/// On a 32-bit board 44 bytes of the awaiting frame; no allocation for a task.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// The waiter is cancelled; the task continues, and its result stays in it. At the end of run() all tasks are
/// cancelled, shielded or not.
/// @par Fairness
/// When the task ends, the waiter is appended to the ready tasks. If the task is done already, the waiter gives up
/// no turn.
/// @par Errors
/// Those of the task, as with `co_await task`. If something else cancels the task, the waiter is cancelled too. If
/// the task fails after the waiter was cancelled, the error is reported. Shielding oneself is Error::misuse.
/// @par Source
/// `asyncio.shield`
/// @tparam A the argument's type
/// @param awaitable a task, or a coroutine or another awaitable, which is started as a task at once
/// @return an awaitable; `co_await` gives the task's value: a copy if it can be copied and the task has other
///   handles, otherwise moved
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<int> save() {
///     co_await sleep_ms(50);
///     print("saved at {} ms\n", ticks_ms());
///     co_return 3;
/// }
///
/// Coro<> async_main() {
///     auto saving = create_task(save());
///     auto pages = co_await wait_for(shield(saving), 20ms);
///     print("{} at {} ms\n", pages.error(), ticks_ms());
///     print("{} pages\n", co_await saving);  // it was not disturbed
///
///     auto bare = create_task(save());
///     (void)co_await wait_for(bare, 20ms);
///     print("without shield: {}\n", bare.error());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// timeout at 20 ms
/// saved at 50 ms
/// 3 pages
/// without shield: cancelled
/// @endcode
template <detail::ForTask A>
[[nodiscard("co_await it")]] auto shield(A&& awaitable) {
    return detail::ShieldAwaiter<detail::TaskResult<A>>{detail::as_task(std::forward<A>(awaitable))};
}

UASYNC_WAITS_FOR(ShieldAwaiter, "shield");

}  // namespace uasync
