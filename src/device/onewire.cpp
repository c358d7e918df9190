#include <uasync/device/onewire.hpp>

#include <uasync/board/pin.hpp>

#include "pulled.hpp"

namespace uasync {
namespace {

/// A cycle is a microsecond. The first word has the number of slots less one in five bits, a bit that is 1 for a reset, and the inverted bits: the pin
/// drives the wire low, or not at all. Answered are the levels that were read, in the highest bits: for a reset that of the devices' presence,
/// and that of the end.
constexpr PioProgram one_wire = asm_pio(R"(
    .program one_wire
    .wrap_target
        pull block              ; waits here, with the wire released
        out y, 5
        out x, 1
        jmp !x slot
        set x, 15
        set pindirs, 1
    low:
        jmp x-- low [30]        ; 497 us, of at least 480
        set pindirs, 0 [31]
        set x, 12 [31]
        nop [3]
        in pins, 1              ; after 68 us: devices pull it low from 60 to 75 us at least
    high:
        jmp x-- high [31]
        in pins, 1              ; after 485 us: all have released it
        jmp done
    slot:
        set pindirs, 1 [4]
        out pindirs, 1 [6]      ; after 5 us a 1 releases it
        in pins, 1 [31]         ; after 12 us, of at most 15
        nop [19]
        set pindirs, 0 [4]      ; after 64 us, of at least 60
        jmp y-- slot
    done:
        push block
    .wrap
)");
constexpr std::uint32_t one_wire_cycles_in_s = 1'000'000;
constexpr std::uint16_t release_wire = asm_pio_encode("set pindirs, 0");

constexpr std::uint32_t one_wire_reset = 1U << 5;
constexpr std::uint32_t wire_was_high = 1U << 30, wire_is_high = 1U << 31;

/// The word that has some slots done. @param bits what is sent, the lowest bit first; 1 to receive @param count 1 to 26
constexpr std::uint32_t one_wire_slots(std::uint32_t bits, unsigned count) noexcept {
    return (count - 1) | (~bits & ~(~std::uint32_t{0} << count)) << 6;
}
/// What the wire did in the slots that a word has done.
constexpr std::uint32_t answered(std::uint32_t word, unsigned count) noexcept { return word >> (32 - count); }

/// What is wrong with a wire after a reset. @param word the machine's
constexpr Error after_reset(std::uint32_t word) noexcept {
    if ((word & wire_is_high) == 0) return Error::bus_stuck;
    return (word & wire_was_high) != 0 ? Error::no_acknowledgement : Error::none;
}

enum RomCommand : std::uint8_t { match_rom = 0x55, skip_rom = 0xcc, search_rom = 0xf0 };

}  // namespace

namespace detail {

OneWireAwaiter::OneWireAwaiter(OneWire& bus, std::uint32_t command) noexcept
    : PioGetAwaiter{bus.machine_.get()}, bus_{&bus}, command_{command} {}

bool OneWireAwaiter::await_suspend(Frame self) noexcept {
    is_refused_ = bus_->running_ != nullptr;
    if (is_refused_) return false;
    if (bus_->machine_) {
        bus_->running_ = this;
        is_running_ = true;
        (void)bus_->machine_.put_nowait(command_);  // both FIFOs are empty while nothing runs
    }
    return PioGetAwaiter::await_suspend(self);
}

Result<std::uint32_t> OneWireAwaiter::await_resume() noexcept {
    if (is_refused_) return std::unexpected{Error::misuse};
    if (is_running_) bus_->running_ = nullptr;
    is_running_ = false;
    return take();
}

void OneWireAwaiter::stop() noexcept {
    bus_->running_ = nullptr;
    Pio& machine = bus_->machine_;
    machine.active(false);
    machine.exec(release_wire);
    machine.restart();
    machine.clear_fifos();
    machine.active(true);
}

Result<void> OneWireResetAwaiter::await_resume() noexcept {
    const Result<std::uint32_t> word = OneWireAwaiter::await_resume();
    const Error error = word ? after_reset(*word) : word.error();
    if (error != Error::none) return std::unexpected{error};
    return {};
}

}  // namespace detail

using detail::OneWireAwaiter;

OneWire::OneWire(unsigned pin) noexcept
    : machine_{one_wire,
               {.freq = one_wire_cycles_in_s,
                .out_base = pin,
                .set_base = pin,
                .in_base = detail::pulled(pin, Pin::pull_up),
                .init_in = 1U << (pin % 32),
                .in_shiftdir = PioShift::right,
                .out_shiftdir = PioShift::right}} {
    machine_.active(true);
}

OneWire::~OneWire() {
    if (running_ != nullptr) running_->is_running_ = false;  // the machine stops with its object
}

detail::OneWireResetAwaiter OneWire::reset() noexcept { return {*this, one_wire_reset}; }

Coro<Result<void>> OneWire::write(std::span<const std::uint8_t> out) { return bytes(out, {}); }
Coro<Result<void>> OneWire::read(std::span<std::uint8_t> into) { return bytes({}, into); }

Coro<Result<void>> OneWire::select_rom(OneWireRom rom) {
    std::uint8_t out[1 + sizeof rom] = {match_rom};
    for (std::size_t i = 0; i < rom.size(); ++i) out[1 + i] = rom[i];
    co_return co_await bytes(out, {});
}

Coro<Result<void>> OneWire::bytes(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) {
    for (std::size_t at = 0; at < out.size() + in.size(); ++at) {
        const bool is_sent = at < out.size();
        const std::uint8_t byte = is_sent ? out[at] : std::uint8_t{0xff};
        const Result<std::uint32_t> word = co_await OneWireAwaiter{*this, one_wire_slots(byte, 8)};
        if (!word) co_return std::unexpected{word.error()};
        const auto got = static_cast<std::uint8_t>(answered(*word, 8));
        if (!is_sent) {
            in[at - out.size()] = got;
        } else if (got != byte) {
            co_return std::unexpected{Error::bus_stuck};
        }
    }
    co_return Result<void>{};
}

// One await of the wire for all steps, as each would have a place of its own in the frame.
Coro<Result<void>> OneWire::transfer(const OneWireRom* rom, std::span<const std::uint8_t> out, std::span<std::uint8_t> into) {
    const auto held = co_await lock_.scoped_lock();
    // Its steps: the reset, the choice, the number, what is sent, what is received.
    const std::size_t number_end = rom != nullptr ? 2 + rom->size() : 2, out_end = number_end + out.size();
    for (std::size_t step = 0; step < out_end + into.size(); ++step) {
        std::uint8_t byte = 0xff;
        if (step == 1) {
            byte = rom != nullptr ? match_rom : skip_rom;
        } else if (step < number_end) {
            byte = step == 0 ? byte : (*rom)[step - 2];
        } else if (step < out_end) {
            byte = out[step - number_end];
        }
        const Result<std::uint32_t> word = co_await OneWireAwaiter{*this, step == 0 ? one_wire_reset : one_wire_slots(byte, 8)};
        Error error = word ? Error::none : word.error();
        if (word && step == 0) error = after_reset(*word);
        if (word && step != 0) {
            const auto got = static_cast<std::uint8_t>(answered(*word, 8));
            if (step >= out_end) {
                into[step - out_end] = got;
            } else if (got != byte) {
                error = Error::bus_stuck;
            }
        }
        if (error != Error::none) co_return std::unexpected{error};
    }
    co_return Result<void>{};
}

// Each pass finds one device (application note 187). All that are left send a bit of their numbers, and its complement. Where both are 0 there are
// devices with either: a pass takes the other way at the last place at which the pass before took that of the zeros.
Coro<Result<std::size_t>> OneWire::scan(std::span<OneWireRom> found) {
    const auto held = co_await lock_.scoped_lock();
    OneWireRom rom{};
    std::size_t count = 0;
    unsigned turn = 64;  // where this pass takes the other way; 64: nowhere
    while (count < found.size()) {
        unsigned next_turn = 64;
        // The reset, the command, and two steps for each bit.
        for (unsigned step = 0; step < 2 + 2 * 64; ++step) {
            const unsigned at = step / 2 - 1;
            const unsigned mask = 1U << at % 8;
            std::uint8_t& byte = rom[at / 8 % 8];
            const bool is_choice = step >= 2 && step % 2 == 1;
            const std::uint32_t sent = is_choice && (byte & mask) == 0 ? 0 : 1;
            const Result<std::uint32_t> word =
                co_await OneWireAwaiter{*this, step == 0   ? one_wire_reset
                                               : step == 1 ? one_wire_slots(search_rom, 8)
                                                           : one_wire_slots(is_choice ? sent : 3, is_choice ? 1 : 2)};
            Error error = word ? Error::none : word.error();
            if (word && step == 0) {
                error = after_reset(*word);
                if (error == Error::no_acknowledgement && count == 0) co_return std::size_t{0};
            } else if (word && step == 1) {
                if (answered(*word, 8) != search_rom) error = Error::bus_stuck;
            } else if (word && is_choice) {
                if (answered(*word, 1) != sent) error = Error::bus_stuck;
            } else if (word) {
                const std::uint32_t bits = answered(*word, 2);  // the bit is the lower one
                const bool was_one = (byte & mask) != 0;
                bool one = bits == 1;
                if (bits == 0) {
                    one = at == turn || (at < turn && was_one);  // at first they are all 0
                    if (!one) next_turn = at;
                }
                // Else devices have come or gone since, or a bit was read wrong, and a device might be found twice.
                const bool is_same = at == turn ? bits == 0 : at > turn || turn == 64 || one == was_one;
                if (!is_same) error = Error::bus_error;
                if (bits == 3) error = Error::no_acknowledgement;
                byte = static_cast<std::uint8_t>(one ? byte | mask : byte & ~mask);
            }
            if (error != Error::none) co_return std::unexpected{error};
        }
        // A wire that is low all the time has a good CRC.
        if (crc8(rom) != 0 || rom[0] == 0) co_return std::unexpected{Error::bus_error};
        found[count++] = rom;
        if (next_turn == 64) break;
        turn = next_turn;
    }
    co_return count;
}

std::uint8_t OneWire::crc8(std::span<const std::uint8_t> bytes) noexcept {
    unsigned crc = 0;
    for (const std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0x8cU : crc >> 1U;
    }
    return static_cast<std::uint8_t>(crc);
}

}  // namespace uasync
