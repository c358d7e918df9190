// Several loops (UASYNC_LOOPS): one on each core, and those that interrupts run. Each has a hardware alarm.
//
// A loop in an interrupt has a line that no hardware raises, one of the SDK's user interrupts. Its own core raises it. The other core cannot
// do that: it forces the loop's alarm, whose interrupt comes on the loop's core and raises the line there.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/loops_port.hpp>

#if UASYNC_LOOPS && !LIB_FREERTOS_KERNEL

#include <hardware/irq.h>
#include <hardware/structs/psm.h>
#if LIB_PICO_MULTICORE
#include <pico/multicore.h>
#endif

#include "seat.hpp"

extern "C" {
extern std::uint32_t __StackBottom[];  // NOLINT(bugprone-reserved-identifier): of the SDK's linker script, for core 0
}

namespace uasync::port {

constinit TaskLoop* running_loops[NUM_CORES] = {};

// Stacks -----------------------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::uint32_t stack_guard = 0x57ac'c0de;
constinit std::uint32_t* stack_guards[NUM_CORES] = {};  // the last word of each core's stack

/// Marks the end of a core's stack. With PICO_USE_STACK_GUARDS, nobody may touch it: the SDK has the processor fault instead.
void guard_stack([[maybe_unused]] unsigned core, [[maybe_unused]] std::uint32_t* end) noexcept {
#if !PICO_USE_STACK_GUARDS
    *end = stack_guard;
    stack_guards[core] = end;
#endif
}

}  // namespace

// A loop that an interrupt runs uses the stack of what it interrupts.
void check_this_stack() noexcept {
    const std::uint32_t core = this_core();
    if (stack_guards[core] == nullptr || *stack_guards[core] == stack_guard) [[likely]]
        return;
    fatal(core == 0 ? "the stack of core 0 was too small: make PICO_STACK_SIZE larger"
                    : "the stack of core 1 was too small: make it larger, Core1<4096>");
}

// Waking -----------------------------------------------------------------------------------------------------------------------------

// A seat is never freed, so who wakes a loop that has just ended raises a line that nobody has, or forces an alarm that finds no loop.

void wake_near(PortLoop& loop, void* port_state) noexcept {
    loop.call_wake_hook();
    const auto* seat = static_cast<const Seat*>(port_state);
    if (seat != nullptr && seat->run != nullptr) ::irq_set_pending(seat->line);
}

void wake(PortLoop& loop, void* port_state) noexcept {
    const auto* seat = static_cast<const Seat*>(port_state);
    if (seat == nullptr || seat->run == nullptr) {
        loop.call_wake_hook();
#if LIB_PICO_MULTICORE
        __dmb();
        __sev();
#endif
    } else if (seat->core == this_core()) {
        ::irq_set_pending(seat->line);
    } else {
        ::hardware_alarm_force_irq(alarm_of(*seat));
    }
}

// The console ------------------------------------------------------------------------------------------------------------------------

namespace {
constexpr std::uint32_t nobody = ~0U;
constinit volatile std::uint32_t prints = nobody;  // the core that does
}  // namespace

bool lock_console() noexcept {
    while (true) {
        const CriticalSection section;
        if (prints == this_core()) return false;
        if (prints != nobody) continue;
        prints = this_core();
        return true;
    }
}

void unlock_console() noexcept {
    __dmb();
    prints = nobody;
}

// Lines for loops that an interrupt runs ---------------------------------------------------------------------------------------------

namespace {

constinit const Seat* seats_of_lines[NUM_USER_IRQS] = {};

/// The line of a loop is raised.
void run_line() noexcept {
    const Seat& seat = *seats_of_lines[::__get_current_exception() - VTABLE_FIRST_IRQ - FIRST_USER_IRQ];
    seat.run(*seat.loop);
    check_this_stack();
}

}  // namespace

