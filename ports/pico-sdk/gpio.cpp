// Pins: the SDK's, and a handler for edges that shares the pins' interrupt with the program's own.

#include <uasync/board/gpio_port.hpp>
#include <uasync/kernel/port.hpp>

#include <hardware/irq.h>
#include <hardware/structs/io_bank0.h>

namespace uasync::port {

static_assert(falling << 2 == GPIO_IRQ_EDGE_FALL && rising << 2 == GPIO_IRQ_EDGE_RISE);

void gpio_init(unsigned pin, bool output, Pull pull) noexcept {
    ::gpio_set_pulls(pin, pull == Pull::up, pull == Pull::down);
    ::gpio_init(pin);  // an input, and low once it is an output
    ::gpio_set_dir(pin, output);
}

namespace {

void edge_came() noexcept {
#ifdef UASYNC_PORT_CORE
    const LocalSection section;  // a loop whose interrupt has a higher priority may be about to wait for an edge
#endif
    detail::gpio_interrupt();
}

// The handler of gpio_set_irq_callback has the lowest priority. It comes after this one, and does not see an edge that was taken.
void install_handler() noexcept {
    static constinit bool installed = false;
    if (installed) return;
    const CriticalSection section;  // the other core may be about to do the same
    if (!installed) ::irq_add_shared_handler(IO_IRQ_BANK0, edge_came, GPIO_RAW_IRQ_HANDLER_DEFAULT_ORDER_PRIORITY);
    installed = true;
}

}  // namespace

// Called in a critical section. Each core has its own enable and status registers, and its own interrupt.
ArmedEdge gpio_arm(unsigned pin, std::uint8_t edges) noexcept {
    install_handler();
    const std::uint32_t events = static_cast<std::uint32_t>(edges) << 2;
    io_bank0_irq_ctrl_hw_t& control = ::get_core_num() == 0 ? io_bank0_hw->proc0_irq_ctrl : io_bank0_hw->proc1_irq_ctrl;
    ::irq_set_enabled(IO_IRQ_BANK0, true);
    ::gpio_set_irq_enabled(pin, events, true);  // forgets earlier edges
    return {reinterpret_cast<std::uintptr_t>(&control.ints[pin / 8]), events << pin % 8 * 4};
}

}  // namespace uasync::port
