// The demo with a frame pool of any size: GP2 to GP9, pressed at power-on, are the bits of its size in units of 8 bytes (GP2 the lowest).
// With none pressed it has the whole pool, and tells its high-water mark every 100 ms.

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wreturn-type"  // what a main need not have
#define main demo_main
#include "../../examples/05_queue.cpp"
#undef main
#pragma GCC diagnostic pop

namespace {

unsigned pressed(unsigned first, unsigned count) {
    unsigned bits = 0;
    for (unsigned i = 0; i < count; ++i) {
        const Pin pin{first + i, Pin::in, Pin::pull_up};
        const auto start = ticks_us();
        while (ticks_diff(ticks_us(), start) < 10) {  // for the pull-up
        }
        if (pin.value() == 0) bits |= 1U << i;
    }
    return bits;
}

}  // namespace

// Not a task, as that would take room in the pool.
extern "C" void uasync_irq_systick() { print("peak {}\n", static_cast<unsigned>(frame_pool_use().peak)); }

int main() {
    if (const std::size_t size = 8 * pressed(2, 8); size != 0) {
        detail::allocate_frame(frame_pool_use().capacity - size);
    } else {
        auto systick = reinterpret_cast<volatile std::uint32_t*>(0xe000e010);
        asm("" : "+r"(systick));
        systick[1] = 12'500'000 - 1;
        systick[2] = 0;
        systick[0] = 7;
    }
    run(async_main());
}
