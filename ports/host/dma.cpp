// DMA channels: words that are moved as time passes, 125 in a microsecond, or one if a peripheral paces them.

#include <algorithm>
#include <cstring>

#include <uasync/board/dma_port.hpp>
#include <uasync/kernel/loop_timer.hpp>

namespace uasync::port {
namespace {

constexpr std::uint32_t words_in_us = 125;

/// A channel, and the timer that stands for its interrupt.
struct Channel : LoopTimer {
    Channel() noexcept : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<Channel&>(timer).fired(); }} {}

    void begin(const DmaTransfer& what) noexcept {
        transfer = what;
        moved = 0;
        begun = now();
        failed = what.from == nullptr || what.to == nullptr;
        const Time duration = failed ? 0 : (Time{what.count} + in_us() - 1) / in_us();
        start(begun + duration);
    }
    std::uint32_t in_us() const noexcept { return transfer.request == DmaRequest::always ? words_in_us : 1; }
    std::uint32_t due() const noexcept {
        return static_cast<std::uint32_t>(std::min<Time>((now() - begun) * in_us(), transfer.count));
    }

    static std::size_t offset(bool moves, std::uint32_t bits, std::size_t bytes) noexcept {
        if (!moves) return 0;
        return bits == 0 ? bytes : bytes & ((std::size_t{1} << bits) - 1);
    }
    /// Moves what is due.
    void move() noexcept {
        if (failed) return;
        for (const std::uint32_t until = due(); moved < until; ++moved) {
            const std::size_t bytes = std::size_t{moved} * transfer.size;
            const std::size_t from = offset(transfer.from_moves, transfer.ring_is_to ? 0 : transfer.ring_bits, bytes);
            const std::size_t to = offset(transfer.to_moves, transfer.ring_is_to ? transfer.ring_bits : 0, bytes);
            std::memcpy(static_cast<char*>(const_cast<void*>(transfer.to)) + to,
                        static_cast<const char*>(const_cast<const void*>(transfer.from)) + from, transfer.size);
        }
    }
    void fired() noexcept;

    DmaTransfer transfer{};
    Time begun = 0;
    std::uint32_t moved = 0;
    bool failed = false;
};
Channel channels[dma_channels];

void Channel::fired() noexcept {
    move();
    if (failed || !transfer.is_quiet) detail::dma_interrupt(1U << (this - channels));
}

}  // namespace

void dma_open() noexcept {}
void dma_start(unsigned channel, const DmaTransfer& transfer) noexcept { channels[channel].begin(transfer); }
void dma_stop(unsigned channel) noexcept {
    if (!channels[channel].running()) return;
    channels[channel].move();
    channels[channel].stop();
}
std::uint32_t dma_left(unsigned channel) noexcept { return channels[channel].transfer.count - channels[channel].due(); }
bool dma_failed(unsigned channel) noexcept { return channels[channel].failed; }

}  // namespace uasync::port
