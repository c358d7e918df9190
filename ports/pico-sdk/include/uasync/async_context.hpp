#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include <pico/async_context.h>

#include <uasync/uasync.hpp>

#if !UASYNC_LOOPS
#error "a loop in an async_context needs a hook: target_compile_definitions(your_program PRIVATE UASYNC_LOOPS=1)"
#endif

namespace uasync {

/// A loop that an `async_context` of the Pico SDK drives, beside lwIP, cyw43 and the program's own workers.
///
/// The context keeps two workers of this loop, and the loop keeps its own tasks and timers: however many there are, the context
/// looks at two entries. Tasks run where the context's workers run: in `async_context_poll()`, or with a threadsafe background
/// context in a low-priority interrupt, while `main` goes on.
///
/// @par Use it for
/// Tasks in a program that has an async_context already, such as one with Wi-Fi.
/// @par Instead use
/// run(), where the loop may be the program's main loop.
/// @par Cost
/// 136 bytes. A wake-up takes what `async_context_set_work_pending()` takes. The program is built with UASYNC_LOOPS=1.
/// @par Beside run()
/// `main` may run a loop of its own. The two share what interrupts may use, and nothing else.
/// @par From an interrupt
/// Not allowed. As in any loop, interrupts and the other core set a ThreadSafeFlag or put into a ThreadSafeQueue or a RingQueue.
/// @par When cancelled
/// Its destructor destroys the tasks where they are. It may be called while a task of it could run, but not by one.
/// @par Source
/// the SDK's pico_async_context
/// @par Example
/// @code
/// async_context_poll_t context;
/// async_context_poll_init_with_defaults(&context);
/// uasync::AsyncContextLoop loop{context.core};
/// auto blinking = loop.create_task(blink(Pin{25, Pin::out}));
/// while (true) {
///     async_context_poll(&context.core);
///     async_context_wait_for_work_until(&context.core, at_the_end_of_time);
/// }
/// @endcode
class AsyncContextLoop {
    //                    wake, in any context: set_work_pending
    //   [ waiting ] ------------------------------------------------> [ pending ] -- the context calls do_work --> [ running ]
    //     |     ^                                                        ^                                             |
    //     |     +---- nothing is ready; the at-time worker is set to ----|--- some tasks are ready: set_work_pending --+
    //     |           the next deadline, or removed if there is none     |                                             |
    //     +---------- the at-time worker's time has come ----------------+                     (the lock is held) -----+
    //
    // All arrows but the first are taken with the context's lock held. The destructor takes it, so that nothing is running, and removes the
    // hook and the workers. Who wakes the loop after that finds no hook.
public:
    /// Adds the loop to a context. It brings up the console, as run() does.
    /// @param context must be initialised, and outlive the loop; it may be of any kind
    explicit AsyncContextLoop(async_context_t& context) noexcept : context_{context} {
        port::open_console();
        pending_.do_work = [](async_context_t*, async_when_pending_worker_t* worker) {
            static_cast<AsyncContextLoop*>(worker->user_data)->step();
        };
        at_time_.do_work = [](async_context_t*, async_at_time_worker_t* worker) {
            static_cast<AsyncContextLoop*>(worker->user_data)->step();
        };
        pending_.user_data = at_time_.user_data = this;
        loop_.set_wake_hook([](void* self) { static_cast<AsyncContextLoop*>(self)->wake(); }, this);
        // So that the loop belongs to the context's core.
        if (context_.core_num != ::get_core_num()) call([this] { (void)loop_.run_ready(); });
        ::async_context_add_when_pending_worker(&context_, &pending_);
    }

    /// Takes the loop out of the context, and destroys its tasks.
    ~AsyncContextLoop() {
        call([this] {
            loop_.set_wake_hook(nullptr);
            ::async_context_remove_when_pending_worker(&context_, &pending_);
            ::async_context_remove_at_time_worker(&context_, &at_time_);
            loop_.close();
        });
    }
    AsyncContextLoop(const AsyncContextLoop&) = delete;
    AsyncContextLoop& operator=(const AsyncContextLoop&) = delete;

    /// Creates a task of this loop, from `main`, another worker or the other core. It starts when the context runs its workers.
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @return the task's handle, which belongs to the loop: destroy, cancel or look at it in call()
    template <class T>
    Task<T> create_task(Coro<T>&& coroutine, const char* name = nullptr) noexcept {
        return call([&] { return loop_.create_task(std::move(coroutine), name); });
    }

    /// Calls a function as if it were a task's step: with the context's lock, on its core, while no task runs.
    ///
    /// Everything that belongs to one loop may be used in it, such as `queue.put_nowait(1)` or `task.cancel()`.
    /// @par From an interrupt
    /// Not allowed: it waits for the lock.
    /// @tparam F the function's type
    /// @param function what to call
    /// @return what it returns
    template <std::invocable F>
    std::invoke_result_t<F> call(F&& function) {
        struct Call {
            AsyncContextLoop& self;
            F& function;
            std::optional<std::conditional_t<std::is_void_v<std::invoke_result_t<F>>, std::monostate, std::invoke_result_t<F>>>
                result;
        } work{*this, function, {}};
        ::async_context_execute_sync(
            &context_,
            [](void* argument) -> std::uint32_t {
                Call& call = *static_cast<Call*>(argument);
                const detail::CurrentLoop current{detail::internals(call.self.loop_)};
                if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
                    call.function();
                } else {
                    call.result.emplace(call.function());
                }
                call.self.wake();
                return 0;
            },
            &work);
        if constexpr (!std::is_void_v<std::invoke_result_t<F>>) return std::move(*work.result);
    }

private:
    void wake() noexcept { ::async_context_set_work_pending(&context_, &pending_); }

    /// Runs what is ready, and says when it is to be called again.
    void step() noexcept {
        TaskLoop* const interrupted = std::exchange(detail::this_loop(), nullptr);  // such as the one of run() in main
        const Clock::time_point next = loop_.run_ready();
        detail::this_loop() = interrupted;
        ::async_context_remove_at_time_worker(&context_, &at_time_);
        if (next == Clock::time_point::max()) return;
        if (next <= Clock::now()) {
            wake();
        } else {
            ::async_context_add_at_time_worker_at(&context_, &at_time_,
                                                  ::from_us_since_boot(static_cast<Time>(next.time_since_epoch().count())));
        }
    }

    async_context_t& context_;
    async_when_pending_worker_t pending_{};
    async_at_time_worker_t at_time_{};
    EventLoop loop_;
};

}  // namespace uasync
