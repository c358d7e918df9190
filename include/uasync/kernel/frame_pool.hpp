#pragma once
// Where coroutine frames and tasks live: blocks in size classes of two words, each class a list of free blocks.
//
// On a board the pool is one static array of UASYNC_FRAME_POOL_BYTES: blocks are cut from it once and go back to their class, so an
// allocation is O(1). When the array is used up and the class has no free block, all free blocks are merged with their neighbours
// and the array is cut anew. On a host, blocks come from the heap in chunks and the pool grows; each thread has
// its own. Under the address sanitizer every block is a heap allocation, so that it can watch them.
// Not ISR-safe. docs/design/frame_pool.md says why size classes.

#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

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

namespace detail {
inline namespace UASYNC_BUILT_WITH {

/// A block of at least `bytes`, aligned to two words, or null if the pool has none.
void* allocate_frame(std::size_t bytes) noexcept;
/// Takes back a block; `bytes` as it was asked for.
void free_frame(void* memory, std::size_t bytes) noexcept;

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail
}  // namespace uasync
