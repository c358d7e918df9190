#pragma once
// What the host's DMA channels and PIO know of each other: a channel that PIO paces moves words when a FIFO has them or has room.

#include <cstdint>

#include <uasync/board/dma_port.hpp>

namespace uasync::port {

/// Whether PIO paces a transfer.
constexpr bool is_pio_request(DmaRequest request) noexcept { return request <= DmaRequest{15}; }
/// Whether a FIFO is ready for a word.
bool pio_requests(DmaRequest request) noexcept;
/// A channel puts a word into a FIFO, or takes one.
void pio_move_word(DmaRequest request, std::uint32_t& word) noexcept;
/// A FIFO may be ready.
void dma_requested(DmaRequest request) noexcept;

}  // namespace uasync::port
