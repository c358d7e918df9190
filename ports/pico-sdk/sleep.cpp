// Sleep and the critical section without an operating system: WFE, and a spinlock if both cores are used.

#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/port.hpp>

#if !LIB_FREERTOS_KERNEL  // freertos.cpp

#include "seat.hpp"

namespace uasync::port {

// No interrupt is lost between the check and the WFE: entering and leaving an exception sets the event register, as the other core's SEV
// does, and a WFE that finds it set clears it and returns at once.
void idle(PortLoop& loop) noexcept {
#if UASYNC_LOOPS
    check_this_stack();
#endif
    while (!loop.signalled()) __wfe();
}

#if LIB_PICO_MULTICORE

// The SDK's spinlocks do not nest, so a core that holds it already only counts as inside. `owner` is changed with the lock held, and a core
// can only find its own number there if it holds it. On the RP2350, these are software spinlocks, because those of the hardware are unlocked
// by writes to other registers (erratum RP2350-E2); the SDK's functions know that.
namespace {

constexpr std::uint32_t nested = 1U << 31U;  // beside PRIMASK, which is one bit
constexpr uint nobody = ~0U;
constinit spin_lock_t* lock = nullptr;  // null before main, when only one core runs
constinit volatile uint owner = nobody;

[[gnu::constructor(101)]] void claim_lock() noexcept {
    const int number = ::spin_lock_claim_unused(false);
    if (number < 0) fatal("no spinlock is free, and loops on two cores need one: give one back with spin_lock_unclaim");
    lock = ::spin_lock_init(static_cast<uint>(number));
}

}  // namespace

std::uint32_t enter_critical() noexcept {
    const std::uint32_t primask = ::save_and_disable_interrupts();
    if (lock == nullptr || owner == ::get_core_num()) return primask | nested;
    ::spin_lock_unsafe_blocking(lock);
    owner = ::get_core_num();
    return primask;
}

void leave_critical(std::uint32_t state) noexcept {
    if ((state & nested) == 0) {
        owner = nobody;
        ::spin_unlock_unsafe(lock);
    }
    ::restore_interrupts_from_disabled(state & ~nested);
}

#if UASYNC_LOOPS
void drop_section() noexcept {
    if (owner != ::get_core_num()) return;
    owner = nobody;
    ::spin_unlock_unsafe(lock);
}
#endif

#endif

}  // namespace uasync::port
#endif
