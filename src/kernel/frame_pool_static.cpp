// The pool of a board: one array, from which blocks are cut as they are requested.

#include <array>
#include <cstddef>

#include <uasync/kernel/allocate_frame.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/port.hpp>

#include "block_pool.hpp"

#if UASYNC_FRAME_POOL_BYTES

namespace uasync {
namespace {

struct Pool : detail::BlockLists {
    static constexpr std::size_t unit = detail::block_step;
    static constexpr std::size_t capacity = UASYNC_FRAME_POOL_BYTES / unit * unit;
#if UASYNC_STATISTICS
    std::array<std::uint16_t, detail::block_classes> cut{};  ///< blocks of each size outside the holes, live or free
    std::array<std::uint16_t, detail::block_classes>
        peak{};  ///< the most there were; a block is cut only when none is free, so all were live
#endif
    alignas(unit) std::array<std::byte, capacity> memory{};
};

constinit Pool board_pool;

}  // namespace

namespace detail {
inline namespace UASYNC_BUILT_WITH {

void* allocate_frame(std::size_t bytes) noexcept {
#if UASYNC_FRAME_POOLS
    if (frames_look != 0) {
        if (FrameSource* source = source_for_now()) return source->functions->allocate(*source, bytes);
    }
#endif
#if !UASYNC_ONE_CORE
    const CriticalSection section;
#endif
#if UASYNC_FRAME_POOLS
    void* block = take_block(board_pool, bytes);
    if (block == nullptr) note_failed_frame(bytes, 0);
    return block;
#else
    return take_block(board_pool, bytes);
#endif
}

void free_frame(void* memory, std::size_t bytes) noexcept {
#if UASYNC_FRAME_POOLS
    if (frames_look != 0 && free_in_source(memory, bytes)) return;
#endif
#if !UASYNC_ONE_CORE
    const CriticalSection section;
#endif
    give_block(board_pool, memory, bytes);
}

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail

#if UASYNC_STATISTICS
FrameSizeUse frame_pool_use(std::size_t bytes) noexcept {
    const std::size_t size = detail::size_in(board_pool, bytes);
    const std::size_t c = size / detail::block_step;
    if (c >= detail::block_classes) return {size, 0, 0};
    return {size, board_pool.peak[c], board_pool.cut[c] - detail::free_blocks(board_pool, c)};
}
#endif

#if !UASYNC_FRAME_POOLS
std::uint32_t frame_pool_failed() noexcept { return board_pool.failed; }
#endif

FramePoolUse frame_pool_use() noexcept { return {board_pool.capacity, board_pool.high_water, detail::bytes_in_use(board_pool)}; }

}  // namespace uasync

#endif
