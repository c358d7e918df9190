// The virtual clock. When the loop is idle, it moves to the next alarm or event.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include <uasync/kernel/loop.hpp>
#include <uasync/sim.hpp>

#include "simulation.hpp"

namespace uasync {
namespace {

/// The number of steps without an idle moment after which each further step takes a microsecond.
constexpr unsigned patience = 1000;

struct World {
    Time time = 0;
    Time alarm = never;
    PortLoop* loop = nullptr;
    unsigned busy_steps = 0;
    std::uint64_t random = 0;  ///< 0: no shuffling
    std::multimap<Time, std::function<void()>> events;
    std::function<void()> strikes;  ///< called when interrupts are next masked
};

World world;
sim::detail::Decider* decider = nullptr;

Time next_event() { return world.events.empty() ? never : world.events.begin()->first; }

/// Moves the clock, and makes what is due happen.
void advance(Time time) {
    world.time = std::max(world.time, time);
    while (next_event() <= world.time) {
        auto interrupt = std::move(world.events.begin()->second);
        world.events.erase(world.events.begin());
        interrupt();
    }
    if (world.alarm <= world.time && world.loop != nullptr) {
        world.alarm = never;
        world.loop->signal();
    }
}

/// splitmix64: Sebastiano Vigna, https://prng.di.unimi.it/splitmix64.c (public domain algorithm).
std::uint64_t next_random() {
    std::uint64_t z = world.random += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

}  // namespace

namespace sim {

void reset() {
    world = World{};
    ++detail::fresh_starts;
    detail::reset_pins();
    detail::reset_console();
}
Duration now() noexcept { return Duration{static_cast<std::int64_t>(world.time)}; }
void at(Duration time, std::function<void()> interrupt) {
    world.events.emplace(static_cast<Time>(std::max<std::int64_t>(time.count(), 0)), std::move(interrupt));
}
void strike(std::function<void()> interrupt) { world.strikes = std::move(interrupt); }
void stop_at(Duration time) {
    at(time, [] {
        if (world.loop != nullptr) world.loop->interrupt();
    });
}
void press(unsigned pin, Duration start, Duration duration) {
    at(start, [pin] { drive(pin, false); });
    at(start + duration, [pin] { release(pin); });
}
void shuffle(std::uint64_t seed) noexcept { world.random = seed; }

void detail::set_decider(Decider* who) noexcept { decider = who; }
Time detail::next_moment() noexcept { return std::min(world.alarm, next_event()); }
void detail::pass_time(Time moment) { advance(moment); }
std::uint64_t detail::clock_fingerprint() noexcept {
    std::uint64_t hash = mix(world.time, world.alarm);
    for (const auto& event : world.events) hash = mix(hash, event.first);
    return hash;
}

}  // namespace sim

namespace port {

void attach(PortLoop& loop) noexcept {
    sim::detail::read_environment();
    world.loop = &loop;
    world.alarm = never;
}
void detach(PortLoop&) noexcept { world.loop = nullptr; }

Time now() noexcept { return world.time; }
void set_alarm(PortLoop& loop, Time deadline) noexcept {
    if (world.loop != &loop) {  // it looks at its timers when it runs
        if (decider != nullptr) decider->set_alarm(loop, deadline);
        return;
    }
    world.alarm = deadline;
    if (deadline <= world.time) loop.signal();
}
void wake([[maybe_unused]] PortLoop& loop) noexcept {
#if UASYNC_LOOPS
    if (world.loop != &loop) loop.call_wake_hook();
#endif
}

void idle(PortLoop& loop) noexcept {
    if (decider != nullptr) {
        decider->idle(loop);
        return;
    }
    if (loop.signalled()) {  // a timer is started again and again for a time that has passed
        if (++world.busy_steps > patience) advance(world.time + 1);
        return;
    }
    world.busy_steps = 0;
    while (!loop.signalled()) {
        const Time next = std::min(world.alarm, next_event());
        if (next == never) {
            loop.deadlock();
            return;
        }
        advance(next);
    }
}

WaitNode* pick(WaitNode*& first, WaitNode**& end) noexcept {
    if (decider != nullptr) return decider->pick(first, end);
    if (++world.busy_steps > patience) advance(world.time + 1);
    const unsigned level = sim::detail::highest_level(first);
    const auto may_run = [level](const WaitNode& node) { return sim::detail::level_of(node) == level; };
    std::size_t skip = 0;
    if (world.random != 0) {
        std::size_t count = 0;
        for (const WaitNode* node = first; node != nullptr; node = node->next) count += may_run(*node) ? 1U : 0U;
        skip = static_cast<std::size_t>(next_random() % count);
    }
    WaitNode** link = &first;
    while (!may_run(**link) || skip-- != 0) link = &(*link)->next;
    WaitNode* chosen = *link;
    *link = chosen->next;
    if (*link == nullptr) end = link;
    return chosen;
}

std::uint32_t enter_critical() noexcept {
    if (world.strikes) [[unlikely]] {
        const auto interrupt = std::exchange(world.strikes, nullptr);
        interrupt();
    }
    return 0;
}
void leave_critical(std::uint32_t) noexcept {}

}  // namespace port
}  // namespace uasync
