#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

#include <uasync/kernel/block_pool.hpp>
#include <uasync/kernel/frame_source.hpp>
#include <uasync/kernel/shared_wait_queue.hpp>
#include <uasync/kernel/task.hpp>

namespace uasync {

/// How full a pool is.
struct FramePoolUse {
    std::size_t capacity;  ///< size of the pool in bytes; 0 if it grows, on a host
    std::size_t peak;      ///< high-water mark: the most bytes ever cut from it
    std::size_t in_use;    ///< bytes in blocks that are in use now
};

/// How many blocks of one size a pool has given out.
struct FrameSizeUse {
    std::size_t bytes;   ///< size of a block of this class
    std::size_t peak;    ///< the most blocks of this size that were ever in use at once
    std::size_t in_use;  ///< blocks of this size that are in use now
};

/// How full the pool is that all tasks share unless they name another one.
///
/// To choose UASYNC_FRAME_POOL_BYTES, run the program, look at `peak`, and add a reserve.
/// @par Cost
/// O(blocks): it walks the lists of free blocks.
/// @return the figures, in bytes; on a host with threads, those of the calling thread
FramePoolUse frame_pool_use() noexcept;

/// The size of the last request for which a pool had no room. @return bytes; 0 if there was none
std::uint32_t frame_pool_failed() noexcept;

/// How many blocks of one size the pool that all share has given out. On a board only with UASYNC_STATISTICS.
/// @param bytes any size of frame
/// @return the figures of the class of blocks that serves it
FrameSizeUse frame_pool_use(std::size_t bytes) noexcept;

#if UASYNC_FRAME_POOLS

// [ made ] -- the first frame --> [ in use ] -- the last frame is freed --> [ empty ] -- destroyed
//                                     |  ^                                     |
//                                     |  +------------- a frame ---------------+
//                                     +-- destroyed, or while it is named: stops the program

/// Memory of the program's own for the frames of some tasks: others cannot use it up, and they cannot use up the others'.
///
/// There are four ways to use a pool:
///
/// | Name the pool | Frames that come from it |
/// |---|---|
/// | `pool.create_task(f, x, y)` | those of the task `f(x, y)` |
/// | `TaskGroup group{pool};` | those of the group's tasks, and what the group's body makes |
/// | `EventLoop loop{pool};` | those of the loop's tasks, and what its functions (`call_later`) make |
/// | `const FramePool::Scope in{pool};` | what the running task makes while the scope lives |
///
/// A task is in the pool that its control block came from. What it awaits, and the tasks that it creates, come from there
/// too, unless it names another pool. A block goes back to the pool that it came from, whoever frees it.
///
/// @par Use it for
/// A part of a program that must never run out of memory, or must never take more than its share. With GCC, also for
/// coroutines with variables that are aligned beyond two words, such as `alignas(64)`: Clang aligns their frames, GCC 12
/// does not, and a pool with an alignment does.
/// @par Instead use
/// Nothing, as long as the pool that all share is large enough. `tools/frames.py` lists the sizes of frames.
/// @par Cost
/// 336 bytes beside the memory on a 64-bit host. Allocation is O(1) as long as sizes repeat. While any FramePool exists,
/// each allocation and each release searches all of them. On a board it needs UASYNC_FRAME_POOLS=1, and without that
/// costs nothing.
/// @par From an interrupt
/// Not allowed. On a host several threads may use one pool.
/// @par When cancelled
/// A cancelled task gives its frames back on its next turn.
/// @par Errors
/// If the pool is full, the task that asked ends with Error::no_memory and no other is affected; `use().failed` is the
/// size it asked for. A pool that is destroyed while a block of it is in use, or while a loop, group or scope names it,
/// stops the program with a message.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> sleeper() { co_await sleep_ms(10); }
///
/// Coro<int> greedy(int depth) {
///     int below = 0;
///     if (depth > 0) below = co_await greedy(depth - 1);
///     co_return below + 1;
/// }
///
/// Coro<> async_main() {
///     const auto before = frame_pool_use().in_use;
///     for (int i = 0; i < 10; ++i) create_task(sleeper());
///     print("more in use: {}\n", frame_pool_use().in_use > before);
///     co_await sleep_ms(20);
///     print("all given back: {}\n", frame_pool_use().in_use == before);
///     print("failed: {}\n", frame_pool_failed());
///
///     StaticFramePool<4096> pool;
///     {
///         auto task = pool.create_task(greedy, 3);
///         print("3 deep: {}\n", co_await task + 0);
///         auto deeper = co_await catch_cancelled(pool.create_task(greedy, 1000));
///         print("1000 deep: {}\n", to_string(deeper.error()));
///     }
///     print("in use: {} of {} bytes\n", pool.use().in_use, pool.use().capacity);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// more in use: true
/// all given back: true
/// failed: 0
/// 3 deep: 4
/// 1000 deep: no memory
/// in use: 0 of 4096 bytes
/// @endcode
class FramePool : detail::FrameSource {
public:
    /// A pool over memory that is given to it.
    /// @param memory must outlive the pool
    /// @param alignment of every frame, in bytes; a power of two. Each frame is rounded up to a multiple of it.
    explicit FramePool(std::span<std::byte> memory, std::size_t alignment = detail::block_step) noexcept;
    /// Nothing of the pool may be in use or named any more: otherwise the program stops with a message.
    ~FramePool();

