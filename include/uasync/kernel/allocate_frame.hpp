#pragma once
// Where coroutine frames and tasks live: blocks in size classes of two words, each class a list of free blocks. For the runtime and for
// authors of primitives; programs see FramePool and `frame_pool_use` (kernel/frame_pool.hpp).
//
// On a board the pool is one static array of UASYNC_FRAME_POOL_BYTES: blocks are cut from it once and go back to their class, so an
// allocation is O(1). When the array is used up and the class has no free block, all free blocks are merged with their neighbours
// and the array is cut anew. On a host, blocks come from the heap in chunks and the pool grows; each thread has
// its own. Under the address sanitizer every block is a heap allocation, so that it can watch them.
// Frames of a task, group or loop that names a FramePool come from there, and go back there.
// Not ISR-safe. docs/design/frame_pool.md says why size classes.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include <uasync/config.hpp>

// The address sanitizer sees each frame come from the heap and go back there.
#if defined(__SANITIZE_ADDRESS__)
#define UASYNC_WATCHED_FRAMES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UASYNC_WATCHED_FRAMES 1
#endif
#endif
#ifndef UASYNC_WATCHED_FRAMES
#define UASYNC_WATCHED_FRAMES 0
#endif

#if defined(__SANITIZE_THREAD__)
#define UASYNC_FRAMES_LOOK std::atomic<std::uintptr_t>
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UASYNC_FRAMES_LOOK std::atomic<std::uintptr_t>
#endif
#endif
#ifndef UASYNC_FRAMES_LOOK
#define UASYNC_FRAMES_LOOK std::uintptr_t
#endif

// NOLINTNEXTLINE(modernize-concat-nested-namespaces): the innermost one is inline
namespace uasync {
namespace detail {
inline namespace UASYNC_BUILT_WITH {

#if UASYNC_FRAME_POOLS || !UASYNC_BOARD
/// Not 0, but beyond every address, while there are pools beside the one of the board or the thread: a block is not to be taken from its
/// lists, or put there, without a look. So the comparison that tells whether there is a free block tells that, too.
/// A plain variable, as GCC takes an instruction more for an atomic one: it is written when the first pool is made or the last one goes,
/// and a thread that holds a block of a pool has learned of the pool with the block.
inline constinit UASYNC_FRAMES_LOOK frames_look = 0;
#endif

#if UASYNC_BOARD

/// A block of at least `bytes`, aligned to two words, or null if the pool has none.
void* allocate_frame(std::size_t bytes) noexcept;
/// Takes back a block; `bytes` as it was asked for.
void free_frame(void* memory, std::size_t bytes) noexcept;

#else

inline constexpr std::size_t frame_step = 16;
inline constexpr std::size_t frame_classes = 1024 / frame_step + 1;

struct FreeFrame {
    FreeFrame* next;
};

/// This thread's free blocks, by size.
inline constinit thread_local std::array<FreeFrame*, frame_classes> free_frames{};

void* allocate_frame_slowly(std::size_t bytes) noexcept;
void free_frame_slowly(void* memory, std::size_t bytes) noexcept;

/// The block of this size that was freed last; null if `allocate_frame` has to look further.
[[gnu::always_inline]] inline void* take_free_frame(std::size_t bytes) noexcept {
    const std::size_t c = (bytes + frame_step - 1) / frame_step;
    if (c < frame_classes) [[likely]] {
        FreeFrame* block = free_frames[c];
        if (reinterpret_cast<std::uintptr_t>(block) > frames_look) [[likely]] {
            free_frames[c] = block->next;
            return block;
        }
    }
    return nullptr;
}
/// As above.
[[gnu::always_inline]] inline void* allocate_frame(std::size_t bytes) noexcept {
    void* block = take_free_frame(bytes);
    return block != nullptr ? block : allocate_frame_slowly(bytes);
}
[[gnu::always_inline]] inline void free_frame(void* memory, std::size_t bytes) noexcept {
#if !UASYNC_WATCHED_FRAMES
    const std::size_t c = (bytes + frame_step - 1) / frame_step;
    if (c < frame_classes && frames_look == 0) [[likely]] {
        free_frames[c] = ::new (memory) FreeFrame{free_frames[c]};
        return;
    }
#endif
    free_frame_slowly(memory, bytes);
}

#endif

/// The same aligned to more than two words: `alignment` bytes more. For Clang, which asks for it with -fcoro-aligned-allocation.
void* allocate_aligned_frame(std::size_t bytes, std::size_t alignment) noexcept;
void free_aligned_frame(void* frame, std::size_t bytes, std::size_t alignment) noexcept;

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail
}  // namespace uasync
