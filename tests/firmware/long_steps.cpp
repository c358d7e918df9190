// The tutorial's program that starves its other task, with report_long_steps, after steps of several lengths.

// Its main has no return, which only a main may lack.
// clang-format off
#define main not_defined(); void starve
// clang-format on
#include "../../examples/02b_starving.cpp"
#undef main

using namespace std::chrono_literals;

namespace {

void works(std::uint32_t us) {
    const std::uint32_t start = ticks_us();
    while (ticks_us() - start < us) {
    }
}

Coro<> steps(std::uint32_t us) {
    co_await sleep_ms(1);
    works(us);
    co_await yield();
}

Coro<> measured() {
    report_long_steps(10ms);
    for (int i = 0; i < 100; ++i) {
        works(9'000);
        co_await yield();
    }
    co_await create_task(steps(9'900), "just short");
    print("now long ones\n");
    co_await create_task(steps(10'500), "long");
    co_await create_task(steps(25'000), "longer");
    print("sleeps\n");
    co_await sleep_ms(1000);
    print("now 2b\n");
}

}  // namespace

int main() {
    run(measured());
    starve();
}
