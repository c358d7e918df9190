// Time and sleep: the 64-bit microsecond timer (datasheet 4.6), ALARM0 and WFE.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

using namespace uasync::rp2040;

constinit uasync::PortLoop* uasync::port::attached = nullptr;

// Only for the loop that runs: a loop looks at its timers when it begins to run.
[[gnu::always_inline]] static inline void signal_attached() noexcept {
    if (uasync::PortLoop* loop = uasync::port::attached) loop->signal();
}

// The alarm has fired. It compares 32 bits (4.6.3), so it also fires at multiples of 2^32 us (71 minutes) before a distant
// deadline; then the loop finds nothing due and sets it again. It is cleared before the signal, so that an alarm that fires
// again in between runs this again.
extern "C" void uasync_irq_timer_0() noexcept {
    timer().intr = 1;
    signal_attached();
}

namespace uasync::port {

// The alarm is set before the time is read, so a deadline that passes in between is noticed here, and a later one by the alarm.
// The lower half of the time is read before the upper one. If the upper half changes in between, the time seems 71 minutes
// later, which costs one signal too many and never one too few. `never` is a deadline like any other: it costs one interrupt in
// 71 minutes, and no code.
void set_alarm(PortLoop&, Time deadline) noexcept {
    Timer& registers = timer();
    registers.alarm[0] = static_cast<std::uint32_t>(deadline);
    const std::uint32_t low = registers.raw_low;
    if ((Time{registers.raw_high} << 32 | low) >= deadline) signal_attached();
}

// No interrupt is lost between the check and the WFE. On ARMv6-M, entering and leaving an exception sets the event register,
// and a WFE that finds it set clears it and returns at once (ARMv6-M, "Wait For Event"). So an interrupt after the check costs
// one more round.
void idle(PortLoop& loop) noexcept {
    while (!loop.signalled()) asm volatile("wfe" ::: "memory");
}

}  // namespace uasync::port
