// Sleep and the critical section in a FreeRTOS task, on one core or both (SMP): task notifications, and FreeRTOS's own critical sections.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/port.hpp>

#if LIB_FREERTOS_KERNEL

#include <hardware/structs/psm.h>

#include "seat.hpp"

#ifndef UASYNC_FREERTOS_LOOPS
#define UASYNC_FREERTOS_LOOPS 4
#endif

// A deleted task whose loop still runs would be woken all the same. FreeRTOS then takes its control block for one of a task that waits, and lets it go
// on, or loses its own lists with memory that has become something else.
extern "C" void uasync_freertos_task_deleted(void* task) {
    using namespace uasync::port;
    const auto handle = static_cast<TaskHandle_t>(task);
    if (has_seat(handle)) fatal("a FreeRTOS task was deleted while its loop runs: let run() return first");
#if UASYNC_LOOPS
    give_place(handle);
#endif
}

namespace uasync::port {

#if UASYNC_LOOPS

namespace {

struct Place {
    TaskHandle_t task = nullptr;
    TaskLoop* loop = nullptr;
};
constinit Place places[UASYNC_FREERTOS_LOOPS];

}  // namespace

void give_place(TaskHandle_t task) noexcept {
    for (Place& place : places) {
        if (place.task == task) place.task = nullptr;
    }
}

// A FreeRTOS task takes a place when it first asks for its loop, and keeps it until FreeRTOS tells that it was deleted: nobody else can tell whether it
// will run one again.
TaskLoop*& loop_of_task() noexcept {
    static constinit TaskLoop* of_main = nullptr;  // before there are tasks
    if (::xTaskGetSchedulerState() == taskSCHEDULER_NOT_STARTED) return of_main;
    const TaskHandle_t task = ::xTaskGetCurrentTaskHandle();
    for (Place& place : places) {
        if (place.task == task) return place.loop;
    }
    {
        const CriticalSection section;
        for (Place& place : places) {
            if (place.task != nullptr) continue;
            place.task = task;
            return place.loop;
        }
    }
    fatal("loops in more FreeRTOS tasks than UASYNC_FREERTOS_LOOPS says");
}

#endif

// Else FreeRTOS would go on with its tasks on the other core.
void core_stops() noexcept {
#if configNUMBER_OF_CORES > 1
    ::hw_set_bits(&psm_hw->frce_off, ::get_core_num() == 0 ? PSM_FRCE_OFF_PROC1_BITS : PSM_FRCE_OFF_PROC0_BITS);
#endif
}

Seat sit() noexcept {
    if (::xTaskGetSchedulerState() == taskSCHEDULER_NOT_STARTED) {
        fatal("a loop runs in a FreeRTOS task: create one, and call run() there after vTaskStartScheduler()");
    }
    Seat seat;
    seat.task = ::xTaskGetCurrentTaskHandle();
    return seat;
}

// Between `asleep` and the notification no wake-up is lost: idle() says that it sleeps and then looks at the signal; wake() comes after the
// signal and then looks whether the loop sleeps. One of the two sees the other. A notification that comes too late makes the next sleep a
// short one.
void idle(PortLoop& loop) noexcept {
    Seat& seat = seat_of(loop);
    seat.asleep = true;
    __dmb();
    if (!loop.signalled()) ::ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    seat.asleep = false;
}

// It is called inside of critical sections, too. They are FreeRTOS's own, which know that they are nested, so a notification does not end them.
void wake(PortLoop& loop) noexcept {
#if UASYNC_LOOPS
    loop.call_wake_hook();
#endif
    const auto* seat = static_cast<const Seat*>(loop.port_state);  // read once: the loop may end on the other core
    if (seat == nullptr) return;
    __dmb();
    if (!seat->asleep) return;
    if (::__get_current_exception() != 0) {
        BaseType_t woken = pdFALSE;
        ::vTaskNotifyGiveFromISR(seat->task, &woken);
        portYIELD_FROM_ISR(woken);
    } else {
        ::xTaskNotifyGive(seat->task);
    }
}

std::uint32_t enter_critical() noexcept {
    if (::__get_current_exception() != 0) return taskENTER_CRITICAL_FROM_ISR();
    if (::xTaskGetSchedulerState() == taskSCHEDULER_NOT_STARTED) return ::save_and_disable_interrupts();
    taskENTER_CRITICAL();
    return 0;
}

void leave_critical(std::uint32_t state) noexcept {
    if (::__get_current_exception() != 0) {
        taskEXIT_CRITICAL_FROM_ISR(state);
    } else if (::xTaskGetSchedulerState() == taskSCHEDULER_NOT_STARTED) {
        ::restore_interrupts(state);
    } else {
        taskEXIT_CRITICAL();
    }
}

}  // namespace uasync::port
#endif
