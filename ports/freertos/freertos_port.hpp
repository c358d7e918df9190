#pragma once
// uasync/kernel/port.hpp includes this if UASYNC_PORT_HEADER names it: critical sections, and the loop of each FreeRTOS task.

#if !UASYNC_BOARD || !UASYNC_LOOPS || UASYNC_ONE_CORE
#error "the freertos port needs UASYNC_BOARD=1, UASYNC_LOOPS=1 and UASYNC_ONE_CORE=0, as its port.cmake says"
#endif

namespace uasync {
class TaskLoop;
}

namespace uasync::freertos {
/// Where the loop that runs in the calling FreeRTOS task is kept; null: none.
TaskLoop*& this_loop() noexcept;
}  // namespace uasync::freertos

#define UASYNC_PORT_LOOP ::uasync::freertos::this_loop
