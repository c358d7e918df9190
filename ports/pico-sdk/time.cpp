// Time: the SDK's timer, and one of its hardware alarms for each loop that runs.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/port.hpp>

#include "seat.hpp"

namespace uasync::port {
namespace {

/// By the number of the alarm. A callback that comes late finds no loop.
constinit Seat seats[NUM_ALARMS];

void alarm_fired(uint alarm) noexcept {
    PortLoop* const loop = seats[alarm].loop;
    if (loop == nullptr) return;
#ifdef UASYNC_PORT_CORE
    loop->signal_near();
#else
    loop->signal();
#endif
}

}  // namespace

unsigned alarm_of(const Seat& seat) noexcept { return static_cast<unsigned>(&seat - seats); }

bool take_seat(PortLoop& loop, const Seat& seat) noexcept {
    const int alarm = ::hardware_alarm_claim_unused(false);
    if (alarm < 0) return false;
    Seat& own = seats[alarm] = seat;
    own.loop = &loop;
    loop.port_state = &own;
    ::hardware_alarm_set_callback(static_cast<uint>(alarm), alarm_fired);
    return true;
}

void leave_seat(PortLoop& loop) noexcept {
    Seat& seat = seat_of(loop);
    const unsigned alarm = alarm_of(seat);
    ::hardware_alarm_cancel(alarm);
    ::hardware_alarm_set_callback(alarm, nullptr);
    seat.loop = nullptr;
    loop.port_state = nullptr;
    ::hardware_alarm_unclaim(alarm);
}

#if LIB_FREERTOS_KERNEL
bool has_seat(TaskHandle_t task) noexcept {
    for (const Seat& seat : seats) {
        if (seat.loop != nullptr && seat.task == task) return true;
    }
    return false;
}
#endif

void attach(PortLoop& loop) noexcept {
    open_console();
    if (!take_seat(loop, sit()))
        fatal("no hardware alarm is free, and a loop needs one: give one back with hardware_alarm_unclaim before run()");
}

void detach(PortLoop& loop) noexcept { leave_seat(loop); }

// The SDK keeps all 64 bits of the deadline, so the alarm is never early. It answers true, and sets nothing, if the deadline has passed.
void set_alarm(PortLoop& loop, Time deadline) noexcept {
    if (loop.port_state == nullptr) return;  // something else drives the loop
    const Seat& seat = seat_of(loop);
#if UASYNC_LOOPS && !LIB_FREERTOS_KERNEL
    // The SDK lets go of a forced alarm (wake) whose deadline lies beyond the turn of the counter's low half, so this one does not. It then
    // comes early, once in 71 minutes.
    constexpr Time low_half = 0xffff'ffff;
    if (const Time turn = now() | low_half; seat.run != nullptr && deadline > turn) deadline = turn;
#endif
    if (::hardware_alarm_set_target(alarm_of(seat), ::from_us_since_boot(deadline))) loop.signal();
}

}  // namespace uasync::port
