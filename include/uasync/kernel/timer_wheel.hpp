#pragma once
// TimerWheel: a hierarchical timer wheel with exact microseconds. For the runtime: the timer queue of a host.
//
// Nine levels of 64 slots; a slot of level L covers 64^L microseconds. A timer lies in the level of the highest digit, in base 64, in
// which its deadline differs from the wheel's time, in the slot of that digit of its deadline. Always true:
//
//   1. The wheel's time only moves forward, and never beyond the loop's clock or the earliest timer.
//   2. Deadlines of one level are later than all of the levels below it, and those of a slot than those of the slots before it. So
//      the lowest level in use, and there the first slot, has the earliest timer: two bitmaps find it.
//   3. When the time enters a slot of level L > 0, all levels below L are empty. The slot's timers are put there, equal deadlines in
//      the order in which they were inserted, before any other can be. So equal deadlines never overtake each other.
//
// A slot is a TimerHeap, so the earliest timer of a slot of minutes is known exactly, without its being put further down before its
// time; in a slot of level 0 all deadlines are equal, and the heap is a list. Deadlines before the wheel's time wait in a heap
// of their own.
//
//   insert                 O(1)
//   first                  O(1)
//   take_due               O(1), and each timer moves down up to eight times, each time in O(1); mostly two or three times
//   remove                 O(1); after the first of its slot has been removed again and again, O(log n) amortised
//
// No allocation; 4.7 KB a wheel. docs/design/timers.md has the proof.

#include <array>

#include <uasync/kernel/timer_heap.hpp>

namespace uasync {

class TimerWheel {
public:
    /// The earliest timer, or null.
    WaitNode* first() const noexcept;
    bool is_first(const WaitNode& node) const noexcept { return TimerHeap::is_root(node) && first() == &node; }

    /// True if it is the first now.
    bool insert(WaitNode& node) noexcept;
    void remove(WaitNode& node) noexcept;

    /// The earliest timer, taken out, if its deadline has come by `now`; else null. `now` never goes back.
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
    std::uint32_t used_levels_ = 0;             ///< bit: the level has a timer
    TimerHeap late_;                            ///< deadlines before time_
    std::array<std::uint64_t, levels> used_{};  ///< bit: the slot has a timer
    std::array<std::array<TimerHeap, slots>, levels> slots_{};
};

}  // namespace uasync
