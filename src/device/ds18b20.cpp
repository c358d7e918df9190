#include <uasync/device/ds18b20.hpp>

#include <algorithm>
#include <array>

#include <uasync/time/sleep.hpp>

namespace uasync {
namespace {

enum Ds18b20Command : std::uint8_t { convert_temperature = 0x44, write_scratchpad = 0x4e, read_scratchpad = 0xbe };
constexpr std::uint8_t family_of_ds18b20 = 0x28;
/// Limits of an alarm that nobody sets: -42 and 85 degrees, the wrong way round.
constexpr std::uint8_t first_mark = 0xd6, second_mark = 0x55;
constexpr std::uint8_t nobody = 0xff;

/// The converter's bits, as its configuration has them.
constexpr std::uint8_t configuration(unsigned bits) noexcept { return static_cast<std::uint8_t>((bits - 9U) << 5U | 0x1fU); }

/// Hundredths of a degree. @param low @param high of 16ths of a degree @param bits those of the lower ones that are not in use are undefined
constexpr std::int32_t hundredths(unsigned low, unsigned high, unsigned bits) noexcept {
    const auto sixteenths = static_cast<std::int16_t>((high << 8U | low) & ~0U << (12U - bits));
    return (sixteenths * 25 + 2) >> 2;
}
static_assert(hundredths(0x91, 0x01, 12) == 2506 && hundredths(0x5e, 0xff, 12) == -1012 && hundredths(0x97, 0x01, 9) == 2500);

}  // namespace

Ds18b20::Ds18b20(OneWire& bus, const OneWireRom& rom, Options options) noexcept : bus_{&bus}, rom_{rom}, options_{options} {}

Coro<Result<std::int32_t>> Ds18b20::read() {
    const auto held = co_await lock_.scoped_lock();
    const bool is_alone = rom_[0] == 0;
    if (options_.bits - 9U > 3 || (!is_alone && rom_[0] != family_of_ds18b20)) co_return std::unexpected{Error::misuse};
    std::array<std::uint8_t, 9> into;
    std::array<std::uint8_t, 4> out;
    bool was_lost = false;
    Step step = is_ready_ ? Step::measure : Step::set_up;
    is_ready_ = false;  // until all goes well
    while (true) {
        std::size_t sent = 1, received = 0;
        switch (step) {
            case Step::set_up:
                out = {write_scratchpad, first_mark, second_mark, configuration(options_.bits)};
                sent = out.size();
                break;
            case Step::measure:
                out[0] = convert_temperature;
                received = 1;
                break;
            case Step::look:
                out[0] = read_scratchpad;
                received = into.size();
                break;
        }
        const Result<void> done =
            co_await bus_->transfer(is_alone ? nullptr : &rom_, std::span{out}.first(sent), std::span{into}.first(received));
        if (!done) co_return std::unexpected{done.error()};
        if (step == Step::set_up) {
            step = Step::measure;
        } else if (step == Step::measure) {
            // It answers with zeros while it measures, and has a supply of its own.
            if (into[0] == nobody) co_return std::unexpected{Error::no_acknowledgement};
            step = Step::look;
            co_await sleep(measurement_time());
        } else {
            if (std::ranges::all_of(into, [](std::uint8_t byte) { return byte == nobody; })) {
                co_return std::unexpected{Error::no_acknowledgement};
            }
            if (OneWire::crc8(into) != 0) co_return std::unexpected{Error::bus_error};
            if (into[2] == first_mark && into[3] == second_mark && into[4] == configuration(options_.bits)) {
                is_ready_ = true;
                co_return hundredths(into[0], into[1], options_.bits);
            }
            // It has lost its supply since, or another one is in its place.
            if (was_lost) co_return std::unexpected{Error::no_acknowledgement};
            was_lost = true;
            step = Step::set_up;
        }
    }
}

}  // namespace uasync
