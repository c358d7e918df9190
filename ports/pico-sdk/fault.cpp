// A hard fault in a Pico SDK project: a line on the console with the address and the running task, then the end. A program has it if it links
// uasync::fault.

#include <cstddef>
#include <cstdint>

#include <hardware/exception.h>

#include <uasync/kernel/port.hpp>

#include "default_vector.hpp"

#if PICO_NO_RAM_VECTOR_TABLE
#error "uasync::fault sets the vector of the hard fault at run time, which PICO_NO_RAM_VECTOR_TABLE forbids: do not link it"
#endif

#if UASYNC_NAMES
extern "C" const char* uasync_running_task() noexcept;
#else
static const char* uasync_running_task() noexcept { return "?"; }
#endif

namespace {

class Message {
public:
    Message& text(const char* words) noexcept {
        while (*words != '\0' && end_ != sizeof text_ - 1) text_[end_++] = *words++;
        return *this;
    }
    Message& hexadecimal(std::uint32_t value) noexcept {
        char digits[9] = {};
        for (unsigned i = 0; i < 8; ++i, value <<= 4U) digits[i] = "0123456789abcdef"[value >> 28U];
        return text(digits);
    }
    const char* c_str() const noexcept { return text_; }

private:
    char text_[160] = {};
    std::size_t end_ = 0;
};

/// Whether a fault has been told: the next one comes from telling it.
constinit bool told = false;

/// What the processor put on the stack: r0-r3, r12, lr, pc, xpsr.
[[noreturn, gnu::used]] void report(const std::uint32_t* stacked) noexcept {
    if (told) uasync::port::fatal("a fault in the fault handler");
    told = true;
    Message message;
    message.text("hard fault at 0x").hexadecimal(stacked[6]).text(" (lr 0x").hexadecimal(stacked[5]);
    message.text(") in task ").text(uasync_running_task());
    uasync::port::fatal(message.c_str());
}

/// Which stack was used: bit 2 of the EXC_RETURN value in lr. Tasks of FreeRTOS have the process stack.
[[gnu::naked]] void hard_fault() {
    asm volatile(
        ".syntax unified\n\t"
        "mrs r0, msp\n\t"
        "mov r1, lr\n\t"
        "lsls r1, r1, #29\n\t"
        "bpl 1f\n\t"
        "mrs r0, psp\n"
        "1:\n\t"
        "ldr r1, =%c0\n\t"
        "bx r1\n\t"
        ".ltorg" ::"i"(&report));
}

/// Takes the vector before main, unless it is somebody's already: the program's own isr_hardfault, or what exception_set_exclusive_handler has set.
[[gnu::constructor]] void take_vector() noexcept {
    if (!uasync::port::has_default_handler(HARDFAULT_EXCEPTION)) return;
    ::exception_set_exclusive_handler(HARDFAULT_EXCEPTION, hard_fault);
}

}  // namespace
