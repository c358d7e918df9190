#pragma once
// Implementation detail of the frame pool. Programs see FramePool and frame_pool_use (kernel/frame_pool.hpp).

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include <uasync/config.hpp>

// Under the address sanitizer each frame comes from the heap and goes back there, so that it can watch them.
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

// Coroutine frames and tasks live in blocks of size classes, two words apart, and each class has a list of free blocks.
//
// On a board the pool is one static array of UASYNC_FRAME_POOL_BYTES. Blocks are cut from it once and go back to their class, so an
// allocation is O(1). When the array is used up and the class has no free block, all free blocks merge with their neighbours and
// the array is cut anew. On a host, blocks come from the heap in chunks, the pool grows, and each thread has its own.
// Frames of a task, group or loop that names a FramePool come from there and go back there.
// Interrupts may not use it. docs/design/frame_pool.md gives the reasons for size classes.

// NOLINTNEXTLINE(modernize-concat-nested-namespaces): the innermost one is inline
namespace uasync {
namespace detail {
inline namespace UASYNC_BUILT_WITH {

#if UASYNC_FRAME_POOLS || !UASYNC_BOARD
/// Beyond every address while there are pools other than the board's or the thread's, because then no block may be taken from
/// its lists or put there without a look; otherwise 0. So one comparison tells both whether there is a free block and whether
/// to look. A plain variable, because GCC needs one more instruction for an atomic one. It is written when the first pool is
/// made or the last one goes, and a thread that holds a block of a pool has learned of the pool with the block.
inline constinit UASYNC_FRAMES_LOOK frames_look = 0;
#endif

#if UASYNC_BOARD

/// Allocates a block of at least `bytes`, aligned to two words. Null if the pool has none.
void* allocate_frame(std::size_t bytes) noexcept;
/// Frees a block; `bytes` as it was asked for.
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

/// The block of this size that was freed last. Null if allocate_frame() has to look further.
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
/// Allocates a block of at least `bytes`, aligned to two words. Null if there is no memory.
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

/// Allocate and free a frame that is aligned to more than two words, for `alignment` bytes more. Clang asks for it with
/// -fcoro-aligned-allocation.
void* allocate_aligned_frame(std::size_t bytes, std::size_t alignment) noexcept;
void free_aligned_frame(void* frame, std::size_t bytes, std::size_t alignment) noexcept;

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail
}  // namespace uasync
