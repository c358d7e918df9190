// The pool of a host: lists of free blocks by size, filled from chunks of the heap, one set a thread. Chunks are kept until the
// program ends, as a frame may be freed on another thread than the one that made it.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include <uasync/kernel/frame_pool.hpp>

#if !UASYNC_BOARD

#if UASYNC_PORT_PICKS
#include "frame_source.hpp"
#endif

namespace uasync {
namespace {

constexpr std::size_t step = detail::frame_step;
constexpr std::size_t classes = detail::frame_classes;
constexpr std::size_t largest = (classes - 1) * step;
[[maybe_unused]] constexpr std::size_t chunk_bytes = std::size_t{64} * 1024;

/// What this thread has taken from the heap. Its free blocks are in `detail::free_frames`.
struct Pool {
    std::array<std::size_t, classes> cut{};         ///< blocks of each size, live or free
    std::array<std::size_t, classes> class_peak{};  ///< the most there were
    std::byte* chunk = nullptr;
    std::size_t chunk_left = 0;
    std::size_t held = 0;  ///< bytes of all blocks that have not gone back to the heap
    std::size_t peak = 0;
    std::size_t large_in_use = 0;
};

constinit thread_local Pool pool;

constinit thread_local std::uint32_t last_failed = 0;

constexpr std::size_t rounded(std::size_t bytes) noexcept { return (bytes + step - 1) / step * step; }

[[gnu::noinline]] void* cut_block(std::size_t size) noexcept {
#if !UASYNC_WATCHED_FRAMES
    if (size <= largest) {
        if (pool.chunk_left < size) {
            void* chunk = std::aligned_alloc(step, chunk_bytes);
            if (chunk == nullptr) return nullptr;
            pool.chunk = static_cast<std::byte*>(chunk);
            pool.chunk_left = chunk_bytes;
        }
        void* block = pool.chunk;
        pool.chunk += size;
        pool.chunk_left -= size;
        return block;
    }
#endif
    return std::malloc(size);
}

[[gnu::noinline]] void* take_from_heap(std::size_t bytes) noexcept {
    const std::size_t size = rounded(bytes);
    void* block = cut_block(size);
    if (block == nullptr) {
        last_failed = static_cast<std::uint32_t>(bytes);
        return nullptr;
    }
    pool.held += size;
    pool.peak = std::max(pool.peak, pool.held);
    if (size > largest) {
        pool.large_in_use += size;
    } else {
        const std::size_t c = size / step;
        pool.class_peak[c] = std::max(pool.class_peak[c], ++pool.cut[c]);
    }
    return block;
}

std::size_t free_blocks(std::size_t c) noexcept {
    std::size_t count = 0;
    for (const detail::FreeFrame* block = detail::free_frames[c]; block != nullptr; block = block->next) ++count;
    return count;
}

}  // namespace

// NOLINTNEXTLINE(modernize-concat-nested-namespaces): the inner one is inline
namespace detail {
inline namespace UASYNC_BUILT_WITH {

void* allocate_frame_slowly(std::size_t bytes) noexcept {
#if UASYNC_PORT_PICKS
    if (frame_source != nullptr) [[unlikely]]
        return frame_source->allocate(bytes);
#endif
    const std::size_t c = (bytes + step - 1) / step;
    if (c < classes) {
        if (FreeFrame* block = free_frames[c]) {
            free_frames[c] = block->next;
            return block;
        }
    }
    return take_from_heap(bytes);
}

void free_frame_slowly(void* memory, std::size_t bytes) noexcept {
#if UASYNC_PORT_PICKS
    if (frame_source != nullptr && frame_source->free(memory)) [[unlikely]]
        return;
#endif
    const std::size_t c = (bytes + step - 1) / step;
#if UASYNC_WATCHED_FRAMES
    if (c < classes) {
        --pool.cut[c];
        pool.held -= rounded(bytes);
        std::free(memory);
        return;
    }
#else
    if (c < classes) {
        free_frames[c] = ::new (memory) FreeFrame{free_frames[c]};
        return;
    }
#endif
    pool.large_in_use -= rounded(bytes);
    pool.held -= rounded(bytes);
    std::free(memory);
}

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail

FrameSizeUse frame_pool_use(std::size_t bytes) noexcept {
    const std::size_t c = (bytes + step - 1) / step;
    if (c >= classes) return {rounded(bytes), 0, 0};
    return {c * step, pool.class_peak[c], pool.cut[c] - free_blocks(c)};
}

std::uint32_t frame_pool_failed() noexcept { return last_failed; }

FramePoolUse frame_pool_use() noexcept {
    std::size_t in_use = pool.large_in_use;
    for (std::size_t c = 0; c < classes; ++c) in_use += (pool.cut[c] - free_blocks(c)) * c * step;
    return {0, pool.peak, in_use};
}

}  // namespace uasync

#endif
