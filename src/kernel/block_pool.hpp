#pragma once
// How a pool takes and gives back blocks: the board's array, and each FramePool.
//
// A freed block of up to `largest_block` bytes goes into the list of its size, where the next request of that size finds it:
// O(1). The rest of the memory is a list of holes in order of address, at first a single one. When neither the list nor a hole
// serves a request, all free blocks go back to the holes and merge with their neighbours, and the request is tried once more.
// So the usual case is as fast as a list, and a program that changes from many frames of one size to many of another does not
// run out of memory.
//
// A Pool has BlockLists, `memory`, `capacity`, and `unit`, to which sizes are rounded up. It may have `cut` and `peak`, which count
// the blocks of each size. For the board's pool these are compile-time constants.

#include <algorithm>
#include <cstddef>
#include <new>

#include <uasync/kernel/allocate_frame.hpp>
#include <uasync/kernel/block_pool.hpp>

#if UASYNC_WATCHED_FRAMES
#include <sanitizer/asan_interface.h>
#endif

namespace uasync::detail {

/// A pool that counts its blocks by size.
template <class Pool>
concept CountsBlocks = requires(Pool& pool) { pool.cut; };

/// Nobody may touch free memory, except for the words that the lists are made of.
template <class Pool>
void hide([[maybe_unused]] Pool& pool, [[maybe_unused]] void* block, [[maybe_unused]] std::size_t size) noexcept {
#if UASYNC_WATCHED_FRAMES
    if constexpr (std::is_same_v<Pool, SpanOfBlocks>) {
        if (size > block_step) ASAN_POISON_MEMORY_REGION(static_cast<std::byte*>(block) + block_step, size - block_step);
    }
#endif
}
template <class Pool>
void show([[maybe_unused]] Pool& pool, [[maybe_unused]] void* block, [[maybe_unused]] std::size_t size) noexcept {
#if UASYNC_WATCHED_FRAMES
    if constexpr (std::is_same_v<Pool, SpanOfBlocks>) ASAN_UNPOISON_MEMORY_REGION(block, size);
#endif
}

template <class Pool>
constexpr std::size_t size_in(const Pool& pool, std::size_t bytes) noexcept {
    return (bytes + pool.unit - 1) / pool.unit * pool.unit;
}

template <class Pool>
void give_hole(Pool& pool, void* start, std::size_t size) noexcept {
    auto* hole = static_cast<BlockHole*>(start);
    BlockHole** link = &pool.holes;
    BlockHole* before = nullptr;
    while (*link != nullptr && *link < hole) {
        before = *link;
        link = &before->next;
    }
    BlockHole* after = *link;
    const auto end_of = [](BlockHole* h) { return reinterpret_cast<std::byte*>(h) + h->size; };
    if (before != nullptr && end_of(before) == static_cast<std::byte*>(start)) {
        before->size += size;
        hole = before;
    } else {
        hole = ::new (start) BlockHole{after, size};
        *link = hole;
    }
    if (after != nullptr && end_of(hole) == reinterpret_cast<std::byte*>(after)) {
        hole->size += after->size;
        hole->next = after->next;
    }
}

template <class Pool>
void* cut_hole(Pool& pool, std::size_t size) noexcept {
    for (BlockHole** link = &pool.holes; *link != nullptr; link = &(*link)->next) {
        BlockHole* hole = *link;
        if (hole->size < size) continue;
        auto* start = reinterpret_cast<std::byte*>(hole);
        std::byte* end = start + size;
        if (hole->size != size) show(pool, end, block_step);
        *link = hole->size == size ? hole->next : ::new (end) BlockHole{hole->next, hole->size - size};
        const auto reach = static_cast<std::size_t>(end - &pool.memory[0]);
        if (reach > pool.high_water) pool.high_water = reach;
        return start;
    }
    return nullptr;
}

template <class Pool>
void merge_free_blocks(Pool& pool) noexcept {
    for (std::size_t c = 0; c < block_classes; ++c) {
        while (FreeBlock* block = pool.free[c]) {
            pool.free[c] = block->next;
            if constexpr (CountsBlocks<Pool>) --pool.cut[c];
            give_hole(pool, block, c * block_step);
        }
    }
}

template <class Pool>
[[gnu::noinline]] void* take_from_holes(Pool& pool, std::size_t bytes) noexcept {
    if (pool.holes == nullptr && pool.high_water == 0) give_hole(pool, &pool.memory[0], pool.capacity);  // the first request
    const std::size_t size = size_in(pool, bytes);
    void* block = cut_hole(pool, size);
    if (block == nullptr) {
        merge_free_blocks(pool);
        block = cut_hole(pool, size);
    }
    if (block == nullptr) {
        pool.failed = static_cast<std::uint32_t>(bytes);
        return nullptr;
    }
    if constexpr (CountsBlocks<Pool>) {
        if (const std::size_t c = size / block_step; c < block_classes && ++pool.cut[c] > pool.peak[c]) pool.peak[c] = pool.cut[c];
    }
    return block;
}

template <class Pool>
[[gnu::always_inline]] inline void* take_block(Pool& pool, std::size_t bytes) noexcept {
    const std::size_t c = size_in(pool, bytes) / block_step;
    if (c < block_classes) {
        if (FreeBlock* block = pool.free[c]) {
            pool.free[c] = block->next;
            return block;
        }
    }
    return take_from_holes(pool, bytes);
}

template <class Pool>
[[gnu::always_inline]] inline void give_block(Pool& pool, void* memory, std::size_t bytes) noexcept {
    const std::size_t c = size_in(pool, bytes) / block_step;
    if (c >= block_classes) {
        give_hole(pool, memory, size_in(pool, bytes));
        return;
    }
    pool.free[c] = ::new (memory) FreeBlock{pool.free[c]};
}

template <class Pool>
std::size_t free_blocks(const Pool& pool, std::size_t c) noexcept {
    std::size_t count = 0;
    for (const FreeBlock* block = pool.free[c]; block != nullptr; block = block->next) ++count;
    return count;
}

template <class Pool>
std::size_t hole_bytes(const Pool& pool) noexcept {
    std::size_t bytes = 0;
    for (const BlockHole* hole = pool.holes; hole != nullptr; hole = hole->next) bytes += hole->size;
    return bytes;
}

template <class Pool>
std::size_t bytes_in_use(const Pool& pool) noexcept {
    if (pool.high_water == 0) return 0;  // nothing was ever cut
    std::size_t in_use = pool.capacity - hole_bytes(pool);
    for (std::size_t c = 0; c < block_classes; ++c) in_use -= free_blocks(pool, c) * c * block_step;
    return in_use;
}

}  // namespace uasync::detail
