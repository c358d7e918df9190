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
// A time between measurements, which means nothing in forced mode. The sensor forgets it without its supply, so it says whether this is still
// the one whose calibration is known.
constexpr std::uint8_t known_mark = 5 << 5;
constexpr std::int64_t start_up_time = 2'000;  // datasheet 1.1

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

/// Makes sure that it is there, and learns its calibration.
Coro<Result<void>> Bme280::begin() {
    std::uint8_t bytes[26];
    Result<void> done = co_await bus_->read_mem(options_.address, chip_id_register, {bytes, 1});
    if (!done) co_return done;
    if (bytes[0] != id_of_bme280) co_return std::unexpected{Error::misuse};
    // It may be in another mode, if only this chip was reset.
    const std::uint8_t order[] = {reset_code};
    done = co_await bus_->write_mem(options_.address, reset_register, order);
    if (!done) co_return done;
    bytes[0] = is_copying;
    for (int looks = 0; (bytes[0] & is_copying) != 0; ++looks) {
        if (looks == start_up_looks) co_return std::unexpected{Error::timeout};
        co_await detail::SleepAwaiter{looks == 0 ? start_up_time : std::int64_t{1'000}};
        done = co_await bus_->read_mem(options_.address, status_register, {bytes, 1});
        if (!done) co_return done;
    }
    const std::uint8_t mark[] = {known_mark};
    done = co_await bus_->write_mem(options_.address, configuration_register, mark);
    if (!done) co_return done;
    done = co_await bus_->read_mem(options_.address, first_calibration_register, bytes);
    if (!done) co_return done;
    calibration_.take_first(bytes);
    done = co_await bus_->read_mem(options_.address, second_calibration_register, {bytes, 7});
    if (!done) co_return done;
    calibration_.take_second(std::span{bytes}.first<7>());
    is_ready_ = true;
    co_return done;
}

Coro<Result<Bme280::Reading>> Bme280::read() {
    const auto held = co_await lock_.scoped_lock();
    if ((options_.address & 0xfeU) != 0x76 || options_.temperature == Oversampling::off) co_return std::unexpected{Error::misuse};
    std::uint8_t bytes[12];
    Result<void> done;
    const auto time = measurement_time().count();
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (!is_ready_) done = co_await begin();
        if (!done) co_return std::unexpected{done.error()};
        is_ready_ = false;  // until all goes well
        // Each byte for a register has that register's number in front (datasheet 6.2.1). The humidity's setting counts from the other's on.
        const std::uint8_t order[] = {static_cast<std::uint8_t>(options_.humidity), measurement_control_register,
                                      static_cast<std::uint8_t>(settings() | forced_mode)};
        done = co_await bus_->write_mem(options_.address, humidity_control_register, order);
        if (!done) co_return std::unexpected{done.error()};
        co_await detail::SleepAwaiter{time};
        // A cancelled reading's measurement may be before this one.
        for (auto looks = time / 1'000 + 5;; --looks) {
            done = co_await bus_->read_mem(options_.address, status_register, bytes);  // and all up to the humidity
            if (!done) co_return std::unexpected{done.error()};
            is_ready_ = (bytes[1] & ~mode_bits) == settings() && bytes[2] == known_mark;
            const bool is_over = (bytes[0] & is_measuring) == 0 && (bytes[1] & mode_bits) == 0;
            if (is_ready_ && is_over) co_return reading(std::span{bytes}.last<8>());
            if (!is_ready_) break;  // another one has its place, or it has lost its supply for a moment
            is_ready_ = false;
            if (looks == 0) co_return std::unexpected{Error::timeout};
            co_await detail::SleepAwaiter{1'000};
        }
    }
    co_return std::unexpected{Error::no_acknowledgement};
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
