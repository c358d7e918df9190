// The sources of frames other than the heap and the board's array, and who has named which.

#include <uasync/kernel/allocate_frame.hpp>
#include <uasync/kernel/frame_source.hpp>
#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/shared_wait_queue.hpp>

#if UASYNC_FRAME_POOLS

#include <cstdint>
#include <new>

namespace uasync::detail {
namespace {

constinit std::atomic<SourcePlace*> all_places{nullptr};
constinit std::size_t source_count = 0;
constinit FrameSource* default_source = nullptr;
constinit SharedLock sources_lock;  // for adding and removing; lookups take no lock

constinit SourceName* newest_name = nullptr;
constinit std::atomic<unsigned> open_names{0};
constinit SharedLock names_lock;

#if UASYNC_THREADS
constinit thread_local char this_thread = 0;  // its address says which thread it is
#endif

/// Whose allocation it is: the running task's, or outside of tasks the thread's.
const void* allocating(const TaskLoop* loop) noexcept {
    if (loop != nullptr && loop->in_step()) return &loop->current();
#if UASYNC_THREADS
    return &this_thread;
#else
    return nullptr;
#endif
}

#if UASYNC_BOARD
SourcePlace& take_place(FrameSource& source) noexcept {
    source.own_place.next = all_places.load(std::memory_order_relaxed);
    all_places.store(&source.own_place, std::memory_order_relaxed);
    return source.own_place;
}
void leave_place(const SourcePlace& place) noexcept {
    SourcePlace* first = all_places.load(std::memory_order_relaxed);
    if (first == &place) {
        all_places.store(place.next, std::memory_order_relaxed);
        return;
    }
    while (first->next != &place) first = first->next;
    first->next = place.next;
}
#else
SourcePlace& take_place(FrameSource&) noexcept {
    for (SourcePlace* place = all_places.load(std::memory_order_relaxed); place != nullptr; place = place->next) {
        if (place->end.load(std::memory_order_relaxed) == nullptr) return *place;
    }
    auto* place = new (std::nothrow) SourcePlace;
    if (place == nullptr) port::fatal("no memory to note a frame pool");
    place->next = all_places.load(std::memory_order_relaxed);
    all_places.store(place, std::memory_order_release);
    return *place;
}
void leave_place(const SourcePlace&) noexcept {}
#endif

}  // namespace

void add_source(FrameSource& source, const std::byte* begin, const std::byte* end) noexcept {
    const std::uint32_t state = sources_lock.enter();
    SourcePlace& place = take_place(source);
    place.source.store(&source, std::memory_order_relaxed);
    place.begin.store(begin, std::memory_order_relaxed);
    place.end.store(end, std::memory_order_release);
    ++source_count;
    frames_look = UINTPTR_MAX;
    sources_lock.leave(state);
}

void remove_source(FrameSource& source) noexcept {
    const std::uint32_t state = sources_lock.enter();
    SourcePlace* place = all_places.load(std::memory_order_relaxed);
    while (place->source.load(std::memory_order_relaxed) != &source || place->end.load(std::memory_order_relaxed) == nullptr) {
        place = place->next;
    }
    place->end.store(nullptr, std::memory_order_release);
    leave_place(*place);
    if (--source_count == 0) frames_look = 0;
    sources_lock.leave(state);
}

/// The source of a live block stays, and so does its place. Meanwhile another place may pass from one source to the next. Its
/// end is therefore read twice: if it is the same, either the memory is the same too, or the block belongs to the other source
/// anyway.
FrameSource* source_of(const void* block) noexcept {
    const auto* at = static_cast<const std::byte*>(block);
    FrameSource* innermost = nullptr;
    std::size_t least = SIZE_MAX;
    for (const SourcePlace* place = all_places.load(std::memory_order_acquire); place != nullptr; place = place->next) {
        const std::byte* end = place->end.load(std::memory_order_acquire);
        if (at >= end) continue;
        const std::byte* begin = place->begin.load(std::memory_order_acquire);
        FrameSource* source = place->source.load(std::memory_order_acquire);
        if (at < begin || place->end.load(std::memory_order_relaxed) != end) continue;
        const auto bytes = static_cast<std::size_t>(end - begin);
        if (bytes >= least) continue;
        least = bytes;
        innermost = source;
    }
    return innermost;
}

FrameSource* source_for_now() noexcept {
    const TaskLoop* loop = this_loop();
    const void* who = allocating(loop);
    if (open_names.load(std::memory_order_relaxed) != 0) {
        const std::uint32_t state = names_lock.enter();
        const SourceName* name = newest_name;
        while (name != nullptr && name->whose_ != who) name = name->older_;
        FrameSource* source = name != nullptr ? name->source_ : nullptr;
        names_lock.leave(state);
        if (source != nullptr) return source;
    }
    if (loop != nullptr) {
        FrameSource* source = loop->in_step() ? source_of(who) : loop->frame_source;
        if (source != nullptr) return source;
    }
    return default_source;
}

void set_default_source(FrameSource* source) noexcept { default_source = source; }

void name_source(TaskLoop& loop, FrameSource* source) noexcept {
    const std::uint32_t state = names_lock.enter();
    if (loop.frame_source != nullptr) --loop.frame_source->names;
    loop.frame_source = source;
    if (source != nullptr) ++source->names;
    names_lock.leave(state);
}

bool is_named_source(const FrameSource& source) noexcept {
    const std::uint32_t state = names_lock.enter();
    const bool named = source.names != 0;
    names_lock.leave(state);
    return named;
}

void SourceName::open(FrameSource& source) noexcept {
    close();
    const std::uint32_t state = names_lock.enter();
    ++source.names;
    source_ = &source;
    whose_ = allocating(this_loop());
    older_ = newest_name;
    newer_ = nullptr;
    if (older_ != nullptr) older_->newer_ = this;
    newest_name = this;
    open_names.store(open_names.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    names_lock.leave(state);
}

void SourceName::close() noexcept {
    if (source_ == nullptr) return;
    const std::uint32_t state = names_lock.enter();
    (newer_ != nullptr ? newer_->older_ : newest_name) = older_;
    if (older_ != nullptr) older_->newer_ = newer_;
    open_names.store(open_names.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    --source_->names;
    source_ = nullptr;
    names_lock.leave(state);
}

}  // namespace uasync::detail

#endif
