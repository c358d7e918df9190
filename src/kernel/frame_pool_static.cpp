// The pool of a board: one array, cut into blocks as they are asked for.
//
// A freed block of up to `largest` bytes goes to its size's list, from where the next request of that size takes it: O(1). The rest
// of the array is a list of holes in order of address, at first a single one. When neither the list nor a hole serves a request,
// all free blocks go back to the holes and merge with their neighbours, and the request is tried once more. So the usual case is
// as fast as a list can be, and a program that changes from many frames of one size to many of another does not run dry.

#include <array>
#include <cstddef>

#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/port.hpp>

#if UASYNC_FRAME_POOL_BYTES

namespace uasync {
namespace {

struct Block {
    Block* next;
};

struct Hole {
    Hole* next;
    std::size_t size;
};

constexpr std::size_t step = sizeof(Hole);  // so that whatever is left of a hole can be one: 8 on a board
constexpr std::size_t largest = 32 * step;
constexpr std::size_t classes = largest / step + 1;
constexpr std::size_t capacity = UASYNC_FRAME_POOL_BYTES / step * step;

struct Pool {
    std::array<Block*, classes> free{};
#if UASYNC_STATISTICS
    std::array<std::uint16_t, classes> cut{};   ///< blocks of each size outside the holes, live or free
    std::array<std::uint16_t, classes> peak{};  ///< the most there were; as one is cut only when none is free, all were live
#endif
    Hole* holes = nullptr;
    std::size_t high_water = 0;
    std::uint32_t failed = 0;
    alignas(step) std::array<std::byte, capacity> memory{};
};

constinit Pool pool;

constexpr std::size_t rounded(std::size_t bytes) noexcept { return (bytes + step - 1) / step * step; }

void give_hole(void* start, std::size_t size) noexcept {
    auto* hole = static_cast<Hole*>(start);
    Hole** link = &pool.holes;
    Hole* before = nullptr;
    while (*link != nullptr && *link < hole) {
        before = *link;
        link = &before->next;
    }
    Hole* after = *link;
    const auto end_of = [](Hole* h) { return reinterpret_cast<std::byte*>(h) + h->size; };
    if (before != nullptr && end_of(before) == static_cast<std::byte*>(start)) {
        before->size += size;
        hole = before;
    } else {
        hole = ::new (start) Hole{after, size};
        *link = hole;
    }
    if (after != nullptr && end_of(hole) == reinterpret_cast<std::byte*>(after)) {
        hole->size += after->size;
        hole->next = after->next;
    }
}

void* cut_hole(std::size_t size) noexcept {
    for (Hole** link = &pool.holes; *link != nullptr; link = &(*link)->next) {
        Hole* hole = *link;
        if (hole->size < size) continue;
        auto* start = reinterpret_cast<std::byte*>(hole);
        std::byte* end = start + size;
        *link = hole->size == size ? hole->next : ::new (end) Hole{hole->next, hole->size - size};
        const auto reach = static_cast<std::size_t>(end - pool.memory.data());
        if (reach > pool.high_water) pool.high_water = reach;
        return start;
    }
    return nullptr;
}

void merge_free_blocks() noexcept {
    for (std::size_t c = 0; c < classes; ++c) {
        while (Block* block = pool.free[c]) {
            pool.free[c] = block->next;
#if UASYNC_STATISTICS
            --pool.cut[c];
#endif
            give_hole(block, c * step);
        }
    }
}

[[gnu::noinline]] void* allocate_from_holes(std::size_t bytes) noexcept {
    if (pool.holes == nullptr && pool.high_water == 0) give_hole(pool.memory.data(), capacity);  // the first request
    const std::size_t size = rounded(bytes);
    void* block = cut_hole(size);
    if (block == nullptr) {
        merge_free_blocks();
        block = cut_hole(size);
    }
    if (block == nullptr) {
        pool.failed = static_cast<std::uint32_t>(bytes);
        return nullptr;
    }
#if UASYNC_STATISTICS
    if (const std::size_t c = size / step; c < classes && ++pool.cut[c] > pool.peak[c]) pool.peak[c] = pool.cut[c];
#endif
    return block;
}

std::size_t free_blocks(std::size_t c) noexcept {
    std::size_t count = 0;
    for (Block* block = pool.free[c]; block != nullptr; block = block->next) ++count;
    return count;
}

std::size_t hole_bytes() noexcept {
    std::size_t bytes = 0;
    for (const Hole* hole = pool.holes; hole != nullptr; hole = hole->next) bytes += hole->size;
    return bytes;
}

}  // namespace

namespace detail {
inline namespace UASYNC_BUILT_WITH {

void* allocate_frame(std::size_t bytes) noexcept {
#if !UASYNC_ONE_CORE
    const CriticalSection section;
#endif
    const std::size_t c = (bytes + step - 1) / step;
    if (c < classes) {
        if (Block* block = pool.free[c]) {
            pool.free[c] = block->next;
            return block;
        }
    }
    return allocate_from_holes(bytes);
}

void free_frame(void* memory, std::size_t bytes) noexcept {
#if !UASYNC_ONE_CORE
    const CriticalSection section;
#endif
    const std::size_t c = (bytes + step - 1) / step;
    if (c >= classes) {
        give_hole(memory, rounded(bytes));
        return;
    }
    pool.free[c] = ::new (memory) Block{pool.free[c]};
}

}  // namespace UASYNC_BUILT_WITH
}  // namespace detail

#if UASYNC_STATISTICS
FrameSizeUse frame_pool_use(std::size_t bytes) noexcept {
    const std::size_t c = (bytes + step - 1) / step;
    if (c >= classes) return {rounded(bytes), 0, 0};
    return {c * step, pool.peak[c], pool.cut[c] - free_blocks(c)};
}
#endif

std::uint32_t frame_pool_failed() noexcept { return pool.failed; }

FramePoolUse frame_pool_use() noexcept {
    if (pool.high_water == 0) return {capacity, 0, 0};  // nothing was ever cut
    std::size_t in_use = capacity - hole_bytes();
    for (std::size_t c = 0; c < classes; ++c) in_use -= free_blocks(c) * c * step;
    return {capacity, pool.high_water, in_use};
}

}  // namespace uasync

#endif
