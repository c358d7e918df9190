// All spinlocks are taken before the constructors run: uasync says so, because two cores need one.

#include <hardware/sync.h>
#include <pico/runtime_init.h>

#include <uasync/uasync.hpp>

using namespace uasync;

static void take_all() {
    while (spin_lock_claim_unused(false) >= 0) {
    }
}
PICO_RUNTIME_INIT_FUNC_RUNTIME(take_all, "20000");

Coro<> async_main() { co_await sleep_ms(1); }

int main() {
    print("not reached\n");
    run(async_main());
}
