#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <uasync/kernel/loops_port.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/task/run_coroutine_threadsafe.hpp>

#if UASYNC_LOOPS && defined(UASYNC_PORT_CONTEXT)

namespace uasync {

namespace detail {

//  [ off ] -- start(): the boot ROM of core 1 answers --> [ runs its loop ] -- ~Core1(): stops it, destroys its tasks --> [ off ]
//
// Core 0 makes the object. The loop lies on the stack of core 1, which makes it, runs it and destroys it. What core 0 has for the loop goes
// through its inbox. The port looks at the last word of the stack whenever the loop sleeps: if it has changed, the stack was too small.

/// Core1 without its stack.
class Core1Base {
public:
    Core1Base(const Core1Base&) = delete;
    Core1Base& operator=(const Core1Base&) = delete;

protected:
    Core1Base() noexcept = default;
    ~Core1Base() { stop(); }

    void start_core(std::uint32_t* stack, std::size_t words) noexcept;
    void stop() noexcept;
    Loop& loop() noexcept;

private:
    static void run_core1() noexcept;

    std::atomic<EventLoop*> loop_{nullptr};  ///< on the stack of core 1, while it runs
    Callback stop_{[](void* self) { static_cast<Core1Base*>(self)->loop_.load(std::memory_order_relaxed)->stop(); }, this};
};

}  // namespace detail

/// The second core, with a loop of its own. Tasks on it run at the same time as those of the main loop.
///
/// Make one object, static or in async_main(). start() switches the core on with a first task; create_task() adds more, from
/// either core. Between the cores use what is made for it: ThreadSafeFlag, ThreadSafeQueue, RingQueue, and the handles that
/// start() and create_task() return. Everything else belongs to one core; using it from the other stops the program with a message
/// where a check is possible.
///
/// @par Use it for
/// Computations that would delay other tasks; work whose timing must not depend on the rest.
/// @par Instead use
/// InterruptLoop for short urgent work on the same core; to_thread() on a host.
/// @par Cost
/// The stack, and a loop. The program has to be built with UASYNC_LOOPS=1; in a project of the Pico SDK it also links pico_multicore.
/// @par From an interrupt
/// Not allowed.
/// @par Errors
/// If the core runs something already, or its stack overflows, the program stops with a message. Without pico_multicore, the compiler says
/// what is missing.
/// @par Source
/// RP2040 datasheet 2.8.2; in a project of the Pico SDK, multicore_launch_core1_with_stack
/// @par Example
/// @code{.cpp}
/// // Pico
/// #include <uasync/board.hpp>
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Core1<> core1;
/// ThreadSafeQueue<int, 4> squares;
///
/// Coro<> send_squares() {
///     for (int i = 1; i <= 3; ++i) co_await squares.put(i * i);
/// }
///
/// Coro<int> sum(int up_to) {  // nothing else runs on core 1 meanwhile
///     int total = 0;
///     for (int i = 1; i <= up_to; ++i) total += i;
///     co_return total;
/// }
///
/// Coro<> async_main() {
///     auto sending = core1.start(send_squares());
///     for (int i = 0; i < 3; ++i) print("{}\n", (co_await squares.get()).value());
///     print("sum: {}\n", co_await core1.create_task(sum(1000)));
///     core1.stop();
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 1
/// 4
/// 9
/// sum: 500500
/// @endcode
/// @tparam StackBytes the size of the core's stack; its interrupts use it too
template <std::size_t StackBytes = 2048>
class Core1 : detail::Core1Base {
#ifdef UASYNC_PORT_WITHOUT_CORE1
    static_assert(StackBytes == 0, UASYNC_PORT_WITHOUT_CORE1);
#endif
    static_assert(StackBytes >= 512 && StackBytes % 8 == 0, "the stack of core 1 has at least 512 bytes, and a multiple of 8");

public:
    /// The core is off.
    Core1() noexcept = default;
    /// As stop().
    ~Core1() = default;

    /// Switches the core on, with its first task.
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @return a handle of the task: await it for the result, or cancel it
    template <class T>
    RemoteTask<T> start(Coro<T> coroutine, const char* name = nullptr) noexcept {
        start_core(stack_.data(), stack_.size());
        return create_task(std::move(coroutine), name);
    }

    /// Creates a task on the core. It starts after all that the core's loop has ready.
    /// @tparam T the coroutine's result type
    /// @param coroutine what the task runs
    /// @param name the task's name for reports; kept, not copied; null: the coroutine's name
    /// @return a handle of the task: await it for the result, or cancel it
    template <class T>
    RemoteTask<T> create_task(Coro<T> coroutine, const char* name = nullptr) noexcept {
        return run_coroutine_threadsafe(std::move(coroutine), loop(), name);
    }

    /// What the other core does when one of them faults or calls `port::fatal`. The message on the console names core 1 if it is that one.
    enum class OnFault : std::uint8_t {
        both_stop,      ///< The other core is switched off: the default.
        other_goes_on,  ///< The other core goes on. What waits for the one that stopped waits for ever.
    };
    /// Chooses what the other core does when one faults. @param choice from then on
    static void on_fault(OnFault choice) noexcept { port::other_core_goes_on(choice == OnFault::other_goes_on); }

    /// Stops the loop after the step that runs there, destroys its tasks, and switches the core off; waits for that. A core that is off stays
    /// so. Not from the core itself.
    using Core1Base::stop;

private:
    alignas(8) std::array<std::uint32_t, StackBytes / 4> stack_;
};

}  // namespace uasync

#endif
