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

struct State {
    Time time = 0;
    Time alarm = never;
    PortLoop* loop = nullptr;
    unsigned busy_steps = 0;
    std::uint64_t random = 0;  ///< 0: no shuffling
    std::multimap<Time, std::function<void()>> events;
    std::function<void()> strikes;  ///< called when interrupts are next masked
};

State state;
sim::detail::Decider* decider = nullptr;

Time next_event() { return state.events.empty() ? never : state.events.begin()->first; }

/// Moves the clock, and makes what is due happen.
void advance(Time time) {
    state.time = std::max(state.time, time);
    while (next_event() <= state.time) {
        auto interrupt = std::move(state.events.begin()->second);
        state.events.erase(state.events.begin());
        interrupt();
    }
    if (state.alarm <= state.time && state.loop != nullptr) {
        state.alarm = never;
        state.loop->signal();
    }
}

/// splitmix64: Sebastiano Vigna, https://prng.di.unimi.it/splitmix64.c (public domain algorithm).
std::uint64_t next_random() {
    std::uint64_t z = state.random += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

}  // namespace

namespace sim {

void reset() {
    state = State{};
    detail::reset_pins();
    detail::reset_console();
}
Duration now() noexcept { return Duration{static_cast<std::int64_t>(state.time)}; }
void at(Duration time, std::function<void()> interrupt) {
    state.events.emplace(static_cast<Time>(std::max<std::int64_t>(time.count(), 0)), std::move(interrupt));
}
void strike(std::function<void()> interrupt) { state.strikes = std::move(interrupt); }
void stop_at(Duration time) {
    at(time, [] {
        if (state.loop != nullptr) state.loop->interrupt();
    });
}
void press(unsigned pin, Duration start, Duration duration) {
    at(start, [pin] { drive(pin, false); });
    at(start + duration, [pin] { release(pin); });
}
void shuffle(std::uint64_t seed) noexcept { state.random = seed; }

void detail::set_decider(Decider* who) noexcept { decider = who; }
Time detail::next_moment() noexcept { return std::min(state.alarm, next_event()); }
void detail::pass_time(Time moment) { advance(moment); }
std::uint64_t detail::clock_fingerprint() noexcept {
    std::uint64_t hash = mix(state.time, state.alarm);
    for (const auto& event : state.events) hash = mix(hash, event.first);
    return hash;
}

}  // namespace sim

namespace port {

void attach(PortLoop& loop) noexcept {
    sim::detail::read_environment();
    state.loop = &loop;
    state.alarm = never;
}
void detach(PortLoop&) noexcept { state.loop = nullptr; }

Time now() noexcept { return state.time; }
void set_alarm(PortLoop& loop, Time deadline) noexcept {
    if (state.loop != &loop) {  // it looks at its timers when it runs
        if (decider != nullptr) decider->set_alarm(loop, deadline);
        return;
    }
    state.alarm = deadline;
    if (deadline <= state.time) loop.signal();
}
void wake([[maybe_unused]] PortLoop& loop) noexcept {
#if UASYNC_LOOPS
    if (state.loop != &loop) loop.call_wake_hook();
#endif
}

void idle(PortLoop& loop) noexcept {
    if (decider != nullptr) {
        decider->idle(loop);
        return;
    }
    if (loop.signalled()) {  // a timer is started again and again for a time that has passed
        if (++state.busy_steps > patience) advance(state.time + 1);
        return;
    }
    state.busy_steps = 0;
    while (!loop.signalled()) {
        const Time next = std::min(state.alarm, next_event());
        if (next == never) {
            loop.deadlock();
            return;
        }
        advance(next);
    }
}

WaitNode* pick(WaitNode*& first, WaitNode**& end) noexcept {
    if (decider != nullptr) return decider->pick(first, end);
    if (++state.busy_steps > patience) advance(state.time + 1);
    WaitNode** link = &first;
    if (state.random != 0) {
        std::size_t count = 0;
        for (const WaitNode* node = first; node != nullptr; node = node->next) ++count;
        for (std::size_t skip = next_random() % count; skip > 0; --skip) link = &(*link)->next;
    }
    WaitNode* chosen = *link;
    *link = chosen->next;
    if (*link == nullptr) end = link;
    return chosen;
}

std::uint32_t enter_critical() noexcept {
    if (state.strikes) [[unlikely]] {
        const auto interrupt = std::exchange(state.strikes, nullptr);
        interrupt();
    }
    return 0;
}
void leave_critical(std::uint32_t) noexcept {}

}  // namespace port
}  // namespace uasync
