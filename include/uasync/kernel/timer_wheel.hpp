#pragma once
// Implementation detail of TimerQueue.

#include <array>

#include <uasync/kernel/timer_heap.hpp>

namespace uasync {

/// A hierarchical timer wheel with exact microseconds: the timer queue of a host.
///
/// It has nine levels of 64 slots; a slot of level L covers 64^L microseconds. Write a timer's deadline and the wheel's time in
/// base 64: the highest digit in which they differ is the timer's level, and the deadline's digit there is its slot. Always
/// true:
///
///   1. The wheel's time only moves forward, and never past the loop's clock or the earliest timer.
///   2. Deadlines in a level are later than all deadlines in the levels below it, and deadlines in a slot later than those in
///      the slots before it. So the first slot of the lowest level in use has the earliest timer, and two bitmaps find it.
///   3. When the time enters a slot of a level above 0, all levels below are empty. The slot's timers move there, equal
///      deadlines in the order in which they were inserted, before any other timer can. So equal deadlines never overtake each
///      other.
///
/// A slot is a TimerHeap, so the earliest timer of a slot that covers minutes is known exactly and need not move down before
/// its time. In a slot of level 0 all deadlines are equal, and the heap is a list. Deadlines before the wheel's time are in a
/// heap of their own.
///
///   insert                 O(1)
///   first                  O(1)
///   take_due               O(1); each timer moves down up to eight times, mostly two or three, each time in O(1)
///   remove                 O(1); O(log n) amortised after the first of a slot has been removed again and again
///
/// Nothing allocates; a wheel has 4.7 KB. docs/design/timers.md has the proof.
class TimerWheel {
public:
    /// The earliest timer, or null.
    WaitNode* first() const noexcept;
    bool is_first(const WaitNode& node) const noexcept { return TimerHeap::is_root(node) && first() == &node; }

    /// Inserts a timer. Returns true if it is now the first.
    bool insert(WaitNode& node) noexcept;
    void remove(WaitNode& node) noexcept;

    /// Takes out the earliest timer, if it is due at `now`; otherwise returns null. `now` never goes back.
    WaitNode* take_due(Time now) noexcept;

private:
    static constexpr unsigned digit = 6;  ///< bits
    static constexpr unsigned slots = 1U << digit;
    static constexpr unsigned levels = (51 + digit - 1) / digit;

    static unsigned level_of(Time difference) noexcept;
    static unsigned slot_of(Time deadline, unsigned level) noexcept;
    void place(WaitNode& node, Time deadline) noexcept;
    void note_empty(unsigned level, unsigned slot) noexcept;

    Time time_ = 0;
    std::uint32_t used_levels_ = 0;             ///< bit L: level L has a timer
    TimerHeap late_;                            ///< deadlines before time_
    std::array<std::uint64_t, levels> used_{};  ///< bit: the slot has a timer
    std::array<std::array<TimerHeap, slots>, levels> slots_{};
};

}  // namespace uasync