const char* take_line(PortLoop& loop, unsigned priority, void (*run)(PortLoop&) noexcept) noexcept {
    if (priority > lowest_priority) return "an interrupt loop has a priority from 0, the highest, to 3";
    open_console();
    const int claimed = ::user_irq_claim_unused(false);
    if (claimed < 0) return "no interrupt line is spare for an interrupt loop: give one back with user_irq_unclaim";
    const auto line = static_cast<uint>(claimed);
    Seat own;
    own.run = run;
    own.line = static_cast<std::uint8_t>(line);
    own.core = static_cast<std::uint8_t>(this_core());
    const char* problem = nullptr;
    if (::irq_has_handler(line)) {
        problem = "an interrupt line for an interrupt loop has a handler already: claim the line with user_irq_claim";
    } else if (!take_seat(loop, own)) {
        problem = "no hardware alarm is free for an interrupt loop: give one back with hardware_alarm_unclaim";
    }
    if (problem != nullptr) {
        ::user_irq_unclaim(line);
        return problem;
    }
    const Seat& seat = seat_of(loop);
    seats_of_lines[line - FIRST_USER_IRQ] = &seat;
#if !LIB_PICO_MULTICORE
    guard_stack(0, __StackBottom);
#else
    if (this_core() == 0) guard_stack(0, __StackBottom);  // Core1 marks the end of its own
#endif
    // An alarm or an edge that wakes a task of the loop does so in the middle of another one's step.
    ::irq_set_priority(::hardware_alarm_get_irq_num(alarm_of(seat)), PICO_HIGHEST_IRQ_PRIORITY);
    ::irq_set_priority(IO_IRQ_BANK0, PICO_HIGHEST_IRQ_PRIORITY);
    ::irq_set_priority(line, static_cast<std::uint8_t>(priority << 6U));
    set_alarm(loop, never);
    ::irq_set_exclusive_handler(line, run_line);
    ::irq_set_enabled(line, true);
    return nullptr;
}

void give_line(PortLoop& loop) noexcept {
    Seat& seat = seat_of(loop);
    const uint line = seat.line;
    ::irq_set_enabled(line, false);
    ::irq_remove_handler(line, run_line);
    ::irq_clear(line);
    ::irq_set_priority(::hardware_alarm_get_irq_num(alarm_of(seat)), PICO_DEFAULT_IRQ_PRIORITY);
    leave_seat(loop);
    seats_of_lines[line - FIRST_USER_IRQ] = nullptr;
    ::user_irq_unclaim(line);
}

std::uintptr_t context_of_line(const PortLoop& loop) noexcept {
    const Seat& seat = seat_of(loop);
    return (VTABLE_FIRST_IRQ + std::uintptr_t{seat.line}) << 1U | seat.core;
}

#if LIB_PICO_MULTICORE

// Core 1 -----------------------------------------------------------------------------------------------------------------------------

namespace {

constinit Core1Entry* core1_entry = nullptr;
constinit bool goes_on = false;  // Core1::on_fault

void begin_core1() noexcept {
    core1_entry();
    while (true) __wfi();
}

/// Whether core 1 waits in the boot ROM, which then answers a 0 with a 0. multicore_launch_core1 would wait for it for ever.
bool waits_in_boot_rom() noexcept {
    // The program may have the FIFO's interrupt; what comes now is not for it.
    const bool enabled = ::irq_is_enabled(SIO_FIFO_IRQ_NUM(0));
    ::irq_set_enabled(SIO_FIFO_IRQ_NUM(0), false);
    ::multicore_fifo_drain();
    __sev();
    bool answers = ::multicore_fifo_push_timeout_us(0, 1000);
    for (const Time start = now(); answers && !::multicore_fifo_rvalid();) answers = now() - start < 1000;
    answers = answers && ::multicore_fifo_pop_blocking() == 0;
    ::irq_set_enabled(SIO_FIFO_IRQ_NUM(0), enabled);
    return answers;
}

}  // namespace

bool start_core1(std::uint32_t* stack, std::size_t words, Core1Entry* entry) noexcept {
    if (!waits_in_boot_rom()) return false;
    core1_entry = entry;
    guard_stack(1, stack);
    ::multicore_launch_core1_with_stack(begin_core1, stack, words * sizeof *stack);
    return true;
}

void stop_core1() noexcept {
    ::multicore_reset_core1();
    core1_entry = nullptr;
}

void other_core_goes_on(bool choice) noexcept { goes_on = choice; }

void core_stops() noexcept {
    if (prints == this_core()) unlock_console();
    drop_section();
    if (core1_entry == nullptr) return;  // what the program runs there is not uasync's
    if (goes_on) {
        (void)::save_and_disable_interrupts();
        while (true) __wfi();
    }
    ::hw_set_bits(&psm_hw->frce_off, this_core() == 0 ? PSM_FRCE_OFF_PROC1_BITS : PSM_FRCE_OFF_PROC0_BITS);
}

#endif

}  // namespace uasync::port
#endif
