#pragma once

#include <uasync/config.hpp>

#if UASYNC_BOARD
#include <uasync/kernel/timer_heap.hpp>
#else
#include <uasync/kernel/timer_wheel.hpp>
#endif

namespace uasync {

/// A loop's timers: everything with a deadline, the earliest first, equal deadlines in the order in which they were inserted.
///
/// A board uses the heap, which needs one pointer: insert, remove and take are O(log n). A host uses the wheel, which needs 5
/// KB for each loop: there they are O(1). Both have the same members and allocate nothing. They mask no interrupts, because
/// only the loop touches them. docs/design/timers.md compares them.
#if UASYNC_BOARD
using TimerQueue = TimerHeap;
#else
using TimerQueue = TimerWheel;
#endif

}  // namespace uasync
