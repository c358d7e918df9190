#include <uasync/device/bme280.hpp>

#include <uasync/time/sleep.hpp>

namespace uasync {
namespace {

/// The sensor's registers (datasheet 5.3).
enum Bme280Register : std::uint8_t {
    first_calibration_register = 0x88,
    chip_id_register = 0xd0,
    reset_register = 0xe0,
    second_calibration_register = 0xe1,
    humidity_control_register = 0xf2,
    status_register = 0xf3,
    measurement_control_register = 0xf4,
    configuration_register = 0xf5,
};
constexpr std::uint8_t id_of_bme280 = 0x60;
constexpr std::uint8_t reset_code = 0xb6;
constexpr std::uint8_t is_copying = 1 << 0;    // of the status: the calibration comes out of its memory
constexpr std::uint8_t is_measuring = 1 << 3;  // of the status
constexpr std::uint8_t mode_bits = 3;          // of the measurement's control
constexpr std::uint8_t forced_mode = 1;
// A time between measurements, which means nothing in forced mode. The sensor forgets it without its supply, so it tells whether this is
// still the one whose calibration is known.
constexpr std::uint8_t known_mark = 5 << 5;
constexpr std::int32_t start_up_time = 2'000;  // datasheet 1.1

/// How many times the sensor is asked, a millisecond apart, whether it has started.
constexpr int start_up_looks = 10;

/// How many samples a setting stands for.
constexpr unsigned samples(Bme280::Oversampling oversampling) noexcept {
    return oversampling == Bme280::Oversampling::off ? 0U : 1U << (static_cast<unsigned>(oversampling) - 1U);
}

}  // namespace

Bme280::Bme280(I2c& bus, Options options) noexcept : bus_{&bus}, options_{options} {}

std::chrono::microseconds Bme280::measurement_time() const noexcept {
    // Datasheet 9.1.
    const auto more = [](unsigned count) { return count == 0 ? 0U : 2300U * count + 575U; };
    return std::chrono::microseconds{1250U + 2300U * samples(options_.temperature) + more(samples(options_.pressure)) +
                                     more(samples(options_.humidity))};
}

/// What the sensor keeps between measurements, and forgets without its supply.
std::uint8_t Bme280::settings() const noexcept {
    return static_cast<std::uint8_t>(static_cast<unsigned>(options_.temperature) << 5U | static_cast<unsigned>(options_.pressure)
                                                                                             << 2U);
}

/// The transaction of a step. @param bytes where what is read goes, and from where what is written comes
detail::I2cAwaiter Bme280::transaction(Step step, std::span<std::uint8_t, 26> bytes) noexcept {
    std::uint8_t number = status_register;
    std::size_t count = 1;
    switch (step) {
        case Step::identify: number = chip_id_register; break;
        case Step::reset:
            number = reset_register;
            bytes[0] = reset_code;
            break;
        case Step::start_up: break;
        case Step::mark:
            number = configuration_register;
            bytes[0] = known_mark;
            break;
        case Step::first_calibration:
            number = first_calibration_register;
            count = 26;
            break;
        case Step::second_calibration:
            number = second_calibration_register;
            count = 7;
            break;
        case Step::measure:
            // Each byte for a register has that register's number in front (datasheet 6.2.1). The sensor takes the humidity's with the other.
            number = humidity_control_register;
            bytes[0] = static_cast<std::uint8_t>(options_.humidity);
            bytes[1] = measurement_control_register;
            bytes[2] = static_cast<std::uint8_t>(settings() | forced_mode);
            count = 3;
            break;
        case Step::look: count = 12; break;  // all from the status to the humidity
    }
    const bool writes = step == Step::reset || step == Step::mark || step == Step::measure;
    if (writes) return bus_->write_mem(options_.address, number, bytes.first(count));
    return bus_->read_mem(options_.address, number, bytes.first(count));
}

// One await of the bus for all steps: each would have a place of its own in the frame.
Coro<Result<Bme280::Reading>> Bme280::read() {
    const auto held = co_await lock_.scoped_lock();
    if ((options_.address & 0xfeU) != 0x76 || options_.temperature == Oversampling::off) co_return std::unexpected{Error::misuse};
    std::uint8_t bytes[26];
    std::int32_t looks = start_up_looks;
    bool is_lost = false;
    Step step = is_ready_ ? Step::measure : Step::identify;
    is_ready_ = false;  // until all goes well
    while (true) {
        const Result<void> done = co_await transaction(step, bytes);
        if (!done) co_return std::unexpected{done.error()};
        std::int32_t pause = 0;
        switch (step) {
            case Step::identify:
                if (bytes[0] != id_of_bme280) co_return std::unexpected{Error::misuse};
                step = Step::reset;  // it may be in another mode, if only this chip was reset
                break;
            case Step::reset:
                step = Step::start_up;
                pause = start_up_time;
                break;
            case Step::start_up:
                if ((bytes[0] & is_copying) == 0) {
                    step = Step::mark;
                } else {
                    pause = 1'000;
                }
                break;
            case Step::mark: step = Step::first_calibration; break;
            case Step::first_calibration:
                calibration_.take_first(bytes);
                step = Step::second_calibration;
                break;
            case Step::second_calibration:
                calibration_.take_second(std::span{bytes}.first<7>());
                step = Step::measure;
                break;
            case Step::measure:
                step = Step::look;
                pause = static_cast<std::int32_t>(measurement_time().count());
                looks = pause / 1'000 + 5;  // after more than twice its time it counts as one that never ends
                break;
            case Step::look:
                if ((bytes[1] & ~mode_bits) != settings() || bytes[2] != known_mark) {
                    // Another sensor is in its place, or it has lost its supply for a moment.
                    if (is_lost) co_return std::unexpected{Error::no_acknowledgement};
                    is_lost = true;
                    step = Step::identify;
                    looks = start_up_looks;
                } else if ((bytes[0] & is_measuring) == 0 && (bytes[1] & mode_bits) == 0) {
                    is_ready_ = true;
                    co_return reading(std::span{bytes}.subspan<4, 8>());
                } else {
                    pause = 1'000;
                }
                break;
        }
        if (pause == 0) continue;
        if (looks == 0) co_return std::unexpected{Error::timeout};
        if (pause == 1'000) --looks;
        co_await detail::SleepAwaiter{pause};
    }
}

Result<Bme280::Reading> Bme280::reading(std::span<const std::uint8_t, 8> data) const noexcept {
    const auto twenty_bits = [&](unsigned at) {
        return static_cast<std::uint32_t>(data[at] << 12U | data[at + 1] << 4U | data[at + 2] >> 4U);
    };
    const std::int32_t fine = calibration_.fine(twenty_bits(3));
    Reading result{detail::Bme280Calibration::temperature(fine), 0, 0};
    if (options_.pressure != Oversampling::off) {
        result.pressure = static_cast<std::int32_t>((calibration_.pressure(twenty_bits(0), fine) + 128U) / 256U);
    }
    if (options_.humidity != Oversampling::off) {
        const auto raw = static_cast<std::uint32_t>(data[6] << 8U | data[7]);
        result.humidity = static_cast<std::int32_t>((calibration_.humidity(raw, fine) * 100U + 512U) / 1024U);
    }
    return result;
}

}  // namespace uasync
