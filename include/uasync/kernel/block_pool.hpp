#pragma once
// What a pool of blocks consists of: lists of free blocks by size, and the holes between the blocks. For the runtime;
// src/kernel/block_pool.hpp is what is done with it.

#include <array>
#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

namespace uasync::detail {

struct FreeBlock {
    FreeBlock* next;
};

struct BlockHole {
    BlockHole* next;
    std::size_t size;
};

inline constexpr std::size_t block_step = sizeof(BlockHole);  // so that whatever is left of a hole can be one: 8 on a board
inline constexpr std::size_t largest_block = 32 * block_step;
inline constexpr std::size_t block_classes = largest_block / block_step + 1;

struct BlockLists {
    std::array<FreeBlock*, block_classes> free{};
    BlockHole* holes = nullptr;
    std::size_t high_water = 0;
    std::uint32_t failed = 0;
};

/// A pool over memory that is given. The address sanitizer watches what is free of it.
struct SpanOfBlocks : BlockLists {
    std::byte* memory = nullptr;
    std::size_t capacity = 0;
    std::size_t unit = block_step;  ///< sizes are multiples of it, and blocks aligned to it
};

template <std::size_t bytes, std::size_t alignment>
struct StaticBytes {
    alignas(alignment) std::array<std::byte, bytes> memory;  // NOLINT(*-member-init): not before it is used
};

}  // namespace uasync::detail
