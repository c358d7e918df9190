// The pool of a host: each thread has lists of free blocks by size, filled from chunks of the heap. Chunks are kept until the
// program ends, because a frame may be freed by another thread than the one that made it.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include <uasync/kernel/allocate_frame.hpp>
#include <uasync/kernel/frame_pool.hpp>

#if !UASYNC_BOARD

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

constinit thread_local Pool heap_pool;

#if !UASYNC_FRAME_POOLS
constinit thread_local std::uint32_t last_failed = 0;
#endif

constexpr std::size_t rounded(std::size_t bytes) noexcept { return (bytes + step - 1) / step * step; }

[[gnu::noinline]] void* cut_block(std::size_t size) noexcept {
#if !UASYNC_WATCHED_FRAMES
    if (size <= largest) {
        if (heap_pool.chunk_left < size) {
            void* chunk = std::aligned_alloc(step, chunk_bytes);
            if (chunk == nullptr) return nullptr;
            heap_pool.chunk = static_cast<std::byte*>(chunk);
            heap_pool.chunk_left = chunk_bytes;
        }
        void* block = heap_pool.chunk;
        heap_pool.chunk += size;
        heap_pool.chunk_left -= size;
        return block;
    }
#endif
    return std::malloc(size);
}

[[gnu::noinline]] void* take_from_heap(std::size_t bytes) noexcept {
    const std::size_t size = rounded(bytes);
    void* block = cut_block(size);
    if (block == nullptr) {
#if UASYNC_FRAME_POOLS
        detail::note_failed_frame(bytes, 0);
#else
        last_failed = static_cast<std::uint32_t>(bytes);
#endif
        return nullptr;
    }
    heap_pool.held += size;
    heap_pool.peak = std::max(heap_pool.peak, heap_pool.held);
    if (size > largest) {
        heap_pool.large_in_use += size;
    } else {
        const std::size_t c = size / step;
        heap_pool.class_peak[c] = std::max(heap_pool.class_peak[c], ++heap_pool.cut[c]);
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
#if UASYNC_FRAME_POOLS
    if (frames_look != 0) {
        if (FrameSource* source = source_for_now()) return source->functions->allocate(*source, bytes);
    }
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
#if UASYNC_FRAME_POOLS
    if (frames_look != 0 && free_in_source(memory, bytes)) return;
#endif
    const std::size_t c = (bytes + step - 1) / step;
#if UASYNC_WATCHED_FRAMES
    if (c < classes) {
        --heap_pool.cut[c];
        heap_pool.held -= rounded(bytes);
        std::free(memory);
        return;
    }
#else
    if (c < classes) {
        free_frames[c] = ::new (memory) FreeFrame{free_frames[c]};
        return;
    }
#endif
    heap_pool.large_in_use -= rounded(bytes);
    heap_pool.held -= rounded(bytes);
    std::free(memory);
}

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail

FrameSizeUse frame_pool_use(std::size_t bytes) noexcept {
    const std::size_t c = (bytes + step - 1) / step;
    if (c >= classes) return {rounded(bytes), 0, 0};
    return {c * step, heap_pool.class_peak[c], heap_pool.cut[c] - free_blocks(c)};
}

#if !UASYNC_FRAME_POOLS
std::uint32_t frame_pool_failed() noexcept { return last_failed; }
#endif

FramePoolUse frame_pool_use() noexcept {
    std::size_t in_use = heap_pool.large_in_use;
    for (std::size_t c = 0; c < classes; ++c) in_use += (heap_pool.cut[c] - free_blocks(c)) * c * step;
    return {0, heap_pool.peak, in_use};
}

}  // namespace uasync

#endif
