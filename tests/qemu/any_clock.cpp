// What CounterClock::now() takes for counters of several rates. The counter is a word of memory, as a register would be.

#include <uasync/kernel/counter_clock.hpp>
#include <uasync/uasync.hpp>

#include <port_contract/platform.hpp>

using namespace uasync;

namespace {

volatile std::uint32_t counted = 123'456'789;
volatile Time seen = 0;  // so that compilers do not leave anything out

template <std::uint32_t Hertz>
struct Counter {
    static constexpr std::uint32_t hertz = Hertz;
    static constexpr unsigned bits = 32;
    static std::uint32_t read() noexcept { return counted; }
    static void arm(std::uint32_t) noexcept {}
};

template <std::uint32_t Hertz>
constinit CounterClock<Counter<Hertz>> clock_of;

template <std::uint32_t Hertz>
[[gnu::noinline]] Time now() {
    return clock_of<Hertz>.now();
}

template <std::uint32_t Hertz>
void measure() {
    clock_of<Hertz>.start();
    constexpr std::uint32_t calls = 10'000;
    const Time start = port::now();
    for (std::uint32_t i = 0; i < calls; ++i) seen = i;
    const Time between = port::now();
    for (std::uint32_t i = 0; i < calls; ++i) seen = now<Hertz>();
    const Time end = port::now();
    print("{} Hz: {} ns\n", Hertz, static_cast<std::uint32_t>((end - between) - (between - start)) / (calls / 1000));
}

Coro<> all() {
    measure<32'768>();
    measure<1'000'000>();
    measure<12'345'679>();
    measure<64'000'000>();
    measure<133'000'000>();
    co_return;
}

}  // namespace

int main() {
    run(all());
    contract::finish(0);
}
