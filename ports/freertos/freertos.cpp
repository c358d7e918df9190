// A loop in a FreeRTOS task: it sleeps in a task notification, and whoever wakes it notifies it. There may be a loop in each of several tasks.
//
// What each of them has here is a seat: the FreeRTOS task, its loop, and its alarm. A task takes one when it first asks for its loop, and keeps it
// until FreeRTOS tells that it was deleted: nobody else can tell whether it will run a loop again.
//
//     free ◄──task_deleted──► taken (task) ◄──attach/detach──► runs (port_state)
//
// Between `asleep` and its notification no wake-up is lost: idle() says that it sleeps and then looks at the loop's signal; wake() comes after the
// signal and then looks whether it sleeps. One of the two sees the other. A notification that comes too late makes the next sleep a short one.

#include <atomic>

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/kernel/counter_clock.hpp>
#include <uasync/kernel/loop.hpp>

#ifdef UASYNC_FREERTOS_BOARD
#include UASYNC_FREERTOS_BOARD
#endif

#ifndef UASYNC_FREERTOS_LOOPS
#define UASYNC_FREERTOS_LOOPS 4
#endif
#ifndef UASYNC_FREERTOS_NOTIFICATION
#define UASYNC_FREERTOS_NOTIFICATION 0
#endif

static_assert(UASYNC_FREERTOS_NOTIFICATION < configTASK_NOTIFICATION_ARRAY_ENTRIES,
              "uasync: UASYNC_FREERTOS_NOTIFICATION is the index of a task notification that FreeRTOSConfig.h does not have; raise "
              "configTASK_NOTIFICATION_ARRAY_ENTRIES");
static_assert(INCLUDE_xTaskGetCurrentTaskHandle == 1, "uasync: FreeRTOSConfig.h needs INCLUDE_xTaskGetCurrentTaskHandle 1");

extern "C" {
/// Writes to the console. The program defines it, for its board.
void uasync_write(const char* text, std::size_t size) noexcept;
/// Stops the program after its last words. The program defines it, for its board.
[[noreturn]] void uasync_stop() noexcept;
}

namespace {

using uasync::Time;

struct Seat {
    TaskHandle_t task = nullptr;
    uasync::TaskLoop* loop = nullptr;      // that runs in the task
    uasync::PortLoop* attached = nullptr;  // the same while it can be signalled
    Time deadline = uasync::never;
    std::atomic<bool> asleep{false};
};

constinit Seat seats[UASYNC_FREERTOS_LOOPS];

Seat& seat_of(const uasync::PortLoop& loop) noexcept { return *static_cast<Seat*>(loop.port_state); }

Seat& take_seat(TaskHandle_t task) noexcept {
    {
        const uasync::CriticalSection section;
        for (Seat& seat : seats) {
            if (seat.task != nullptr) continue;
            seat.task = task;
            return seat;
        }
    }
    uasync::port::fatal("loops in more FreeRTOS tasks than UASYNC_FREERTOS_LOOPS says");
}

#ifndef UASYNC_FREERTOS_BOARD
/// Time from FreeRTOS's tick. Nothing interrupts at a deadline: idle() waits no longer than that, and a busy loop looks at the clock
/// (UASYNC_STEPS_PER_POLL).
struct Ticks {
    static constexpr std::uint32_t hertz = configTICK_RATE_HZ;
    static constexpr unsigned bits = sizeof(TickType_t) < 4 ? 16 : 32;
    static std::uint32_t read() noexcept { return xTaskGetTickCountFromISR(); }  // from tasks too
    static void arm(std::uint32_t) noexcept {}
};
using ClockCounter = Ticks;
#else
using ClockCounter = uasync::board::Counter;
#endif

using BoardClock = uasync::CounterClock<ClockCounter>;
constinit BoardClock board_clock;
constinit bool clock_runs = false;

#ifdef UASYNC_FREERTOS_BOARD
/// Sets the one alarm for the first deadline of all loops, and signals those whose deadline has come. In a critical section.
void serve_alarms(bool due) noexcept {
    while (true) {
        const Time now = board_clock.now();
        Time first = uasync::never;
        for (Seat& seat : seats) {
            if (seat.attached == nullptr) continue;
            if (seat.deadline <= now) {
                seat.deadline = uasync::never;
                seat.attached->signal();
            }
            if (seat.deadline < first) first = seat.deadline;
        }
        if (!due && first == uasync::never) return;
        due = false;
        if (!board_clock.set_alarm(first)) return;
    }
}
#endif

}  // namespace

#ifdef UASYNC_FREERTOS_BOARD
/// The interrupt of the board's counter. Its priority must not be above configMAX_SYSCALL_INTERRUPT_PRIORITY.
extern "C" void UASYNC_CLOCK_INTERRUPT() noexcept {
    const uasync::CriticalSection section;
    uasync::board::Counter::acknowledge();
    if (board_clock.interrupt()) serve_alarms(true);
}
#endif

