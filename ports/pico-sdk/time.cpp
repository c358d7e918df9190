// Time: the SDK's timer, and one of its hardware alarms for each loop that runs.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/port.hpp>

#include "seat.hpp"

namespace uasync::port {
namespace {

/// By the number of the alarm. A callback that comes late finds no loop.
constinit Seat seats[NUM_ALARMS];

void alarm_fired(uint alarm) noexcept {
    if (PortLoop* loop = seats[alarm].loop) loop->signal();
}

/// The loop's alarm, or -1 while something else drives it.
int alarm_of(const PortLoop& loop) noexcept { return loop.port_state == nullptr ? -1 : &seat_of(loop) - seats; }

}  // namespace

void attach(PortLoop& loop) noexcept {
    open_console();
    const Seat empty = sit();
    const int alarm = ::hardware_alarm_claim_unused(false);
    if (alarm < 0) {
        fatal("no hardware alarm is free, and a loop needs one: give one back with hardware_alarm_unclaim before run()");
    }
    Seat& seat = seats[alarm] = empty;
    seat.loop = &loop;
    loop.port_state = &seat;
    ::hardware_alarm_set_callback(static_cast<uint>(alarm), alarm_fired);
}

void detach(PortLoop& loop) noexcept {
    const auto alarm = static_cast<uint>(alarm_of(loop));
    ::hardware_alarm_cancel(alarm);
    ::hardware_alarm_set_callback(alarm, nullptr);
    seats[alarm].loop = nullptr;
    loop.port_state = nullptr;
    ::hardware_alarm_unclaim(alarm);
}

// The SDK keeps all 64 bits of the deadline, so the alarm is never early. It answers true, and sets nothing, if the deadline has passed.
void set_alarm(PortLoop& loop, Time deadline) noexcept {
    const int alarm = alarm_of(loop);
    if (alarm >= 0 && ::hardware_alarm_set_target(static_cast<uint>(alarm), ::from_us_since_boot(deadline))) loop.signal();
}

}  // namespace uasync::port
