#include <uasync/device/neopixel.hpp>

#include <algorithm>
#include <span>

#include <uasync/kernel/port.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync {
namespace {

/// A bit is ten cycles: high for three or six, then low.
constexpr PioProgram ws2812 = asm_pio(R"(
    .program ws2812
    .side_set 1
    .define public T1 3
    .define public T2 3
    .define public T3 4
    .wrap_target
    bitloop:
        out x, 1       side 0 [T3 - 1] ; waits here, with the wire low, for the next pixel
        jmp !x do_zero side 1 [T1 - 1]
        jmp bitloop    side 1 [T2 - 1]
    do_zero:
        nop            side 0 [T2 - 1]
    .wrap
)");
constexpr std::uint32_t cycles_in_s = 8'000'000;

constexpr bool has_white(NeoPixelOrder order) noexcept { return order == NeoPixelOrder::grbw; }

/// The highest bit goes first.
constexpr std::uint32_t word_of(Color color, NeoPixelOrder order) noexcept {
    const bool is_red_first = order == NeoPixelOrder::rgb;
    const std::uint32_t first = is_red_first ? color.red : color.green, second = is_red_first ? color.green : color.red;
    return first << 24U | second << 16U | std::uint32_t{color.blue} << 8U | (has_white(order) ? color.white : 0U);
}

}  // namespace

NeoPixelStrip::Pixel& NeoPixelStrip::Pixel::operator=(Color color) noexcept {
    *word_ = word_of(color, order_);
    return *this;
}

NeoPixelStrip::Pixel::operator Color() const noexcept {
    const auto byte = [word = *word_](unsigned shift) { return static_cast<std::uint8_t>(word >> shift); };
    const bool is_red_first = order_ == NeoPixelOrder::rgb;
    return {byte(is_red_first ? 24 : 16), byte(is_red_first ? 16 : 24), byte(8), byte(0)};
}

NeoPixelStrip::NeoPixelStrip(unsigned pin, std::uint32_t* words, std::size_t size, const NeoPixelOptions& options) noexcept
    : machine_{ws2812,
               {.freq = cycles_in_s,
                .sideset_base = pin,
                .autopull = true,
                .pull_thresh = has_white(options.order) ? 32U : 24U,
                .fifo_join = PioJoin::tx}},
      words_{words},
      size_{size},
      reset_us_{options.reset_us},
      order_{options.order} {
    machine_.active(true);
}

NeoPixelStrip::Pixel NeoPixelStrip::operator[](std::size_t index) noexcept {
    if (index >= size_) port::fatal("a NeoPixel has no pixel with this index");
    return {words_[index], order_};
}

void NeoPixelStrip::fill(Color color) noexcept {
    for (std::uint32_t& word : std::span{words_, size_}) word = word_of(color, order_);
}

Coro<Result<void>> NeoPixelStrip::write() {
    Time until =
        0;  // when its pixels are ready, once they are sent. In a loop, so that there is room in the frame for one wait only
    while (true) {
        // Again and again, as another task may have begun meanwhile.
        for (Time now = port::now(), end = 0; now < (end = until != 0 ? until : ready_at_); now = port::now())
            co_await sleep(std::chrono::microseconds{end - now});
        if (until != 0) co_return Result<void>{};
        // One more, as the clock may be about to tick.
        until = ready_at_ = port::now() + size_ * (has_white(order_) ? 40U : 30U) + reset_us_ + 1;
        const Result<void> sent = co_await machine_.write(dma_, std::span{words_, size_});
        if (!sent) co_return std::unexpected{sent.error()};
        // This task, or the program, may have been late: as many as the FIFO and the shift register have may be still to go.
        const std::size_t left = size_ < 9 ? size_ : 9;
        until = ready_at_ = std::max<Time>(ready_at_, port::now() + left * (has_white(order_) ? 40U : 30U) + reset_us_ + 1);
    }
}

}  // namespace uasync
