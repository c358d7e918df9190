#pragma once
// Where coroutine frames and tasks live: blocks in size classes of two words, each class a list of free blocks.
//
// On a board the pool is one static array of UASYNC_FRAME_POOL_BYTES: blocks are cut from it once and go back to their class, so an
// allocation is O(1). When the array is used up and the class has no free block, all free blocks are merged with their neighbours
// and the array is cut anew. On a host, blocks come from the heap in chunks and the pool grows; each thread has
// its own. Under the address sanitizer every block is a heap allocation, so that it can watch them.
// Not ISR-safe. docs/design/frame_pool.md says why size classes.

#include <array>
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

namespace uasync {

/// What the pool has given out.
struct FramePoolUse {
    std::size_t capacity;  ///< bytes of the static pool; 0 on a host
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

// NOLINTNEXTLINE(modernize-concat-nested-namespaces): the inner one is inline
namespace detail {
inline namespace UASYNC_BUILT_WITH {

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
/// Frames come from, or go, elsewhere: a block is not to be taken from these lists, or put there, without a look.
inline constinit bool frames_need_a_look = false;

void* allocate_frame_slowly(std::size_t bytes) noexcept;
void free_frame_slowly(void* memory, std::size_t bytes) noexcept;

/// The one of this size that was freed last; null if `allocate_frame` has to look further.
[[gnu::always_inline]] inline void* take_free_frame(std::size_t bytes) noexcept {
    const std::size_t c = (bytes + frame_step - 1) / frame_step;
    if (c < frame_classes && !frames_need_a_look) [[likely]] {
        if (FreeFrame* block = free_frames[c]) [[likely]] {
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
    if (c < frame_classes && !frames_need_a_look) [[likely]] {
        free_frames[c] = ::new (memory) FreeFrame{free_frames[c]};
        return;
    }
#endif
    free_frame_slowly(memory, bytes);
}

#endif

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail
}  // namespace uasync
