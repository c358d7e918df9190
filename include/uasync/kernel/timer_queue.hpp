#pragma once
// The loop's timers: everything with a deadline, the earliest first, equal deadlines in the order in which they were inserted. For
// the runtime; tasks use `sleep` and `wait_for`.
//
// A board takes the heap, which needs one pointer; a host the wheel, which needs 5 KB a loop and O(1) a timer. Both have the same
// members, allocate nothing, and mask no interrupts, as only the loop touches them. docs/design/timers.md compares them.

#include <uasync/config.hpp>

#if UASYNC_BOARD
#include <uasync/kernel/timer_heap.hpp>
#else
#include <uasync/kernel/timer_wheel.hpp>
#endif

namespace uasync {

/// A loop's timers. Insert, remove and take: O(1) on a host, O(log n) on a board. Loop context; not ISR-safe.
#if UASYNC_BOARD
using TimerQueue = TimerHeap;
#else
using TimerQueue = TimerWheel;
#endif

}  // namespace uasync
