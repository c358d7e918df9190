// DMA channels: words that are moved as time passes, 125 in a microsecond, or one if a peripheral paces them. Those that PIO paces
// are moved when its FIFOs are ready.

#include <algorithm>
#include <cstring>

#include <uasync/board/dma_port.hpp>
#include <uasync/kernel/loop_timer.hpp>

#include "dma_requests.hpp"

namespace uasync::port {
namespace {

constexpr std::uint32_t words_in_us = 125;

/// A channel, and the timer that stands for its interrupt.
struct Channel : LoopTimer {
    Channel() noexcept : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<Channel&>(timer).fired(); }} {}

    void begin(const DmaTransfer& what) noexcept {
        transfer = what;
        moved = 0;
        is_paced = false;
        begun = now();
        failed = what.from == nullptr || what.to == nullptr;
        if (is_pio_request(what.request) && !failed) {
            is_paced = true;
            return start(begun);  // when it is looked at first
        }
        const Time duration = failed ? 0 : (Time{what.count} + in_us() - 1) / in_us();
        start(begun + duration);
    }
    std::uint32_t in_us() const noexcept { return transfer.request == DmaRequest::always ? words_in_us : 1; }
    std::uint32_t due() const noexcept {
        if (is_paced) return moved;
        return static_cast<std::uint32_t>(std::min<Time>((now() - begun) * in_us(), transfer.count));
    }

    static std::uint32_t offset(bool moves, std::uint32_t bits, std::uint32_t bytes) noexcept {
        if (!moves) return 0;
        return bits == 0 ? bytes : bytes & ((std::uint32_t{1} << bits) - 1);
    }
    std::uint32_t offset_from() const noexcept {
        return offset(transfer.from_moves, transfer.ring_is_to ? 0 : transfer.ring_bits, moved * transfer.size);
    }
    std::uint32_t offset_to() const noexcept {
        return offset(transfer.to_moves, transfer.ring_is_to ? transfer.ring_bits : 0, moved * transfer.size);
    }
    const char* from() const noexcept { return static_cast<const char*>(const_cast<const void*>(transfer.from)) + offset_from(); }
    char* to() const noexcept { return static_cast<char*>(const_cast<void*>(transfer.to)) + offset_to(); }
    /// Moves what is due.
    void move() noexcept {
        if (failed) return;
        for (const std::uint32_t until = due(); moved < until; ++moved) std::memcpy(to(), from(), transfer.size);
    }
    /// Moves what PIO is ready for.
    void move_paced() noexcept {
        for (; is_paced && moved < transfer.count && pio_requests(transfer.request); ++moved) {
            std::uint32_t word = 0;
            if (transfer.from_moves || !transfer.to_moves) std::memcpy(&word, from(), transfer.size);
            pio_move_word(transfer.request, word);
            if (transfer.to_moves) std::memcpy(to(), &word, transfer.size);
        }
        if (is_paced && moved == transfer.count && !running()) start(now());
    }
    void fired() noexcept;

    DmaTransfer transfer{};
    Time begun = 0;
    std::uint32_t moved = 0;
    bool failed = false;
    bool is_paced = false;  ///< by PIO
};
Channel channels[dma_channels];

void Channel::fired() noexcept {
    if (is_paced) move_paced();
    if (is_paced && moved < transfer.count) return;
    is_paced = false;
    move();
    if (failed || !transfer.is_quiet) detail::dma_interrupt(1U << (this - channels));
}

}  // namespace

void dma_open() noexcept {}
void dma_start(unsigned channel, const DmaTransfer& transfer) noexcept { channels[channel].begin(transfer); }
void dma_stop(unsigned channel) noexcept {
    channels[channel].is_paced = false;
    if (!channels[channel].running()) return;
    channels[channel].move();
    channels[channel].stop();
}
void dma_requested(DmaRequest request) noexcept {
    for (Channel& channel : channels) {
        if (channel.is_paced && channel.transfer.request == request) channel.move_paced();
    }
}
std::uint32_t dma_left(unsigned channel) noexcept { return channels[channel].transfer.count - channels[channel].due(); }
bool dma_failed(unsigned channel) noexcept { return channels[channel].failed; }

}  // namespace uasync::port
