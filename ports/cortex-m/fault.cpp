// Faults: a line on the console with the address and the running task, then the end.

#include <cstddef>
#include <cstdint>

#include <uasync/kernel/port.hpp>

#include "cortex_m.hpp"

extern "C" const char* uasync_running_task() noexcept;

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
        return text("0x").text(digits);
    }
    const char* c_str() const noexcept { return text_; }

private:
    char text_[160] = {};
    std::size_t end_ = 0;
};

/// Whether a fault has been told: the next one comes from telling it.
constinit bool told = false;

}  // namespace

#if !UASYNC_NAMES  // otherwise the runtime's own
extern "C" const char* uasync_running_task() noexcept { return "?"; }
#endif

/// What the processor put on the stack: r0-r3, r12, lr, pc, xpsr.
extern "C" [[noreturn]] void uasync_report_fault(const std::uint32_t* stacked) noexcept {
    Message message;
    if (told) uasync::port::fatal("a fault in the fault handler");
    told = true;
    message.text("hard fault at ").hexadecimal(stacked[6]).text(" (lr ").hexadecimal(stacked[5]);
#if !defined(__ARM_ARCH_6M__) && !defined(__ARM_ARCH_8M_BASE__)
    message.text(", cfsr ").hexadecimal(uasync::cortex_m::at(0xe000ed28));  // configurable fault status
#endif
    message.text(") in task ").text(uasync_running_task());
    uasync::port::fatal(message.c_str());
}

/// A line whose interrupt was enabled although nobody handles it.
extern "C" [[noreturn]] void uasync_unexpected_interrupt() noexcept {
    Message message;
    std::uint32_t number;
    asm volatile("mrs %0, ipsr" : "=r"(number));
    message.text("no handler for exception ").hexadecimal(number).text(", interrupt line ").hexadecimal(number - 16);
    uasync::port::fatal(message.c_str());
}
