// Edges at GP15 and GP16, which edge_counter.mjs gives. Prints how many are counted, and what the last ones were.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

void print_all(EdgeCounter<16>& edges) {
    print("{} edges, {} lost:", edges.count(), edges.lost());
    while (const auto edge = edges.next_nowait()) print(" {}@{}", edge->level, edge->time);
    print("\n");
}

Coro<> async_main() {
    Pin ready{14, Pin::out};
    {
        EdgeCounter edges{Pin{15, Pin::in, Pin::pull_up}};
        ready.on();
        co_await sleep_ms(10);  // three pulses
        print_all(edges);

        // A pulse while interrupts are masked, then one and a half.
        for (int i = 0; i < 2; ++i) {
            {
                const CriticalSection section;
                ready.toggle();
                const Time start = port::now();
                while (port::now() - start < 100) {
                }
            }
            co_await sleep_ms(1);
            print_all(edges);
        }
        const EdgeSeen woken = co_await edges.next();
        print("woken by {}@{}, {} us later\n", woken.level, woken.time, static_cast<unsigned>(port::now() - woken.time));
    }
    co_await sleep_ms(1);
    EdgeCounter<1> falling{Pin{16, Pin::in, Pin::pull_up}, Edges::falling};
    // Bursts of a hundred pulses, each quicker than the one before.
    for (int i = 0; i < 6; ++i) {
        const std::uint32_t before = falling.count();
        ready.toggle();
        co_await sleep_ms(3);
        print("{}\n", falling.count() - before);
    }
}

}  // namespace

int main() { run(async_main()); }
