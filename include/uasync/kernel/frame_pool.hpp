#pragma once
// FramePool: memory of the program's own that the frames of some tasks come from, so that nobody else can use it up, and they nobody
// else's. And how full the pools are: `frame_pool_use`, for the one that all others share.
//
//     StaticFramePool<4096> pool;                           // or FramePool pool{bytes}, over a std::span<std::byte>
//
//     pool.create_task(serve, std::move(connection));       // a task: serve(connection), whose frames come from the pool
//     TaskGroup group{pool};                                // all that is made inside of the group
//     EventLoop loop{pool};                                 // all that is made by the loop's run
//     {
//         const FramePool::Scope in{pool};                  // all that this task makes in the block
//         create_task(blink(led));
//     }
//
// A task is in the pool that its control block came from. What it awaits comes from there, and so do the tasks that it creates, unless it
// names another pool. A block goes back to the pool that it came from, whoever frees it. If a pool is full the task that asked ends with
// Error::no_memory, as with the pool that all share; nobody else is touched.
// A pool must outlive what is in it and whoever names it: one that does not stops the program with a message.
// Neighbour: none is needed where the pool that all share is large enough.
// Cost: on a 64-bit host 336 bytes beside the memory. Allocation is O(1) as long as sizes repeat; while there is any FramePool, each
// allocation and release looks through all of them. On a board only with UASYNC_FRAME_POOLS=1; without, nothing. Not ISR-safe. On hosts
// several threads may use one pool.
//
//   [ made ] -- the first frame --> [ in use ] -- the last frame is freed --> [ empty ] -- destroyed
//                                       |  ^                                     |
//                                       |  +------------- a frame ---------------+
//                                       +-- destroyed, or while it is named: stops the program

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

/// What a pool has given out.
struct FramePoolUse {
    std::size_t capacity;  ///< bytes of the pool; 0 of the one that grows, on a host
    std::size_t peak;      ///< bytes ever cut from it: the high-water mark
    std::size_t in_use;    ///< bytes in live blocks now
};

/// One size of block.
struct FrameSizeUse {
    std::size_t bytes;   ///< the class's block size
    std::size_t peak;    ///< blocks of this size that were ever live at once
    std::size_t in_use;  ///< live now
};

/// Figures for people and tests: walks the free lists, O(blocks).
FramePoolUse frame_pool_use() noexcept;

/// The size of the last request that found no room; 0 if none did.
std::uint32_t frame_pool_failed() noexcept;

/// The figures of the class that serves `bytes`. On a board only with UASYNC_STATISTICS.
FrameSizeUse frame_pool_use(std::size_t bytes) noexcept;

#if UASYNC_FRAME_POOLS

class FramePool : detail::FrameSource {
public:
    /// Over memory that outlives it. `alignment`: of every frame, a power of two; more than two words is for coroutines with variables
    /// that are aligned so, and rounds each frame up to a multiple.
    explicit FramePool(std::span<std::byte> memory, std::size_t alignment = detail::block_step) noexcept;
    ~FramePool();

    struct Use : FramePoolUse {
        std::uint32_t failed;  ///< the size of the last request that found no room; 0 if none did
    };
    /// O(blocks).
    Use use() const noexcept;

    /// Starts the task `function(args...)`, all of whose frames come from here. If there is no room it is done with Error::no_memory.
    template <class F, class... Args>
        requires std::invocable<F, Args...>
    auto create_task(F&& function, Args&&... args) {
        using Function = std::remove_cvref_t<F>;
        static_assert(std::is_lvalue_reference_v<F> || std::is_empty_v<Function> || !std::is_class_v<Function>,
                      "the task outlives this lambda, whose captures it may use: give the lambda a name");
        const Scope in{*this};
        return uasync::create_task(std::invoke(std::forward<F>(function), std::forward<Args>(args)...));
    }
    template <class A>
        requires detail::Awaitable<A>
    void create_task(A&&) {
        static_assert(!detail::Awaitable<A>, "its frame has been made elsewhere already: say pool.create_task(f, x) for f(x)");
    }

    /// While it lives, what the running task creates and awaits comes from the pool: that task alone, also where it waits in between.
    /// Outside of any task: what this thread makes there, as `run(async_main())`. Scopes nest; the newest counts.
    class Scope {
    public:
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

/// A FramePool with its memory in itself: `bytes` of it, and its frames aligned to `alignment`.
template <std::size_t bytes, std::size_t alignment = detail::block_step>
class StaticFramePool : detail::StaticBytes<bytes, alignment>, public FramePool {
public:
    StaticFramePool() noexcept : FramePool{this->memory, alignment} {}
};

#endif

}  // namespace uasync