// A deleted task whose loop still runs would be woken all the same. FreeRTOS then takes its control block for one of a task that waits, and lets it go
// on, or loses its own lists with memory that has become something else.
extern "C" void uasync_freertos_task_deleted(void* task) {
    for (Seat& seat : seats) {
        if (seat.task != task) continue;
        if (seat.loop != nullptr || seat.attached != nullptr)
            uasync::port::fatal("a FreeRTOS task was deleted while its loop runs: let run() return first");
        seat.task = nullptr;
    }
}

uasync::TaskLoop*& uasync::freertos::this_loop() noexcept {
    const TaskHandle_t task = xTaskGetCurrentTaskHandle();
    for (Seat& seat : seats) {
        if (seat.task == task && task != nullptr) return seat.loop;
    }
    return take_seat(task).loop;
}

namespace uasync::port {

void attach(PortLoop& loop) noexcept {
    const TaskHandle_t task = xTaskGetCurrentTaskHandle();
    if (task == nullptr || xTaskGetSchedulerState() == taskSCHEDULER_NOT_STARTED)
        fatal("a loop runs in a FreeRTOS task: create one, and call run() there after vTaskStartScheduler()");
    Seat* seat = nullptr;
    for (Seat& each : seats) {
        if (each.task == task) seat = &each;
    }
    if (seat == nullptr) seat = &take_seat(task);
    const CriticalSection section;
    if (!clock_runs) {
#ifdef UASYNC_FREERTOS_BOARD
        board::Counter::start();
#endif
        board_clock.start();
        clock_runs = true;
    }
    seat->deadline = never;
    seat->attached = &loop;
    loop.port_state = seat;
}

void detach(PortLoop& loop) noexcept {
    const CriticalSection section;
    seat_of(loop).attached = nullptr;
    loop.port_state = nullptr;
}

Time now() noexcept {
    if (!clock_runs) return 0;
#ifndef UASYNC_FREERTOS_BOARD
    static_cast<void>(board_clock.interrupt());  // moves its base on, as no interrupt does
#endif
    return board_clock.now();
}

void set_alarm(PortLoop& loop, Time deadline) noexcept {
    if (loop.port_state == nullptr) return;
    const CriticalSection section;
    seat_of(loop).deadline = deadline;
#ifdef UASYNC_FREERTOS_BOARD
    serve_alarms(true);
#endif
}

void idle(PortLoop& loop) noexcept {
    Seat& seat = seat_of(loop);
    TickType_t ticks = portMAX_DELAY;
#ifndef UASYNC_FREERTOS_BOARD
    // The tick that has begun does not count. Looks at the clock from time to time, so that it sees each turn of the counter.
    constexpr TickType_t longest = BoardClock::reach / 4;
    constexpr Time tick_us = 1'000'000 / configTICK_RATE_HZ;
    const Time present = now();
    if (seat.deadline <= present) return;
    const Time left = (seat.deadline - present + (tick_us - 1)) / tick_us;
    ticks = left < longest ? static_cast<TickType_t>(left) : longest;
#endif
    seat.asleep.store(true, std::memory_order_seq_cst);
    if (!loop.signalled()) ulTaskNotifyTakeIndexed(UASYNC_FREERTOS_NOTIFICATION, pdTRUE, ticks);
    seat.asleep.store(false, std::memory_order_relaxed);
}

// Called inside of critical sections too: in a task they are FreeRTOS's own, which know that they are nested, so a notification does not end them.
void wake(PortLoop& loop) noexcept {
    auto* seat = static_cast<Seat*>(loop.port_state);
    if (seat == nullptr) return;
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!seat->asleep.load(std::memory_order_relaxed)) return;
    if (xPortIsInsideInterrupt() != pdFALSE) {
        BaseType_t woken = pdFALSE;
        vTaskNotifyGiveIndexedFromISR(seat->task, UASYNC_FREERTOS_NOTIFICATION, &woken);
        portYIELD_FROM_ISR(woken);
    } else {
        xTaskNotifyGiveIndexed(seat->task, UASYNC_FREERTOS_NOTIFICATION);
    }
}

#if UASYNC_STEPS_PER_POLL
void poll(PortLoop&) noexcept {}
#endif

std::uint32_t enter_critical() noexcept {
    if (xPortIsInsideInterrupt() != pdFALSE) return taskENTER_CRITICAL_FROM_ISR();
    taskENTER_CRITICAL();
    return 0;
}
void leave_critical(std::uint32_t state) noexcept {
    if (xPortIsInsideInterrupt() != pdFALSE) {
        taskEXIT_CRITICAL_FROM_ISR(state);
    } else {
        taskEXIT_CRITICAL();
    }
}

void write(const char* text, std::size_t size) noexcept { uasync_write(text, size); }

void fatal(const char* message) noexcept {
    std::size_t size = 0;
    while (message[size] != '\0') ++size;
    uasync_write("uasync: ", 8);
    uasync_write(message, size);
    uasync_write("\n", 1);
    uasync_stop();
}

}  // namespace uasync::port
