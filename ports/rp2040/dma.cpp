// The DMA controller (datasheet 2.5). In the library, not in the port, for the reason that pwm.cpp gives.

#include <uasync/board/dma_port.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

namespace {

// 2.5.7. Each core has an interrupt line: line 0 for core 0, line 1 for core 1.
struct Channel {
    Word read_addr, write_addr, trans_count, ctrl_trig, aliases[12];
};
struct Line {
    Word raw_or_reserved, enabled, forced, status;  // raw, of all channels, only in line 0
};
struct Controller {
    Channel channel[16];
    Line line[2];
    Word timer[4], multi_trigger, sniff_ctrl, sniff_data, reserved, fifo_levels, abort;
};
static_assert(offsetof(Controller, line) == 0x400 && offsetof(Controller, timer) == 0x420 && offsetof(Controller, abort) == 0x444);
constexpr std::uintptr_t controller_at = 0x5000'0000;
Controller& controller() noexcept { return registers<Controller>(controller_at); }
Controller& controller_set() noexcept { return registers<Controller>(controller_at + set_bits); }
Controller& controller_clear() noexcept { return registers<Controller>(controller_at + clear_bits); }

constexpr std::uint32_t ctrl_on = 1u << 0, ctrl_is_urgent = 1u << 1, ctrl_from_moves = 1u << 4, ctrl_to_moves = 1u << 5,
                        ctrl_ring_is_to = 1u << 10, ctrl_is_quiet = 1u << 21, ctrl_busy = 1u << 24, ctrl_write_error = 1u << 29,
                        ctrl_read_error = 1u << 30, ctrl_error = 1u << 31;
constexpr unsigned ctrl_size_shift = 2, ctrl_ring_shift = 6, ctrl_chain_shift = 11, ctrl_request_shift = 15;

#if UASYNC_LOOPS
unsigned this_line() noexcept { return sio().cpuid; }
#else
constexpr unsigned this_line() noexcept { return 0; }
#endif

void forget_interrupt(std::uint32_t channels) noexcept { controller().line[0].raw_or_reserved = channels; }

void serve(unsigned line) noexcept {
    const std::uint32_t ended = controller().line[line].status;
    forget_interrupt(ended);
    asm volatile("dmb" ::: "memory");  // what the channel wrote is read after this
    detail::dma_interrupt(ended);
}

}  // namespace

extern "C" {
extern const char uasync_vectors_1_to_12[];
[[gnu::used]] void uasync_irq_dma_0() noexcept { serve(0); }
#if UASYNC_LOOPS
[[gnu::used]] void uasync_irq_dma_1() noexcept { serve(1); }
#endif
}

void dma_open() noexcept {
    asm volatile(".reloc ., R_ARM_NONE, %c0" ::"i"(&uasync_vectors_1_to_12));  // the linker puts the vectors in the table
    // Not put into reset, as others may use it: neither does the second core's first channel stop those of the first core.
    resets_clear().reset = Resets::dma;
    while ((resets().reset_done & Resets::dma) == 0) {
    }
    nvic_iser() = irq_dma_0 << this_line();
}

void dma_start(unsigned channel, const DmaTransfer& transfer) noexcept {
    Channel& registers = controller().channel[channel];
    const std::uint32_t size = transfer.size >> 1u;                                         // 0, 1 or 2
    std::uint32_t ctrl = ctrl_on | size << ctrl_size_shift | channel << ctrl_chain_shift |  // chained to itself: to none
                         static_cast<std::uint32_t>(transfer.request) << ctrl_request_shift |
                         std::uint32_t{transfer.ring_bits} << ctrl_ring_shift | ctrl_write_error |
                         ctrl_read_error;  // 1 clears these
    if (transfer.from_moves) ctrl |= ctrl_from_moves;
    if (transfer.to_moves) ctrl |= ctrl_to_moves;
    if (transfer.ring_is_to) ctrl |= ctrl_ring_is_to;
    if (transfer.is_urgent) ctrl |= ctrl_is_urgent;
    if (transfer.is_quiet) ctrl |= ctrl_is_quiet;
    registers.read_addr = reinterpret_cast<std::uintptr_t>(transfer.from);
    registers.write_addr = reinterpret_cast<std::uintptr_t>(transfer.to);
    registers.trans_count = transfer.count;
    controller_set().line[this_line()].enabled = 1u << channel;
    asm volatile("dmb" ::: "memory");  // what the channel reads was written before this
    registers.ctrl_trig = ctrl;
}

void dma_stop(unsigned channel) noexcept {
    // RP2040-E13: if a word is on its way, ABORT seems to be over too early, and the channel's interrupt comes when the word has arrived. So the
    // interrupt is off meanwhile, and what has come of it is forgotten when the channel is idle.
    const std::uint32_t bit = 1u << channel;
    controller_clear().line[this_line()].enabled = bit;
    controller().abort = bit;
    while ((controller().abort & bit) != 0 || (controller().channel[channel].ctrl_trig & ctrl_busy) != 0) {
    }
    forget_interrupt(bit);
    asm volatile("dmb" ::: "memory");
}

std::uint32_t dma_left(unsigned channel) noexcept { return controller().channel[channel].trans_count; }

bool dma_failed(unsigned channel) noexcept { return (controller().channel[channel].ctrl_trig & ctrl_error) != 0; }

}  // namespace uasync::port
