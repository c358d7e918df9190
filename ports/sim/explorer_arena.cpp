#include <algorithm>
#include <cstring>
#include <utility>

#include <sys/mman.h>

#include <uasync/kernel/frame_source.hpp>
#include <uasync/kernel/loop.hpp>

#include "explorer.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define UASYNC_ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UASYNC_ARENA_POISONS 1
#endif
#endif
#ifdef UASYNC_ARENA_POISONS
#include <sanitizer/asan_interface.h>
#endif

namespace uasync::explorer::arena {
namespace {

constexpr std::uint32_t region_bytes = 64 * 1024;
constexpr std::uint32_t regions = 1024;
constexpr std::size_t arena_bytes = std::size_t{region_bytes} * regions;
constexpr std::size_t object_bytes = std::size_t{256} * 1024;
constexpr std::size_t granule = 16;

std::byte* memory = nullptr;  ///< the frames, followed by the scenario's objects
std::vector<Block> live;
std::size_t objects_used = 0;

void poison([[maybe_unused]] const std::byte* bytes, [[maybe_unused]] std::size_t size) noexcept {
#ifdef UASYNC_ARENA_POISONS
    __asan_poison_memory_region(bytes, size);
#endif
}
void unpoison([[maybe_unused]] const std::byte* bytes, [[maybe_unused]] std::size_t size) noexcept {
#ifdef UASYNC_ARENA_POISONS
    __asan_unpoison_memory_region(bytes, size);
#endif
}

/// Region 0 belongs to the scenario. The region of a task follows from the address of its control block.
std::uint32_t region_of_running_task() noexcept {
    const TaskLoop* loop = detail::this_loop();
    if (loop == nullptr || !loop->in_step()) return 0;
    const auto offset = static_cast<std::uint64_t>(reinterpret_cast<const std::byte*>(&loop->current()) - memory);
    return offset < arena_bytes ? 1 + static_cast<std::uint32_t>(mix(1, offset) % (regions - 1)) : 0;
}

std::vector<Block>::iterator at_or_after(std::uint64_t offset) noexcept {
    return std::ranges::lower_bound(live, offset, {}, [](const Block& block) { return std::uint64_t{block.offset}; });
}

[[maybe_unused]] void* allocate(std::size_t bytes) noexcept {
    const auto size = static_cast<std::uint32_t>((bytes + granule - 1) / granule * granule);
    const std::uint32_t begin = region_of_running_task() * region_bytes;
    auto place = at_or_after(begin);
    std::uint32_t offset = begin;
    while (place != live.end() && place->offset < offset + size) {
        offset = place->offset + place->bytes;
        ++place;
    }
    if (offset + size > begin + region_bytes) port::fatal("explore: the frames of one task take more than 64 KiB");
    live.insert(place, {offset, size, false});
    unpoison(memory + offset, size);
    std::memset(memory + offset, 0, size);
    return memory + offset;
}

[[maybe_unused]] void free(void* block) noexcept {
    const auto offset = static_cast<std::uint64_t>(static_cast<std::byte*>(block) - memory);
    const auto place = at_or_after(offset);
    if (place == live.end() || place->offset != offset) port::fatal("explore: a frame was freed twice");
    poison(memory + offset, place->bytes);
    live.erase(place);
}

#if UASYNC_FRAME_POOLS
constinit const detail::FrameSource::Functions functions_of_arena{
    [](detail::FrameSource&, std::size_t bytes) noexcept { return allocate(bytes); },
    [](detail::FrameSource&, void* block, std::size_t) noexcept { free(block); }};

detail::FrameSource source{functions_of_arena};
bool is_source = false;
#endif

}  // namespace

void begin() noexcept {
    if (memory == nullptr) {
        void* mapped =
            mmap(nullptr, arena_bytes + object_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (mapped == MAP_FAILED) port::fatal("explore: no memory");
        memory = static_cast<std::byte*>(mapped);
        poison(memory, arena_bytes + object_bytes);
    }
    for (const Block& block : live) poison(memory + block.offset, block.bytes);
    live.clear();
    poison(memory + arena_bytes, objects_used);
    objects_used = 0;
#if UASYNC_FRAME_POOLS
    if (!std::exchange(is_source, true)) detail::add_source(source, memory, memory + arena_bytes);
    detail::set_default_source(&source);
#else
    port::fatal("explore: this needs UASYNC_FRAME_POOLS");
#endif
}

void end() noexcept {
#if UASYNC_FRAME_POOLS
    detail::set_default_source(nullptr);
    if (std::exchange(is_source, false)) detail::remove_source(source);
#endif
}

std::vector<Block>& blocks() noexcept { return live; }
std::byte* address(const Block& block) noexcept { return memory + block.offset; }

void mark_task(const TaskState& task) noexcept {
    const auto offset = static_cast<std::uint64_t>(reinterpret_cast<const std::byte*>(&task) - memory);
    const auto place = at_or_after(offset);
    if (place != live.end() && place->offset == offset) place->is_task = true;
}

void* reserve(std::size_t bytes, std::size_t alignment) noexcept {
    const std::size_t unit = std::max(alignment, granule);
    const std::size_t begin = (objects_used + unit - 1) / unit * unit;
    if (alignment > 4096 || begin + bytes > object_bytes) port::fatal("explore: the objects of a scenario take more than 256 KiB");
    std::byte* place = memory + arena_bytes + begin;
    objects_used = begin + bytes;
    unpoison(place, bytes);
    std::memset(place, 0, bytes);
    return place;
}

// Also reads padding, and the gaps between objects.
#if defined(__clang__) || defined(__GNUC__)
__attribute__((no_sanitize("address")))
#endif
std::uint64_t
hash_bytes(std::uint64_t hash, const std::byte* bytes, std::size_t size) noexcept {
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        std::uint64_t word = 0;
        __builtin_memcpy(&word, bytes + i, 8);
        hash = mix(hash, word);
    }
    for (; i < size; ++i) hash = mix(hash, static_cast<std::uint64_t>(bytes[i]));
    return hash;
}

std::uint64_t hash_objects(std::uint64_t hash) noexcept { return hash_bytes(hash, memory + arena_bytes, objects_used); }

}  // namespace uasync::explorer::arena
