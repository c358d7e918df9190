#include <uasync/device/ir.hpp>

#include <uasync/board/pin.hpp>
#include <uasync/time/sleep.hpp>

#include "pulled.hpp"

namespace uasync {
namespace {

/// A cycle is 8 us. Y is what is left of the time for a repeat, or of a frame's bits. The word is a frame; or for a repeat, Y; or for what is
/// damaged or comes too late, less than 32. None of these is a frame, as its two highest bytes are not each other's complement.
constexpr PioProgram ir_receiver = asm_pio(R"(
    .program ir_receiver
    .wrap_target
        set y, 0                ; it is too late for a repeat
    idle:
        set x, 31
    leader:
        jmp pin quiet
        jmp x-- leader [25]     ; 6.9 ms low, of 9
        wait 1 pin 0
        set x, 31
    gap:
        jmp pin gap_goes_on
        jmp report              ; a repeat: 2.25 ms high
    gap_goes_on:
        jmp x-- gap [11]        ; 3.3 ms
        set y, 31
        set x, 31
    frame:
        jmp pin frame_waits
        jmp bit                 ; a frame: 4.5 ms
    frame_waits:
        jmp x-- frame [7]       ; 5.6 ms
        jmp report
    bit:
        wait 1 pin 0
        set x, 27
    zero:
        jmp pin zero_goes_on
        in null, 1              ; 0.56 ms
        jmp next
    zero_goes_on:
        jmp x-- zero [3]        ; 1.1 ms; then X is all ones
        in x, 1
        set x, 31
    one:
        jmp pin one_goes_on     ; 1.69 ms
    next:
        jmp y-- bit
        jmp tell
    one_goes_on:
        jmp x-- one [3]         ; 2.4 ms
    report:
        mov isr, y
    tell:
        push noblock
        mov y, osr
    quiet:
        jmp y-- idle            ; three cycles
    .wrap
)");
constexpr std::uint32_t ir_receiver_cycles_in_s = 125'000;
constexpr std::uint32_t ir_pause_steps = 150'000 / (3 * 8), ir_late = 32;

/// Each bit is a unit of 562.5 us: 21 periods of the carrier, and as long again as their rest; or as much silence.
constexpr PioProgram ir_sender = asm_pio(R"(
    .program ir_sender
        out y, 1
        set x, 20 [2]
    burst:
        mov pins, y [3]         ; a third of twelve cycles
        mov pins, null [6]
        jmp x-- burst
)");
constexpr std::uint32_t ir_sender_cycles_in_s = 12 * 38'000;
constexpr Time ir_period_us = 108'000;
/// Sixteen units on, four off, one on: the lowest bit is sent first.
constexpr std::uint32_t ir_repeat = 0x0010'ffff;

constexpr bool are_complements(std::uint32_t word, unsigned shift) noexcept {
    return ((word ^ word >> 8U) >> shift & 0xffU) == 0xffU;
}

/// A frame in units, of which no more than 137 are needed.
struct IrFrame {
    explicit IrFrame(const IrCode& code) noexcept {
        const std::uint32_t low = code.address & 0xffU, high = code.address > 0xffU ? code.address >> 8U : low ^ 0xffU;
        const std::uint32_t command = code.command, bits = low | high << 8U | command << 16U | (command ^ 0xffU) << 24U;
        for (unsigned i = 0; i < 16; ++i) mark(i);
        unsigned unit = 16 + 8;
        for (unsigned i = 0; i < 32; ++i) {
            mark(unit);
            unit += (bits >> i & 1U) != 0 ? 4 : 2;
        }
        mark(unit);
    }
    void mark(unsigned unit) noexcept { words[unit / 32] |= 1U << unit % 32; }

    std::uint32_t words[5] = {};
};

Result<void> begin_frame(Pio& machine, const IrCode& code) noexcept {
    for (const std::uint32_t word : IrFrame{code}.words) {
        const Result<void> sent = machine.put_nowait(word);  // there is room for eight
        if (!sent) return sent;
    }
    return {};
}

}  // namespace

IrReceiver::IrReceiver(unsigned pin) noexcept
    : machine_{ir_receiver,
               {.freq = ir_receiver_cycles_in_s,
                .in_base = detail::pulled(pin, Pin::pull_up),
                .jmp_pin = pin,
                .init_in = 1U << (pin % 32),
                .in_shiftdir = PioShift::right}} {
    (void)machine_.put_nowait(ir_pause_steps);
    machine_.exec(asm_pio_encode("pull"));  // it stays in OSR
    machine_.active(true);
}

Coro<Result<IrCode>> IrReceiver::next() {
    while (true) {
        const Result<std::uint32_t> word = co_await machine_.get();
        if (!word) co_return std::unexpected{word.error()};
        if ((gaps_ & 1U) != 0) is_known_ = false;
        const unsigned gap_after_three = machine_.rx_fifo() >= 3 ? 1U << 3 : 0U;  // it was full, so words may have been lost
        gaps_ = static_cast<std::uint8_t>(gaps_ >> 1U | gap_after_three);
        const bool is_frame = are_complements(*word, 16), is_repeat = *word >= ir_late && *word <= ir_pause_steps;
        if (is_frame) {
            const bool is_short = are_complements(*word, 0);
            last_ = {.address = static_cast<std::uint16_t>(*word & (is_short ? 0xffU : 0xffffU)),
                     .command = static_cast<std::uint8_t>(*word >> 16U)};
        } else {
            last_.is_repeat = true;
        }
        is_known_ = is_frame || (is_repeat && is_known_);
        if (is_known_) co_return last_;
        ++damaged_;
    }
}

IrSender::IrSender(unsigned pin) noexcept
    : machine_{ir_sender,
               {.freq = ir_sender_cycles_in_s,
                .out_base = pin,
                .out_shiftdir = PioShift::right,
                .autopull = true,
                .fifo_join = PioJoin::tx}} {
    machine_.active(true);
}

Coro<Result<void>> IrSender::send(IrCode code, std::chrono::milliseconds held) {
    const auto lock = co_await lock_.scoped_lock();
    while (port::now() < ready_at_) co_await sleep(std::chrono::microseconds{ready_at_ - port::now()});
    const Time start = port::now();
    const Result<void> begun = begin_frame(machine_, code);
    if (!begun) co_return begun;
    while (true) {
        ready_at_ = port::now() + ir_period_us;
        co_await sleep(std::chrono::microseconds{ready_at_ - port::now()});
        if (std::chrono::microseconds{ready_at_ - start} > held) co_return Result<void>{};
        (void)machine_.put_nowait(ir_repeat);
    }
}

}  // namespace uasync