    /// How full a FramePool is.
    struct Use : FramePoolUse {
        std::uint32_t failed;  ///< size in bytes of the last request for which there was no room; 0 if there was none
    };
    /// How full the pool is. O(blocks). @return the figures, in bytes
    Use use() const noexcept;

    /// Starts the task `function(args...)`. All its frames come from the pool.
    ///
    /// `create_task(f(x))` would not do: the frame of `f(x)` is made before create_task() sees it.
    /// @par Errors
    /// If there is no room, the task is done with Error::no_memory, which is reported.
    /// @tparam F a coroutine function
    /// @tparam Args the types of its arguments
    /// @param function is called at once; a lambda with captures must have a name, and live as long as the task
    /// @param args what it is called with
    /// @return the task's handle
    template <class F, class... Args>
        requires std::invocable<F, Args...>
    auto create_task(F&& function, Args&&... args) {
        using Function = std::remove_cvref_t<F>;
        static_assert(std::is_lvalue_reference_v<F> || std::is_empty_v<Function> || !std::is_class_v<Function>,
                      "the task outlives this lambda, whose captures it may use: give the lambda a name");
        const Scope in{*this};
        return uasync::create_task(std::invoke(std::forward<F>(function), std::forward<Args>(args)...));
    }
    /// @cond
    template <class A>
        requires detail::Awaitable<A>
    void create_task(A&&) {
        static_assert(!detail::Awaitable<A>, "its frame has been made elsewhere already: say pool.create_task(f, x) for f(x)");
    }
    /// @endcond

    /// While it lives, what the running task creates and awaits comes from the pool.
    ///
    /// It applies to that task alone, also while the task waits. Outside of tasks it applies to what this thread makes, such
    /// as `run(async_main())`. Scopes nest, and the newest counts.
    class Scope {
    public:
        /// Names the pool until the scope ends. @param pool must outlive the scope
        explicit Scope(FramePool& pool) noexcept { name_.open(pool); }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        ~Scope() = default;

    private:
        detail::SourceName name_;
    };

private:
    friend class EventLoop;
    friend class TaskGroup;
    static const Functions functions_of_pool;

    detail::SpanOfBlocks blocks_;
    mutable SharedLock lock_;
};

/// A FramePool that contains its memory.
/// @tparam bytes size of the memory, in bytes
/// @tparam alignment of every frame, in bytes; a power of two
template <std::size_t bytes, std::size_t alignment = detail::block_step>
class StaticFramePool : detail::StaticBytes<bytes, alignment>, public FramePool {
public:
    /// An empty pool.
    StaticFramePool() noexcept : FramePool{this->memory, alignment} {}
};

#endif

}  // namespace uasync
