// What the program prints, kept for tests and passed on to standard output.

#include <cstdio>
#include <cstdlib>
#include <string>

#include <uasync/sim.hpp>

#include "simulation.hpp"

namespace uasync {
namespace {

std::string printed;
bool capturing = false;

}  // namespace

namespace sim {

const std::string& console() noexcept { return printed; }
void capture(bool on) noexcept { capturing = on; }
bool detail::captures() noexcept { return capturing; }
void detail::reset_console() { printed.clear(); }

}  // namespace sim

namespace port {

void write(const char* text, std::size_t size) noexcept {
    printed.append(text, size);
    if (!capturing) std::fwrite(text, 1, size, stdout);
}

void fatal(const char* message) noexcept {
    std::fflush(stdout);
    std::fprintf(stderr, "uasync: %s\n", message);
    std::exit(1);
}

}  // namespace port
}  // namespace uasync
