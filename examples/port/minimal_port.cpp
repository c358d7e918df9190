// The smallest possible port: a clock and a console, and no interrupt. docs/porting_to_your_board.md explains it. Build it with
// UASYNC_STEPS_PER_POLL=1: no interrupt tells the loop that a deadline has passed, so it has to read the clock.

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <uasync/kernel/loop.hpp>

namespace uasync::port {

namespace {
Time alarm = never;
}

void attach(PortLoop&) noexcept {}
void detach(PortLoop&) noexcept {}

// On a board: the counter that runs at all times, as microseconds in 64 bits.
Time now() noexcept {
    using namespace std::chrono;
    static const auto start = steady_clock::now();
    return static_cast<Time>(duration_cast<microseconds>(steady_clock::now() - start).count());
}

void set_alarm(PortLoop&, Time deadline) noexcept { alarm = deadline; }

void idle(PortLoop& loop) noexcept {
    while (!loop.signalled() && now() < alarm) {
    }
}

void wake(PortLoop&) noexcept {}
void poll(PortLoop&) noexcept {}

// On a board: masks interrupts, and puts them back as they were.
std::uint32_t enter_critical() noexcept { return 0; }
void leave_critical(std::uint32_t) noexcept {}

// On a board: the UART.
void write(const char* text, std::size_t size) noexcept { std::fwrite(text, 1, size, stdout); }

void fatal(const char* message) noexcept {
    std::fprintf(stderr, "uasync: %s\n", message);
    std::exit(1);
}

}  // namespace uasync::port
