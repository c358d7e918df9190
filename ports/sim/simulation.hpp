#pragma once
// Implementation detail of the simulation: what its parts know about each other.

#include <algorithm>
#include <cstdint>

#include <uasync/kernel/owned_wait_queue.hpp>

namespace uasync::sim::detail {

/// Decides in place of the port what happens next, as the schedule explorer does.
class Decider {
public:
    Decider() noexcept = default;
    Decider(const Decider&) = delete;
    Decider& operator=(const Decider&) = delete;
    virtual ~Decider() = default;
    virtual WaitNode* pick(WaitNode*& first, WaitNode**& end) = 0;
    virtual void idle(PortLoop& loop) = 0;
    /// The alarm of a loop that is not the one in `run`.
    virtual void set_alarm(PortLoop& loop, Time deadline) noexcept = 0;
};
void set_decider(Decider* who) noexcept;

/// The next deadline or event; `never` if there is none.
Time next_moment() noexcept;
/// Moves the clock to a moment, and runs what is due by then.
void pass_time(Time moment);
/// Hashes of the simulation's state: the clock, its alarm and the events to come; the pins.
std::uint64_t clock_fingerprint() noexcept;
std::uint64_t pins_fingerprint() noexcept;
/// Hashes a sequence: mixes a word into the hash of the words before it.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
    hash = (hash + 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U;
    hash = ((hash ^ (hash >> 31U)) ^ value) * 0x94d049bb133111ebU;
    return hash ^ (hash >> 29U);
}

/// The level of a ready node (Priority).
inline unsigned level_of(const WaitNode& node) noexcept {
    return uasync::detail::level_of == nullptr ? 0 : uasync::detail::level_of(node);
}
/// The highest level in a ready queue: only nodes of this level may be picked.
inline unsigned highest_level(const WaitNode* first) noexcept {
    unsigned highest = 0;
    for (const WaitNode* node = first; node != nullptr; node = node->next) highest = std::max(highest, level_of(*node));
    return highest;
}

/// Whether what is printed stays off standard output.
bool captures() noexcept;

/// How often the simulation has begun afresh, for what reset() does not know: drivers are there only if they are asked for.
inline unsigned fresh_starts = 0;

void reset_pins();
void reset_console();
/// Schedules what the environment asks for, once in a program.
void read_environment();

}  // namespace uasync::sim::detail
