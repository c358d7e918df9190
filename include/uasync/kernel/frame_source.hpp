#pragma once
// Places that frames come from beside the host's heap or the board's array: a FramePool, the schedule explorer's arena. For the runtime.
//
// A source is known by the addresses of its memory, so a block says by itself where it goes back to, and a task where its frames come
// from: from the source that its control block lies in. Neither takes a byte of a block or of a task.

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

/// A source's memory, as others look for it. On a host a place is never freed, only used again, so that looking needs no lock.
struct SourcePlace {
    std::atomic<const std::byte*> begin{nullptr};
    std::atomic<const std::byte*> end{nullptr};  ///< null: nobody's
    std::atomic<FrameSource*> source{nullptr};
    SourcePlace* next = nullptr;
};

struct FrameSource {
    struct Functions {
        void* (*allocate)(FrameSource&, std::size_t bytes) noexcept;
        void (*free)(FrameSource&, void* memory, std::size_t bytes) noexcept;
    };
    explicit FrameSource(const Functions& how) noexcept : functions{&how} {}
    FrameSource(const FrameSource&) = delete;
    FrameSource& operator=(const FrameSource&) = delete;

    const Functions* functions;
    unsigned names = 0;  ///< loops, groups and scopes that name it
#if UASYNC_BOARD
    SourcePlace own_place;
#endif
};

/// Makes it known that blocks between `begin` and `end` are this source's.
void add_source(FrameSource& source, const std::byte* begin, const std::byte* end) noexcept;
void remove_source(FrameSource& source) noexcept;

/// In whose memory `block` is: the innermost, as one pool's memory may be a block of another. Null: of none. O(sources).
FrameSource* source_of(const void* block) noexcept;

/// Gives a block back to the source in whose memory it is. False if it is in none. O(sources).
inline bool free_in_source(void* block, std::size_t bytes) noexcept {
    FrameSource* source = source_of(block);
    if (source == nullptr) return false;
    source->functions->free(*source, block, bytes);
    return true;
}

/// Where a block comes from that is asked for now: what the running task, or the thread outside of any, has named; else where the running
/// task lies, or what its loop names. Null: from the heap, or the board's array.
FrameSource* source_for_now() noexcept;

/// Where blocks come from that no name says otherwise of: null, or the explorer's arena. No threads.
void set_default_source(FrameSource* source) noexcept;

/// Names a source for all that the running task allocates, or outside of tasks this thread, as long as it is open. The newest name counts.
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

/// Has the loop name a source for what is allocated between its tasks' steps; null: none.
void name_source(TaskLoop& loop, FrameSource* source) noexcept;
/// Whether a loop, group or scope names it.
bool is_named_source(const FrameSource& source) noexcept;

/// A request of so many bytes has failed, in a pool of `capacity` bytes; 0 is the heap, or the board's array.
void note_failed_frame(std::size_t bytes, std::size_t capacity) noexcept;
/// Of the last request that failed.
std::uint32_t capacity_of_failed_pool() noexcept;

}  // namespace uasync::detail

#endif
