// The SPI controllers, by DMA (datasheet 4.4), which are ARM's PL022. In the library, not in the port, because DMA is.

#include <uasync/board/spi_port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

namespace {

// 4.4.4
struct Controller {
    Word cr0, cr1, dr, sr, cpsr, imsc, ris, mis, icr, dmacr;
};
Controller& controller(const SpiLines& lines) noexcept { return registers<Controller>(0x4003'c000 + 0x4000u * lines.bus); }

constexpr std::uint32_t cr0_high_first = 1u << 6, cr0_second_edge = 1u << 7, cr1_on = 1u << 1, dmacr_both = 3;
constexpr unsigned cr0_rate_shift = 8, format_prescale_shift = 16;

/// Who is told of the ends of the channels: of what is received, or, only if the memory refuses an address, of what is sent.
void spi_channel_ended(detail::DmaUser& user, bool failed) noexcept;
constinit detail::DmaUser users[2][2] = {{{spi_channel_ended}, {spi_channel_ended}}, {{spi_channel_ended}, {spi_channel_ended}}};
void spi_channel_ended(detail::DmaUser& user, bool failed) noexcept { detail::spi_interrupt(&user < users[1] ? 0 : 1, failed); }

/// Where goes what nobody reads.
constinit std::uint16_t unread = 0;

void connect_spi_pin(unsigned pin) noexcept {
    if (pin == no_spi_pin) return;
    pads_bank0().gpio[pin] = PadsBank0::input | PadsBank0::schmitt | PadsBank0::drive_4ma;
    io_bank0().gpio[pin].ctrl = IoBank0::function_spi;
}

/// Empties the FIFOs: nothing else does.
void reset_spi(const SpiLines& lines) noexcept {
    const std::uint32_t block = std::uint32_t{Resets::spi0} << lines.bus;
    resets_set().reset = block;
    resets_clear().reset = block;
    while ((resets().reset_done & block) == 0) {
    }
    controller(lines).dmacr = dmacr_both;
}

/// Both only while it is disabled, and only if they change: the clock's pin may have another level for a moment.
void set_registers(Controller& spi, std::uint32_t prescale, std::uint32_t cr0) noexcept {
    if (spi.cpsr == prescale && spi.cr0 == cr0) return;
    spi.cr1 = 0;
    spi.cpsr = prescale;
    spi.cr0 = cr0;
    spi.cr1 = cr1_on;
}
void set_format(Controller& spi, SpiFormat format, std::uint32_t size) noexcept {
    set_registers(spi, format.settings >> format_prescale_shift, (format.settings & 0xffff) | (size * 8 - 1));
}

}  // namespace

Error spi_open(SpiLines& lines) noexcept {
    if (!spi_pins_fit(lines.bus, lines.sck, lines.mosi, lines.miso)) return Error::misuse;
    lines.sending = static_cast<std::uint8_t>(detail::claim_dma());
    lines.receiving = static_cast<std::uint8_t>(detail::claim_dma());
    if (lines.receiving == detail::no_dma_channel) {
        detail::release_dma(lines.sending);
        return Error::no_channel;
    }
    reset_spi(lines);
    connect_spi_pin(lines.sck);
    connect_spi_pin(lines.mosi);
    connect_spi_pin(lines.miso);
    return Error::none;
}

void spi_close(const SpiLines& lines) noexcept {
    detail::release_dma(lines.sending);
    detail::release_dma(lines.receiving);
    resets_set().reset = std::uint32_t{Resets::spi0} << lines.bus;
}

SpiFormat spi_format(std::uint32_t freq, unsigned mode) noexcept {
    const SpiDivider divider = spi_divider(system_hz, freq);
    std::uint32_t settings = divider.prescale << format_prescale_shift | (divider.rate - 1) << cr0_rate_shift;
    if ((mode & 2) != 0) settings |= cr0_high_first;
    if ((mode & 1) != 0) settings |= cr0_second_edge;
    return {settings};
}

std::uint32_t spi_freq(SpiFormat format) noexcept {
    return system_hz / ((format.settings >> format_prescale_shift) * ((format.settings >> cr0_rate_shift & 0xff) + 1));
}

void spi_open_select(unsigned pin) noexcept {
    sio().gpio_out_set = 1u << pin;  // first, so that the pin starts high
    sio().gpio_oe_set = 1u << pin;
    pads_bank0().gpio[pin] = PadsBank0::input | PadsBank0::schmitt | PadsBank0::drive_4ma;
    io_bank0().gpio[pin].ctrl = IoBank0::function_sio;
}

void spi_select(unsigned pin, bool is_selected) noexcept {
    if (pin == no_spi_pin) return;
    (is_selected ? sio().gpio_out_clr : sio().gpio_out_set) = 1u << pin;
}

void spi_prepare(const SpiLines& lines, SpiFormat format) noexcept { set_format(controller(lines), format, 1); }

void spi_start(const SpiLines& lines, SpiFormat format, const SpiTransfer& transfer) noexcept {
    Controller& spi = controller(lines);
    set_format(spi, format, transfer.size);
    // Urgent, because the controller sends whether there is room for what it receives or not. So it is started first, too.
    const unsigned sent = static_cast<unsigned>(DmaRequest::spi0_tx) + 2u * lines.bus;
    const DmaTransfer receive{.from = &spi.dr,
                              .to = transfer.in != nullptr ? transfer.in : &unread,
                              .count = static_cast<std::uint32_t>(transfer.count),
                              .size = transfer.size,
                              .from_moves = false,
                              .to_moves = transfer.in != nullptr,
                              .ring_bits = 0,
                              .ring_is_to = false,
                              .is_urgent = true,
                              .is_quiet = false,
                              .request = static_cast<DmaRequest>(sent + 1)};
    detail::start_dma(lines.receiving, receive, users[lines.bus][0]);
    const DmaTransfer send{.from = transfer.out,
                           .to = &spi.dr,
                           .count = static_cast<std::uint32_t>(transfer.count),
                           .size = transfer.size,
                           .from_moves = transfer.out_moves,
                           .to_moves = false,
                           .ring_bits = 0,
                           .ring_is_to = false,
                           .is_urgent = false,
                           .is_quiet = true,
                           .request = static_cast<DmaRequest>(sent)};
    detail::start_dma(lines.sending, send, users[lines.bus][1]);
}

void spi_abort(const SpiLines& lines, SpiFormat format) noexcept {
    detail::stop_dma(lines.sending);
    detail::stop_dma(lines.receiving);
    reset_spi(lines);
    set_format(controller(lines), format, 1);
}

}  // namespace uasync::port
