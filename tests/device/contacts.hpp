#pragma once
// Contacts that bounce, for the tests of this folder.

#include <random>

#include <uasync/sim.hpp>

namespace uasync::test {

/// Moves a contact at a time: it bounces with many edges, and then rests.
/// @param pin its pin
/// @param start of the first edge
/// @param closed whether it is closed afterwards: at ground
/// @param edges how many, an odd number
/// @param length of the bouncing
/// @param seed the times of the edges are drawn from it
inline void bounce(unsigned pin, sim::Duration start, bool closed, int edges, sim::Duration length, std::uint64_t seed) {
    std::minstd_rand random{static_cast<std::uint_fast32_t>(seed + 1)};
    std::uniform_int_distribution<sim::Duration::rep> within{1, length.count() - 1};
    for (int edge = 0; edge < edges; ++edge) {
        const bool first = edge == 0;
        const bool last = edge == edges - 1;
        const sim::Duration time{first ? 0 : last ? length.count() : within(random)};
        // The order of the times is not that of the edges, so each edge inverts what it finds; the last sets what stays.
        sim::at(start + time, [=] { sim::drive(pin, last ? !closed : !sim::level(pin)); });
    }
}

/// A press with bounces on both sides.
inline void bouncing_press(unsigned pin, sim::Duration start, sim::Duration duration, int edges, sim::Duration length,
                           std::uint64_t seed) {
    bounce(pin, start, true, edges, length, seed);
    bounce(pin, start + duration, false, edges, length, seed + 1000);
}

}  // namespace uasync::test
