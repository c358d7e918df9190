// Several loops: one on each core, and up to two that an interrupt runs (UASYNC_LOOPS).
//
// Each loop has one of the timer's four alarms: 0 and 1 are for the loops on the cores, 2 and 3 for those that an interrupt runs. An alarm's line interrupts the core that has enabled it. The timer can be forced to raise a line
// (INTF, 4.6.5), from either core: that is how an interrupt loop is woken.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/loops_port.hpp>

#include "rp2040.hpp"

using namespace uasync::rp2040;

extern "C" {
extern volatile std::uint8_t uasync_other_core_goes_on;
extern std::uint32_t uasync_vectors[];  // of startup.S
extern std::uint32_t uasync_ram_end[];  // of rp2040.ld: the stack of core 0 ends here
}

namespace uasync::port {

constinit TaskLoop* running_loops[2] = {};

// Stacks -----------------------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::uint32_t stack_guard = 0x57ac'c0de;
constinit std::uint32_t* stack_guards[2] = {};  // the last word of each core's stack

/// Stops the program if the stack of this core was too small. A loop that an interrupt runs uses the stack of what it interrupts.
[[gnu::always_inline]] inline void check_this_stack() noexcept {
    const std::uint32_t core = sio().cpuid;
    if (*stack_guards[core] == stack_guard) [[likely]]
        return;
    fatal(core == 0 ? "the stack of core 0 was too small" : "the stack of core 1 was too small: make it larger, Core1<4096>");
}

/// Marks the end of the main stack, which is core 0's.
void guard_main_stack() noexcept {
    if (stack_guards[0] != nullptr) return;
    stack_guards[0] = uasync_ram_end;
    *uasync_ram_end = stack_guard;
}

}  // namespace

// Interrupts -------------------------------------------------------------------------------------------------------------------------

namespace {

constexpr unsigned first_line = 2, alarms = 4;

struct Place {
    PortLoop* loop = nullptr;
    void (*run)(PortLoop&) noexcept = nullptr;  // of a line
};
constinit Place places[alarms] = {};
constinit Core1Entry* core1_entry = nullptr;  // null: core 1 is in the boot ROM
constexpr std::uint8_t has_stopped = 2;       // uasync_other_core_goes_on: one of the cores has stopped already

/// The line of the loop with an alarm from 2: 26 or 27, which no hardware raises (2.3.2).
constexpr unsigned line_number(unsigned alarm) noexcept { return 24 + alarm; }
constexpr std::uint32_t line_bit(unsigned alarm) noexcept { return 1u << line_number(alarm); }

/// `port_state` has the bit of a loop's line, or is null if a core runs it.
unsigned alarm_of(const PortLoop& loop) noexcept {
    const auto line = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(loop.port_state));
    return line == 0 ? sio().cpuid : line == line_bit(first_line) ? first_line : first_line + 1;
}

/// Alarm `number` is due, or was forced by a wake from the other core.
[[gnu::always_inline]] inline void alarm(unsigned number) noexcept {
    timer().intr = 1u << number;
    if (number >= first_line) timer_clear().intf = 1u << number;
    if (PortLoop* const loop = places[number].loop) loop->signal_near();
}

/// The line of the loop with alarm `number` is raised.
[[gnu::always_inline]] inline void run_line(unsigned number) noexcept {
    places[number].run(*places[number].loop);
    check_this_stack();
}

}  // namespace

// Time -------------------------------------------------------------------------------------------------------------------------------

void attach(PortLoop& loop) noexcept {
    const std::uint32_t core = sio().cpuid;
    loop.port_state = nullptr;
    places[core].loop = &loop;
    guard_main_stack();
}

void detach(PortLoop&) noexcept { places[sio().cpuid].loop = nullptr; }

// As with one loop (time.cpp): the alarm is set before the time is read.
void set_alarm(PortLoop& loop, Time deadline) noexcept {
    const unsigned number = alarm_of(loop);
    Timer& registers = timer();
    registers.alarm[number] = static_cast<std::uint32_t>(deadline);
    const std::uint32_t low = registers.raw_low;
    if ((Time{registers.raw_high} << 32 | low) >= deadline) loop.signal();
}

void idle(PortLoop& loop) noexcept {
    check_this_stack();
    // The word of a post from the other core is a signal, too. It is looked for once more after the sleep, where every cycle counts.
    const Word& status = fifo().status;
    while ((status & Fifo::has_word) == 0 && !loop.signalled()) {
        asm volatile("wfe" ::: "memory");
        if ((status & Fifo::has_word) != 0) return;
    }
}

// The console ------------------------------------------------------------------------------------------------------------------------

namespace {
constexpr unsigned console_lock = 30;  // of 32 spinlocks
constinit bool prints[2] = {};         // each core's own
}  // namespace

bool lock_console() noexcept {
    while (true) {
        const LocalSection section;
        bool& own = prints[this_core()];
        if (own) return false;
        if (spinlock(console_lock) == 0) continue;
        own = true;
        return true;
    }
}

void unlock_console() noexcept {
    const LocalSection section;
    prints[this_core()] = false;
    spinlock(console_lock) = 0;
}

// Lines for loops that an interrupt runs ---------------------------------------------------------------------------------------------

