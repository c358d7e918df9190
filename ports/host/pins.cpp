// Pins as variables: a program drives outputs, a test drives inputs, and both see the level. The simulation and Linux use them.

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <uasync/board/gpio_port.hpp>
#include <uasync/sim.hpp>

#include "../sim/simulation.hpp"

namespace uasync {
namespace {

constexpr unsigned pin_count = 30;

/// A program that nobody stops must not fill the memory: at this many edges the older half is forgotten.
constexpr std::ptrdiff_t edge_limit = 1'000'000;

struct SimulatedPin {
    bool is_output = false;
    bool output = false;
    bool driven = false;
    bool drive = false;
    port::Pull pull = port::Pull::none;
    bool level = false;
    std::uint8_t armed = 0;
    std::uint8_t fired = 0;   ///< edges of those that are armed, also after they were taken
    std::uint32_t wires = 0;  ///< a bit for each pin that it is connected with
};

std::array<SimulatedPin, pin_count> pins;
std::vector<sim::Edge> seen;

SimulatedPin& pin_at(unsigned pin) noexcept {
    if (pin >= pin_count) port::fatal("there is no such pin: GP0 to GP29 exist");
    return pins[pin];
}

/// Gives a pin a level, and reports an edge if it has changed.
void change(unsigned number, bool level) noexcept {
    SimulatedPin& pin = pins[number];
    if (level == pin.level) return;
    pin.level = level;
    const sim::Duration now{static_cast<std::int64_t>(port::now())};
    if (seen.size() == std::size_t{edge_limit}) seen.erase(seen.begin(), seen.begin() + edge_limit / 2);
    seen.push_back({number, now, level});
    static const bool show = std::getenv("UASYNC_EDGES") != nullptr;
    if (show) std::fprintf(stderr, "%lld us GP%u %d\n", static_cast<long long>(now.count()), number, level ? 1 : 0);
    if ((pin.armed & (level ? port::rising : port::falling)) == 0) return;
    pin.fired |= level ? port::rising : port::falling;
    detail::gpio_interrupt();
}

/// The pins that a pin is connected with, itself among them, as bits.
std::uint32_t net_of(unsigned number) noexcept {
    std::uint32_t net = 1U << number;
    for (std::uint32_t before = 0; before != net;) {
        before = net;
        for (unsigned pin = 0; pin < pin_count; ++pin) net |= (net >> pin & 1U) != 0 ? pins[pin].wires : 0U;
    }
    return net;
}

/// Computes the level again, of all pins that are connected: low, if two drive against each other.
void settle(unsigned number) noexcept {
    pin_at(number);
    const std::uint32_t net = net_of(number);
    bool is_pulled_up = false, is_high = false, is_low = false;
    for (unsigned i = 0; i < pin_count; ++i) {
        if ((net >> i & 1U) == 0) continue;
        const SimulatedPin& pin = pins[i];
        is_pulled_up |= pin.pull == port::Pull::up;
        if (!pin.is_output && !pin.driven) continue;
        ((pin.is_output ? pin.output : pin.drive) ? is_high : is_low) = true;
    }
    for (unsigned i = 0; i < pin_count; ++i) {
        if ((net >> i & 1U) != 0) change(i, !is_low && (is_high || is_pulled_up));
    }
}

}  // namespace

namespace sim {

void drive(unsigned pin, bool level) {
    pin_at(pin).driven = true;
    pin_at(pin).drive = level;
    settle(pin);
}
void release(unsigned pin) {
    pin_at(pin).driven = false;
    settle(pin);
}
void wire(unsigned a, unsigned b, bool connected) {
    const auto connect = [connected](unsigned from, unsigned to) {
        std::uint32_t& wires = pin_at(from).wires;
        wires = connected ? wires | 1U << to : wires & ~(1U << to);
    };
    connect(a, b);
    connect(b, a);
    settle(a);
    settle(b);
}
bool level(unsigned pin) noexcept { return pin_at(pin).level; }
const std::vector<Edge>& edges() noexcept { return seen; }
std::uint64_t detail::pins_fingerprint() noexcept {
    std::uint64_t hash = 0;
    for (const SimulatedPin& pin : pins) {
        const unsigned bits = (pin.is_output ? 1U : 0U) | (pin.output ? 2U : 0U) | (pin.driven ? 4U : 0U) | (pin.drive ? 8U : 0U) |
                              (pin.level ? 16U : 0U) | (pin.armed != 0 && pin.fired != 0 ? 32U : 0U) |
                              static_cast<unsigned>(pin.pull) << 8U | static_cast<unsigned>(pin.armed) << 16U;
        hash = mix(hash, bits);
        if (pin.wires != 0) hash = mix(hash, pin.wires);
    }
    return hash;
}
void detail::reset_pins() {
    pins = {};
    seen.clear();
}

}  // namespace sim

namespace port {

void gpio_init(unsigned pin, bool output, Pull pull) noexcept {
    SimulatedPin& p = pin_at(pin);
    p.is_output = output;
    p.output = false;
    p.pull = pull;
    settle(pin);
}
bool gpio_get(unsigned pin) noexcept { return pin_at(pin).level; }
void gpio_put(unsigned pin, bool level) noexcept {
    pin_at(pin).output = level;
    settle(pin);
}
void gpio_toggle(unsigned pin) noexcept { gpio_put(pin, !pin_at(pin).output); }
ArmedEdge gpio_arm(unsigned pin, std::uint8_t edges) noexcept {
    pin_at(pin).armed = edges;
    pin_at(pin).fired = 0;
    return {pin, edges};
}
bool gpio_take_edge(const ArmedEdge& edge) noexcept {
    SimulatedPin& pin = pins[edge.where];
    if (pin.fired == 0) return false;
    pin.armed = 0;
    return true;
}
void gpio_disarm(const ArmedEdge& edge) noexcept {
    pins[edge.where].armed = 0;
    pins[edge.where].fired = 0;
}
std::uint8_t gpio_rearm(unsigned pin, const ArmedEdge& edge) noexcept {
    pins[pin].armed = static_cast<std::uint8_t>(edge.what);
    return std::exchange(pins[pin].fired, std::uint8_t{0});
}

}  // namespace port
}  // namespace uasync
