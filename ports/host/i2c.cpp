// I2C buses with devices that are objects. A transaction takes the time that it would take on the wires; its bytes move at its end.

#include <vector>

#include <uasync/board/gpio_port.hpp>
#include <uasync/board/i2c_port.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/i2c_device.hpp>

namespace uasync {
namespace sim {
namespace {
I2cDevice* newest_device = nullptr;
}  // namespace

I2cDevice::I2cDevice(unsigned bus, std::uint8_t address)
    : next_{newest_device}, bus_{static_cast<std::uint8_t>(bus)}, address_{address} {
    newest_device = this;
}
I2cDevice::~I2cDevice() {
    I2cDevice** link = &newest_device;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
}
bool I2cDevice::write(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return true;
    chosen_ = bytes[0];
    for (const std::uint8_t byte : bytes.subspan(1)) registers[chosen_++] = byte;
    return true;
}
void I2cDevice::read(std::span<std::uint8_t> into) {
    for (std::uint8_t& byte : into) byte = registers[chosen_++];
}

I2cDevice* find_i2c_device(unsigned bus, std::uint8_t address) noexcept {
    I2cDevice* device = newest_device;
    while (device != nullptr && (device->bus_ != bus || device->address_ != address)) device = device->next_;
    return device;
}

}  // namespace sim

namespace port {
namespace {

/// A controller, and the timer that stands for its interrupt.
struct Controller : LoopTimer {
    explicit Controller(unsigned number) noexcept
        : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<Controller&>(timer).fired(); }}, bus{number} {}
    void fired() const noexcept {
        if (lines != nullptr && i2c_is_free(*lines)) detail::i2c_interrupt(bus);  // a bus that is held never ends
    }
    /// Calls the interrupt when so many bits have passed.
    void start_bits(std::size_t bits) noexcept { start(now() + (bits * 1'000'000 + lines->freq - 1) / lines->freq); }

    unsigned bus;
    const I2cLines* lines = nullptr;
};

Controller controllers[2] = {Controller{0}, Controller{1}};

}  // namespace

bool i2c_open(const I2cLines& lines) noexcept {
    const auto can_be = [&](unsigned pin, unsigned line) { return pin < 30 && pin % 2 == line && pin / 2 % 2 == lines.bus; };
    if (!can_be(lines.sda, 0) || !can_be(lines.scl, 1) || lines.freq < 10'000 || lines.freq > 1'000'000) return false;
    gpio_init(lines.scl, false, Pull::up);
    gpio_init(lines.sda, false, Pull::up);
    controllers[lines.bus].lines = &lines;
    return true;
}
void i2c_close(const I2cLines& lines) noexcept {
    controllers[lines.bus].stop();
    controllers[lines.bus].lines = nullptr;
}

void i2c_start(const I2cLines& lines, I2cTransfer& transfer) noexcept {
    constexpr std::size_t start_stop = 2, byte = 9;  // bits, with the acknowledgement
    std::size_t bits = start_stop + byte;
    if (sim::find_i2c_device(lines.bus, transfer.address) != nullptr) {
        const std::size_t out = transfer.prefix_left + transfer.out_left, in = transfer.in_left;
        bits += byte * (out + in);
        if (out != 0 && in != 0) bits += 1 + byte;  // addressed anew
    }
    controllers[lines.bus].start_bits(bits);
}
void i2c_abort(const I2cLines& lines) noexcept {
    controllers[lines.bus].stop();
    controllers[lines.bus].start_bits(9);
}

I2cEvent i2c_service(const I2cLines& lines, I2cTransfer* transfer) noexcept {
    if (transfer == nullptr) return I2cEvent::done;
    sim::I2cDevice* const device = sim::find_i2c_device(lines.bus, transfer->address);
    if (device == nullptr) return I2cEvent::failed;
    std::vector<std::uint8_t> out;
    while (transfer->prefix_left != 0) out.push_back(transfer->prefix[--transfer->prefix_left]);
    out.insert(out.end(), transfer->out, transfer->out + transfer->out_left);
    if (!out.empty() && !device->write(out)) return I2cEvent::failed;
    if (transfer->in_left != 0) device->read({transfer->in, transfer->in_left});
    return I2cEvent::done;
}

bool i2c_is_free(const I2cLines& lines) noexcept { return gpio_get(lines.scl) && gpio_get(lines.sda); }

bool i2c_recover(const I2cLines& lines) noexcept {
    controllers[lines.bus].stop();
    return i2c_is_free(lines);
}

}  // namespace port
}  // namespace uasync
