// SPI buses with devices that are objects. Frames move as time passes.

#include <algorithm>
#include <cstring>

#include <uasync/board/gpio_port.hpp>
#include <uasync/board/spi_port.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/spi_device.hpp>

namespace uasync {
namespace sim {
namespace {
SpiDevice* newest_spi_device = nullptr;
}  // namespace

SpiDevice::SpiDevice(unsigned bus, unsigned cs)
    : next_{newest_spi_device}, bus_{static_cast<std::uint8_t>(bus)}, cs_{static_cast<std::uint8_t>(cs)} {
    newest_spi_device = this;
}
SpiDevice::~SpiDevice() {
    SpiDevice** link = &newest_spi_device;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
}
std::uint16_t SpiDevice::transfer(std::uint16_t frame, unsigned) {
    const std::uint16_t before = received.empty() ? std::uint16_t{0} : received.back();
    received.push_back(frame);
    return before;
}
SpiDevice* first_spi_device() noexcept { return newest_spi_device; }

}  // namespace sim

namespace port {
namespace {

/// A controller, and the timer that stands for its interrupt.
struct SpiController : LoopTimer {
    explicit SpiController(unsigned number) noexcept
        : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<SpiController&>(timer).fired(); }}, bus{number} {}

    void begin(SpiFormat format, const SpiTransfer& what) noexcept {
        transfer = what;
        freq = format.settings >> 2;
        begun = now();
        moved = 0;
        const Time bits = Time{what.count} * what.size * 8;
        start(begun + (bits * 1'000'000 + freq - 1) / freq);
    }
    std::size_t due() const noexcept {
        return static_cast<std::size_t>(
            std::min<Time>((now() - begun) * freq / 1'000'000 / (Time{transfer.size} * 8), transfer.count));
    }
    std::uint16_t exchange(std::uint16_t frame) const {
        std::uint16_t answer = 0;
        for (sim::SpiDevice* device = sim::first_spi_device(); device != nullptr; device = next_spi_device(*device)) {
            if (is_spi_device_at(*device, bus, selected)) answer = device->transfer(frame, transfer.size * 8U);
        }
        return answer;
    }
    void move() {
        for (const std::size_t until = due(); moved < until; ++moved) {
            std::uint16_t frame = 0;
            std::memcpy(&frame, static_cast<const char*>(transfer.out) + (transfer.out_moves ? moved * transfer.size : 0),
                        transfer.size);
            const std::uint16_t answer = exchange(frame);
            if (transfer.in != nullptr)
                std::memcpy(static_cast<char*>(transfer.in) + moved * transfer.size, &answer, transfer.size);
        }
    }
    void fired() noexcept {
        move();
        detail::spi_interrupt(bus, false);
    }

    SpiTransfer transfer{};
    unsigned bus;
    unsigned selected = no_spi_pin;
    std::uint32_t freq = 1;
    Time begun = 0;
    std::size_t moved = 0;
};
SpiController spi_controllers[2] = {SpiController{0}, SpiController{1}};

}  // namespace

Error spi_open(SpiLines& lines) noexcept {
    if (!spi_pins_fit(lines.bus, lines.sck, lines.mosi, lines.miso)) return Error::misuse;
    lines.sending = static_cast<std::uint8_t>(detail::claim_dma());
    lines.receiving = static_cast<std::uint8_t>(detail::claim_dma());
    if (lines.receiving != detail::no_dma_channel) return Error::none;
    detail::release_dma(lines.sending);
    return Error::no_channel;
}
void spi_close(const SpiLines& lines) noexcept {
    spi_controllers[lines.bus].stop();
    detail::release_dma(lines.sending);
    detail::release_dma(lines.receiving);
}

SpiFormat spi_format(std::uint32_t freq, unsigned mode) noexcept {
    constexpr std::uint32_t clock = 125'000'000;  // as on the chip
    const SpiDivider divider = spi_divider(clock, freq);
    return {clock / (divider.prescale * divider.rate) << 2 | (mode & 3)};
}
std::uint32_t spi_freq(SpiFormat format) noexcept { return format.settings >> 2; }

void spi_open_select(unsigned pin) noexcept { gpio_init(pin, false, Pull::up); }  // as an output it would begin low
void spi_select(unsigned pin, bool is_selected) noexcept {
    if (pin == no_spi_pin) return;
    if (is_selected) gpio_init(pin, true, Pull::none);
    gpio_put(pin, !is_selected);
    for (sim::SpiDevice* device = sim::first_spi_device(); device != nullptr; device = next_spi_device(*device)) {
        for (SpiController& controller : spi_controllers) {
            if (!is_spi_device_at(*device, controller.bus, pin)) continue;
            if (controller.running()) controller.move();  // until now
            controller.selected = is_selected ? pin : no_spi_pin;
            if (is_selected) device->select();
            if (!is_selected) device->deselect();
        }
    }
}

void spi_prepare(const SpiLines&, SpiFormat) noexcept {}
void spi_start(const SpiLines& lines, SpiFormat format, const SpiTransfer& transfer) noexcept {
    spi_controllers[lines.bus].begin(format, transfer);
}
void spi_abort(const SpiLines& lines, SpiFormat) noexcept {
    SpiController& controller = spi_controllers[lines.bus];
    if (controller.running()) controller.move();
    controller.stop();
}

}  // namespace port
}  // namespace uasync
