// Time, sleep, traps and the console, over what the board's header says: a counter and where a character goes.

#include <uasync/kernel/counter_clock.hpp>
#include <uasync/kernel/loop.hpp>

#ifndef UASYNC_RISCV32_BOARD
#error "UASYNC_RISCV32_BOARD must name your board's header; ports/riscv32/boards/ has an example"
#endif
#include UASYNC_RISCV32_BOARD

namespace {

constinit uasync::CounterClock<uasync::board::Counter> board_clock;

/// The loop that the alarm signals: the one that runs, or null.
constinit uasync::PortLoop* attached = nullptr;

void signal_attached() noexcept {
    if (attached != nullptr) attached->signal();
}

void put_hexadecimal(std::uint32_t value) noexcept {
    for (unsigned i = 0; i < 8; ++i, value <<= 4U) uasync::board::put("0123456789abcdef"[value >> 28U]);
}
void put_text(const char* text) noexcept {
    while (*text != '\0') uasync::board::put(*text++);
}

}  // namespace

#if UASYNC_NAMES
extern "C" const char* uasync_running_task() noexcept;
#else
extern "C" const char* uasync_running_task() noexcept { return "?"; }
#endif

/// Called by the start-up code before constructors, which may ask for the time.
extern "C" void uasync_start_board() noexcept {
    uasync::board::Counter::start();
    board_clock.start();
    asm volatile("csrs mie, %0" ::"r"(1U << 7U));  // the timer's interrupts
    asm volatile("csrsi mstatus, 8" ::: "memory");
}

/// What the program handles: external interrupts (mcause 11), software interrupts (3), and whatever else the chip has.
extern "C" [[gnu::weak]] void uasync_interrupt(std::uint32_t cause) noexcept {
    put_text("uasync: no handler for interrupt ");
    put_hexadecimal(cause);
    put_text("; define uasync_interrupt\n");
    uasync::board::stop();
}

/// Called by startup.S with every trap.
extern "C" void uasync_trap(std::uint32_t cause, std::uint32_t address, std::uint32_t returns) noexcept {
    if (cause == 0x80000007) {  // the machine timer
        if (board_clock.interrupt()) signal_attached();
        return;
    }
    if (cause >= 0x80000000) {
        uasync_interrupt(cause & 0x7fffffffU);
        return;
    }
    put_text("uasync: trap ");
    put_hexadecimal(cause);
    put_text(" at 0x");
    put_hexadecimal(address);
    put_text(" (ra 0x");
    put_hexadecimal(returns);
    put_text(") in task ");
    put_text(uasync_running_task());
    uasync::board::put('\n');
    uasync::board::stop();
}

namespace uasync::port {

// A loop looks at its timers when it begins to run, so a deadline that is left of an earlier one signals once too often.
void attach(PortLoop& loop) noexcept { attached = &loop; }
void detach(PortLoop&) noexcept { attached = nullptr; }

Time now() noexcept { return board_clock.now(); }

void set_alarm(PortLoop&, Time deadline) noexcept {
    if (board_clock.set_alarm(deadline)) signal_attached();
}

// WFI ends when an interrupt that mie enables is pending, even if MIE masks it, so none is lost between the look and the sleep; its handler
// runs when it is unmasked.
void idle(PortLoop& loop) noexcept {
    while (!loop.signalled()) {
        asm volatile("csrci mstatus, 8" ::: "memory");
        if (!loop.signalled()) asm volatile("wfi" ::: "memory");
        asm volatile("csrsi mstatus, 8" ::: "memory");
    }
}

void write(const char* text, std::size_t size) noexcept {
    for (; size != 0; --size) board::put(*text++);
}

void fatal(const char* message) noexcept {
    put_text("uasync: ");
    put_text(message);
    board::put('\n');
    board::stop();
}

}  // namespace uasync::port
