// Frames that are aligned beyond two words, inside blocks that are not.

#include <uasync/kernel/allocate_frame.hpp>

#include <cstring>

// NOLINTNEXTLINE(modernize-concat-nested-namespaces): the inner one is inline
namespace uasync::detail {
inline namespace UASYNC_BUILT_WITH {

// The frame begins at least one word into the block; the word before the frame is the address of the block.
void* allocate_aligned_frame(std::size_t bytes, std::size_t alignment) noexcept {
    void* block = allocate_frame(bytes + alignment);
    if (block == nullptr) return nullptr;
    const auto begin = reinterpret_cast<std::uintptr_t>(block);
    auto* frame = static_cast<std::byte*>(block) + (alignment - begin % alignment);
    std::memcpy(frame - sizeof block, static_cast<void*>(&block), sizeof block);
    return frame;
}

void free_aligned_frame(void* frame, std::size_t bytes, std::size_t alignment) noexcept {
    void* block = nullptr;
    std::memcpy(static_cast<void*>(&block), static_cast<std::byte*>(frame) - sizeof block, sizeof block);
    free_frame(block, bytes + alignment);
}

}  // namespace UASYNC_BUILT_WITH
}  // namespace uasync::detail
