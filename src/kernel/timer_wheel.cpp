#include <uasync/config.hpp>

#if !UASYNC_BOARD

#include <bit>

#include <uasync/kernel/timer_wheel.hpp>

namespace uasync {
namespace {

/// The lowest bit that is set. There must be one; std::countr_zero would check.
unsigned lowest(std::uint64_t bits) noexcept { return static_cast<unsigned>(__builtin_ctzll(bits)); }

}  // namespace

/// The level of a timer. `difference`: the bits in which its deadline and the wheel's time differ.
unsigned TimerWheel::level_of(Time difference) noexcept {
    return static_cast<unsigned>(std::bit_width(difference | 1U) - 1) / digit;
}

unsigned TimerWheel::slot_of(Time deadline, unsigned level) noexcept {
    return static_cast<unsigned>(deadline >> (level * digit)) % slots;
}

void TimerWheel::place(WaitNode& node, Time deadline) noexcept {
    const unsigned level = level_of(deadline ^ time_);
    const unsigned slot = slot_of(deadline, level);
    TimerHeap& heap = slots_[level][slot];
    if (heap.first() != nullptr) {
        heap.insert(node);
        return;
    }
    heap.start(node);
    used_[level] |= std::uint64_t{1} << slot;
    used_levels_ |= 1U << level;
}

void TimerWheel::note_empty(unsigned level, unsigned slot) noexcept {
    used_[level] &= ~(std::uint64_t{1} << slot);
    if (used_[level] == 0) used_levels_ &= ~(1U << level);
}

WaitNode* TimerWheel::first() const noexcept {
    if (WaitNode* late = late_.first()) [[unlikely]]
        return late;
    if (used_levels_ == 0) return nullptr;
    const unsigned level = lowest(used_levels_);
    return slots_[level][lowest(used_[level])].first();
}

bool TimerWheel::insert(WaitNode& node) noexcept {
    const Time deadline = node.deadline();
    if (deadline < time_) [[unlikely]] {
        late_.insert(node);
    } else {
        place(node, deadline);
    }
    return is_first(node);
}

void TimerWheel::remove(WaitNode& node) noexcept {
    if (!TimerHeap::is_root(node)) {
        TimerHeap::remove_inner(node);
        return;
    }
    const Time deadline = node.deadline();
    if (deadline < time_) [[unlikely]] {
        late_.remove_first();
        return;
    }
    const unsigned level = level_of(deadline ^ time_);
    const unsigned slot = slot_of(deadline, level);
    TimerHeap& heap = slots_[level][slot];
    if (level == 0) {
        heap.remove_first_of_equals();
    } else {
        heap.remove_first();
    }
    if (heap.first() == nullptr) note_empty(level, slot);
}

WaitNode* TimerWheel::take_due(Time now) noexcept {
    if (late_.first() != nullptr) [[unlikely]]
        return late_.take_due(now);
    if (used_levels_ == 0) {
        time_ = now;
        return nullptr;
    }
    const unsigned level = lowest(used_levels_);
    const unsigned slot = lowest(used_[level]);
    TimerHeap& heap = slots_[level][slot];
    WaitNode* earliest = heap.first();
    const Time deadline = earliest->deadline();
    if (deadline <= now) {
        if (level == 0) {
            heap.remove_first_of_equals();
            if (heap.first() == nullptr) note_empty(level, slot);
        } else {
            // The time enters the slot and moves on to its earliest timer at once, so no other timer has to go into that
            // timer's slot.
            time_ = deadline;
            note_empty(level, slot);
            heap.drain([&](WaitNode& node) {
                if (&node != earliest) place(node, node.deadline());
            });
        }
        return earliest;
    }
    if (now > time_) {
        time_ = now;
        if (level_of(deadline ^ now) < level) {  // the time has entered the slot
            note_empty(level, slot);
            heap.drain([&](WaitNode& node) { place(node, node.deadline()); });
        }
    }
    return nullptr;
}

}  // namespace uasync

#endif