const char* take_line(PortLoop& loop, unsigned priority, void (*run)(PortLoop&) noexcept) noexcept {
    if (priority > lowest_priority) return "an interrupt loop has a priority from 0, the highest, to 3";
    asm volatile(".reloc ., R_ARM_NONE, uasync_vectors_of_lines");  // makes the linker keep them; costs no byte
    guard_main_stack();
    const CriticalSection section;
    unsigned number = first_line;
    while (number < alarms && places[number].loop != nullptr) ++number;
    if (number == alarms) return "no spare alarm for an interrupt loop: there are two";
    const std::uint32_t lines = 1u << number | line_bit(number);
    if ((nvic_iser() & lines) != 0) return "the interrupt line of an interrupt loop is in use";
    loop.port_state = reinterpret_cast<void*>(std::uintptr_t{line_bit(number)});
    places[number] = {&loop, run};
    const unsigned line = line_number(number), shift = line % 4 * 8;
    nvic_ipr(line) = (nvic_ipr(line) & ~(0xffu << shift)) | priority << 6 << shift;
    timer_set().inte = 1u << number;
    nvic_iser() = lines;
    return nullptr;
}

void give_line(PortLoop& loop) noexcept {
    const CriticalSection section;
    const unsigned number = alarm_of(loop);
    nvic_icer() = 1u << number | line_bit(number);
    timer_clear().inte = 1u << number;
    timer_clear().intf = 1u << number;
    places[number].loop = nullptr;
}

// Exceptions 16 and up are the interrupt lines (ARMv6-M B1.5.2).
std::uintptr_t context_of_line(const PortLoop& loop) noexcept { return (16 + line_number(alarm_of(loop))) << 1 | sio().cpuid; }

// Core 1 -----------------------------------------------------------------------------------------------------------------------------

namespace {

void begin_core1() noexcept {
    asm volatile("msr psp, %0" ::"r"(0));  // no section has begun (cores.S); of core 0, startup.S says so
    timer_set().inte = irq_timer_1;
    nvic_iser() = irq_timer_1 | irq_io_bank0 | irq_io_qspi;
    core1_entry();
    while (true) asm volatile("wfi");
}

/// Sends a word, and waits for the answer of the boot ROM, up to a millisecond. Core 1 answers with the same word.
bool exchange(std::uint32_t word) noexcept {
    if (word == 0) {
        while ((fifo().status & Fifo::has_word) != 0) (void)fifo().read;
        asm volatile("sev");
    }
    fifo().write = word;
    asm volatile("sev");
    for (const Time start = now(); (fifo().status & Fifo::has_word) == 0;) {
        if (now() - start > 1000) return false;
    }
    return fifo().read == word;
}

}  // namespace

// The boot ROM of core 1 waits for these words (2.8.2).
bool start_core1(std::uint32_t* stack, std::size_t words, Core1Entry* entry) noexcept {
    stack_guards[1] = stack;
    *stack = stack_guard;
    const auto word = [](auto* address) noexcept { return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(address)); };
    if (!(exchange(0) && exchange(0) && exchange(1) && exchange(word(uasync_vectors)) && exchange(word(stack + words))))
        return false;
    // Or an interrupt loop that writes to the flash would wait for a core that waits for this one.
    asm volatile("cpsid i" ::: "memory");
    core1_entry = entry;
    const bool answers = exchange(word(&begin_core1));
    asm volatile("cpsie i" ::: "memory");
    return answers;
}

void stop_core1() noexcept {
    asm volatile("cpsid i" ::: "memory");  // as above
    core1_entry = nullptr;
    psm_set().force_off = Psm::proc1;
    while ((psm().force_off & Psm::proc1) == 0) {
    }
    asm volatile("cpsie i" ::: "memory");
    psm_clear().force_off = Psm::proc1;
    for (const Time start = now(); (fifo().status & Fifo::has_word) == 0 && now() - start < 1000;) {
    }
    (void)receive_from_other_core();  // the boot ROM tells that it waits
}

/// Whether the other core may be executing code in flash. For flash.cpp.
bool other_core_runs() noexcept { return uasync_other_core_goes_on != has_stopped && (this_core() == 1 || core1_entry != nullptr); }

void other_core_goes_on(bool goes_on) noexcept {
    if (uasync_other_core_goes_on != has_stopped) uasync_other_core_goes_on = goes_on ? 1 : 0;
}

}  // namespace uasync::port

extern "C" {
volatile std::uint8_t uasync_other_core_goes_on = 0;  // of Core1::on_fault, or has_stopped

/// A core has told why it stops, and does so now: with the other core, or alone. Then it does not come back.
void uasync_core_stops() noexcept {
    using namespace uasync::port;
    spinlock(console_lock) = 0;
    std::uint32_t in_section;
    asm volatile("mrs %0, psp" : "=r"(in_section));
    if (in_section != 0) spinlock(section_lock) = 0;
    if (uasync_other_core_goes_on == 0) {
        psm_set().force_off = this_core() == 0 ? Psm::proc1 : Psm::proc0;
        return;
    }
    asm volatile("cpsid i");
    uasync_other_core_goes_on = has_stopped;
    while (true) asm volatile("wfe");  // which nothing ends while the other core writes to the flash: no masked interrupt does
}

void uasync_irq_timer_0() noexcept { uasync::port::alarm(0); }
void uasync_irq_timer_1() noexcept { uasync::port::alarm(1); }
void uasync_irq_timer_2() noexcept { uasync::port::alarm(2); }
void uasync_irq_timer_3() noexcept { uasync::port::alarm(3); }
void uasync_irq_26() noexcept { uasync::port::run_line(2); }
void uasync_irq_27() noexcept { uasync::port::run_line(3); }
}
