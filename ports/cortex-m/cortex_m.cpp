// Time, sleep and the console, over what the board's header says: a counter, its interrupt, and where a character goes.

#include <uasync/kernel/counter_clock.hpp>
#include <uasync/kernel/loop.hpp>

#include "cortex_m.hpp"

#ifndef UASYNC_CORTEX_M_BOARD
#error "UASYNC_CORTEX_M_BOARD must name your board's header; ports/cortex-m/boards/ has examples"
#endif
#include UASYNC_CORTEX_M_BOARD

#ifndef UASYNC_CLOCK_INTERRUPT
#error "the board's header must define UASYNC_CLOCK_INTERRUPT, the name of the counter's interrupt handler, such as uasync_irq_8"
#endif

namespace {

constinit uasync::CounterClock<uasync::board::Counter> board_clock;

/// The loop that the alarm signals: the one that runs, or null.
constinit uasync::PortLoop* attached = nullptr;

void signal_attached() noexcept {
    if (attached != nullptr) attached->signal();
}

}  // namespace

/// Called by the start-up code before constructors, which may ask for the time.
extern "C" void uasync_start_board() noexcept {
    uasync::board::Counter::start();
    board_clock.start();
}

extern "C" void UASYNC_CLOCK_INTERRUPT() noexcept {
    uasync::board::Counter::acknowledge();
    if (board_clock.interrupt()) signal_attached();
}

namespace uasync::port {

// A loop looks at its timers when it begins to run, so a deadline that is left of an earlier one signals once too often.
void attach(PortLoop& loop) noexcept { attached = &loop; }
void detach(PortLoop&) noexcept { attached = nullptr; }

Time now() noexcept { return board_clock.now(); }

void set_alarm(PortLoop&, Time deadline) noexcept {
    if (board_clock.set_alarm(deadline)) signal_attached();
}

// WFI ends when an interrupt is pending even if PRIMASK masks it, so none is lost between the look and the sleep; its handler runs when it
// is unmasked. BASEPRI is not used here: an interrupt that it masks does not end WFI.
void idle(PortLoop& loop) noexcept {
    while (!loop.signalled()) {
        asm volatile("cpsid i" ::: "memory");
        if (!loop.signalled()) asm volatile("dsb\n\twfi" ::: "memory");
        asm volatile("cpsie i\n\tisb" ::: "memory");
    }
}

void write(const char* text, std::size_t size) noexcept {
    for (; size != 0; --size) board::put(*text++);
}

void fatal(const char* message) noexcept {
    write("uasync: ", 8);
    while (*message != '\0') board::put(*message++);
    board::put('\n');
    board::stop();
}

}  // namespace uasync::port
