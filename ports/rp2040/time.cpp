// Time and sleep: the 64-bit microsecond timer (datasheet 4.6), ALARM0 and WFE.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

namespace {

using namespace uasync::rp2040;

struct Alarm {
    uasync::Time deadline;
    uasync::Loop* loop;
};
constinit Alarm alarm{};

}  // namespace

// Sets the alarm for `alarm.deadline`, or signals if it has come. The whole of the interrupt handler, and of `set_alarm`.
//
// The alarm compares 32 bits (4.6.3), so it also strikes 2^32 us (71 minutes) and its multiples before a far deadline; then this
// sets it again. Setting comes before looking at the time: a deadline that passes in between is seen by the look, a later one by
// the alarm. Clearing comes before setting, so a strike at the very moment of setting stays pending and has this run again.
//
// An interrupt may come anywhere in `set_alarm` and see half of a new deadline. The worst is a signal too many, and the alarm set
// wrongly until `set_alarm` goes on; masking interrupts would buy nothing.
extern "C" void uasync_irq_timer_0() noexcept {
    timer().intr = 1;
    timer().alarm[0] = static_cast<std::uint32_t>(alarm.deadline);
    if (uasync::port::now() >= alarm.deadline) alarm.loop->signal();
}

namespace uasync::port {

// Not the latching pair TIMEHR/TIMELR: an interrupt between its two reads would latch anew (4.6.2).
Time now() noexcept {
    while (true) {
        const std::uint32_t high = timer().raw_high;
        const std::uint32_t low = timer().raw_low;
        if (timer().raw_high == high) return Time{high} << 32 | low;
    }
}

// `never` is a deadline like any other: it costs one interrupt in 71 minutes, and no code.
void set_alarm(Loop& loop, Time deadline) noexcept {
    alarm.deadline = deadline;
    alarm.loop = &loop;
    asm volatile("" ::: "memory");  // in memory before the alarm is set, so that an interrupt from here on keeps to it
    uasync_irq_timer_0();
}

// No interrupt is lost between the check and the WFE: on ARMv6-M, entering and leaving an exception sets the event register, and
// a WFE that finds it set clears it and returns at once (ARMv6-M, "Wait For Event"). So an interrupt after the check
// costs one more round.
void idle(Loop& loop) noexcept {
    while (!loop.signalled()) asm volatile("wfe" ::: "memory");
}

}  // namespace uasync::port
