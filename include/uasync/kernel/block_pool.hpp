#pragma once
// Implementation detail of FramePool and of a board's frame pool. The algorithms are in src/kernel/block_pool.hpp.

#include <array>
#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

namespace uasync::detail {

/// A free block, in the list of its size.
struct FreeBlock {
    FreeBlock* next;
};

/// Memory between the blocks.
struct BlockHole {
    BlockHole* next;
    std::size_t size;
};

inline constexpr std::size_t block_step = sizeof(BlockHole);  // so that what is left of a hole can be a hole itself; 8 on a board
inline constexpr std::size_t largest_block = 32 * block_step;
inline constexpr std::size_t block_classes = largest_block / block_step + 1;

/// The lists of free blocks by size, and the holes between the blocks.
struct BlockLists {
    std::array<FreeBlock*, block_classes> free{};
    BlockHole* holes = nullptr;
    std::size_t high_water = 0;
    std::uint32_t failed = 0;
};

/// A pool over memory that is given to it. The address sanitizer watches what is free.
struct SpanOfBlocks : BlockLists {
    std::byte* memory = nullptr;
    std::size_t capacity = 0;
    std::size_t unit = block_step;  ///< sizes are multiples of it, and blocks aligned to it
};

/// The memory of a StaticFramePool.
template <std::size_t bytes, std::size_t alignment>
struct StaticBytes {
    alignas(alignment) std::array<std::byte, bytes> memory;  // NOLINT(*-member-init): nothing reads it before it is used
};

}  // namespace uasync::detail
