// The console: the SDK's stdio, on whatever pico_enable_stdio_uart and pico_enable_stdio_usb have chosen.

#include <cstring>

#include <pico/stdio.h>
#include <pico/stdio/driver.h>
#include <unistd.h>

#include <uasync/kernel/port.hpp>

#include "seat.hpp"

namespace {
constinit bool is_open = false;
}

extern "C" {

/// Every driver of the SDK's stdio is enabled here; the linker's --wrap leads the calls to this function first. So the port knows
/// whether the program has brought up a console of its own, by stdio_init_all() or otherwise: some drivers must not be initialised twice.
void __real_stdio_set_driver_enabled(stdio_driver_t* driver, bool enabled);   // NOLINT(bugprone-reserved-identifier)
void __wrap_stdio_set_driver_enabled(stdio_driver_t* driver, bool enabled) {  // NOLINT(bugprone-reserved-identifier)
    is_open = true;
    __real_stdio_set_driver_enabled(driver, enabled);
}

}  // extern "C"

namespace uasync::port {

// Not before main, which may set clocks and pins first. An interrupt does not: USB has much to do at the start.
void open_console() noexcept {
    if (is_open || ::__get_current_exception() != 0) return;
    is_open = true;
    ::stdio_init_all();
}

void write(const char* text, std::size_t size) noexcept {
    open_console();
    ::stdio_put_string(text, static_cast<int>(size), false, true);
}

void fatal(const char* message) noexcept {
#if UASYNC_LOOPS && LIB_PICO_MULTICORE && !LIB_FREERTOS_KERNEL
    if (this_core() == 1) write("core 1: ", 8);
#endif
    write("uasync: ", 8);
    write(message, std::strlen(message));
    write("\n", 1);
    ::stdio_flush();
    core_stops();
    ::_exit(1);
}

}  // namespace uasync::port
