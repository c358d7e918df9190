// Linked into a program with `--wrap` for port::idle: prints the frame pool's high-water mark whenever it has risen.

#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/port.hpp>
#include <uasync/print.hpp>

extern "C" void __real__ZN6uasync4port4idleERNS_8PortLoopE(uasync::PortLoop& loop) noexcept;

extern "C" void __wrap__ZN6uasync4port4idleERNS_8PortLoopE(uasync::PortLoop& loop) noexcept {
    static unsigned told = 0;
    const auto peak = static_cast<unsigned>(uasync::frame_pool_use().peak);
    if (peak != told) uasync::print("pool_peak {}\n", peak);
    told = peak;
    __real__ZN6uasync4port4idleERNS_8PortLoopE(loop);
}
