#pragma once
// Implementation detail of FramePool and of the schedule explorer's arena.

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <uasync/config.hpp>

#if UASYNC_FRAME_POOLS

namespace uasync {
class TaskLoop;
}

namespace uasync::detail {

struct FrameSource;

/// Where a source's memory is, for lookups. On a host a place is never freed, only used again, so a lookup needs no lock.
struct SourcePlace {
    std::atomic<const std::byte*> begin{nullptr};
    std::atomic<const std::byte*> end{nullptr};  ///< null: the place is free
    std::atomic<FrameSource*> source{nullptr};
    SourcePlace* next = nullptr;
};

/// A place that frames come from, other than the host's heap or the board's array.
///
/// A source is known by the addresses of its memory. So a block tells by itself where it goes back to, and a task where its
/// frames come from, which is the source that its control block lies in. Neither takes a byte of a block or a task.
struct FrameSource {
    struct Functions {
        void* (*allocate)(FrameSource&, std::size_t bytes) noexcept;
        void (*free)(FrameSource&, void* memory, std::size_t bytes) noexcept;
    };
    explicit FrameSource(const Functions& how) noexcept : functions{&how} {}
    FrameSource(const FrameSource&) = delete;
    FrameSource& operator=(const FrameSource&) = delete;

    const Functions* functions;
    unsigned names = 0;  ///< number of loops, groups and scopes that name it
#if UASYNC_BOARD
    SourcePlace own_place;
#endif
};

/// Declares that the blocks between `begin` and `end` are this source's.
void add_source(FrameSource& source, const std::byte* begin, const std::byte* end) noexcept;
void remove_source(FrameSource& source) noexcept;

/// The source in whose memory `block` lies: the innermost, as one pool's memory may be a block of another. Null: none. O(sources).
FrameSource* source_of(const void* block) noexcept;

/// Gives a block back to the source in whose memory it lies. Returns false if it lies in none. O(sources).
inline bool free_in_source(void* block, std::size_t bytes) noexcept {
    FrameSource* source = source_of(block);
    if (source == nullptr) return false;
    source->functions->free(*source, block, bytes);
    return true;
}

/// The source of a block that is allocated now. It is the one that the running task has named, or the thread outside of tasks;
/// otherwise the one that the running task lies in, or that its loop names. Null: the heap, or the board's array.
FrameSource* source_for_now() noexcept;

/// Sets where blocks come from that no name applies to: null, or the explorer's arena. Not for use with threads.
void set_default_source(FrameSource* source) noexcept;

/// Names a source for all that the running task allocates, or this thread outside of tasks, while it is open. The newest name
/// counts.
class SourceName {
public:
    SourceName() noexcept = default;
    SourceName(const SourceName&) = delete;
    SourceName& operator=(const SourceName&) = delete;
    ~SourceName() { close(); }

    void open(FrameSource& source) noexcept;
    void close() noexcept;

private:
    friend FrameSource* source_for_now() noexcept;
    FrameSource* source_ = nullptr;  ///< null: closed
    const void* whose_ = nullptr;
    SourceName* older_ = nullptr;
    SourceName* newer_ = nullptr;
};

/// Names a source for what is allocated between the steps of a loop's tasks; null: none.
void name_source(TaskLoop& loop, FrameSource* source) noexcept;
/// Whether a loop, group or scope names the source.
bool is_named_source(const FrameSource& source) noexcept;

/// A request of `bytes` has failed, in a pool of `capacity` bytes; 0 stands for the heap, or the board's array.
void note_failed_frame(std::size_t bytes, std::size_t capacity) noexcept;
/// The capacity of the pool in which the last request failed.
std::uint32_t capacity_of_failed_pool() noexcept;

}  // namespace uasync::detail

#endif
