#include <uasync/board/dma.hpp>

#include <algorithm>
#include <bit>

namespace uasync {
namespace detail {
namespace {

/// A bit for each channel that somebody has. Changed in critical sections, as both cores take channels.
constinit std::uint32_t claimed_channels = 0;
/// Who is told of the end of each channel's transfer. Changed with interrupts masked, on the core that has the channel.
constinit DmaUser* channel_users[port::dma_channels] = {};

}  // namespace

unsigned claim_dma(unsigned channel) noexcept {
    {
        const CriticalSection section;
        if (channel >= port::dma_channels || (claimed_channels >> channel & 1U) != 0) return no_dma_channel;
        claimed_channels |= 1U << channel;
    }
    port::dma_open();
    return channel;
}

unsigned claim_dma() noexcept {
    for (unsigned channel = 0; channel < port::dma_channels; ++channel) {
        if (claim_dma(channel) == channel) return channel;
    }
    return no_dma_channel;
}

void release_dma(unsigned channel) noexcept {
    if (channel == no_dma_channel) return;
    const CriticalSection section;
    stop_dma(channel);
    claimed_channels &= ~(1U << channel);
}

void start_dma(unsigned channel, const port::DmaTransfer& transfer, DmaUser& user) noexcept {
    channel_users[channel] = &user;
    port::dma_start(channel, transfer);
}

void stop_dma(unsigned channel) noexcept {
    channel_users[channel] = nullptr;
    port::dma_stop(channel);
}

void dma_interrupt(std::uint32_t ended) noexcept {
    const LocalSection section;
    for (; ended != 0; ended &= ended - 1) {
        const auto channel = static_cast<unsigned>(std::countr_zero(ended));
        // Taken out first, as it may start the channel again.
        DmaUser* const user = std::exchange(channel_users[channel], nullptr);
        if (user != nullptr) user->ended(*user, port::dma_failed(channel));
    }
}

bool DmaAwaiter::await_suspend(Frame self) noexcept {
    if (dma_->channel_ == no_dma_channel) error_ = Error::no_channel;
    if (dma_->awaiter_ != nullptr) error_ = Error::misuse;
    if (error_ != Error::none || transfer_.count == 0) return false;
    loop_ = &current_loop();
    const LocalSection section;
    dma_->awaiter_ = this;
    running_ = true;
    loop_->wait_in_shared(waiter_, self, "Dma::transfer");
    start_dma(dma_->channel_, transfer_, *this);
    return true;
}

Result<void> DmaAwaiter::await_resume() noexcept {
    if (loop_ != nullptr) loop_->current().list = nullptr;  // which is in this frame
    if (error_ != Error::none) return std::unexpected{error_};
    return {};
}

void DmaAwaiter::leave() noexcept {
    const LocalSection section;
    if (!running_) return;  // the interrupt was faster
    stop_dma(dma_->channel_);
    dma_->awaiter_ = nullptr;
}

void DmaAwaiter::ended_function(DmaUser& user, bool failed) noexcept {
    auto& awaiter = static_cast<DmaAwaiter&>(user);
    if (failed) awaiter.error_ = Error::bus_error;
    awaiter.running_ = false;
    awaiter.dma_->awaiter_ = nullptr;
    WaitNode* const task = awaiter.waiter_.front();
    if (task == nullptr) return;  // cancelled, but its task has not had its turn
    awaiter.waiter_ = WaitList{};
    awaiter.loop_->post(*task);
}

}  // namespace detail

namespace {

/// The exponent of a ring's size, or 0 if the buffer cannot be one.
std::uint8_t ring_bits(const detail::DmaEnd& end) noexcept {
    const std::size_t bytes = end.count * end.size;
    const bool can_be =
        std::has_single_bit(bytes) && bytes > 1 && bytes <= 32'768 && reinterpret_cast<std::uintptr_t>(end.at) % bytes == 0;
    return can_be ? static_cast<std::uint8_t>(std::countr_zero(bytes)) : std::uint8_t{0};
}

}  // namespace

detail::DmaAwaiter Dma::start(const detail::DmaEnd& to, const detail::DmaEnd& from, const Options& options) noexcept {
    const auto count = options.count != 0 ? options.count : static_cast<std::uint32_t>(from.moves ? from.count : to.count);
    const bool to_wraps = to.moves && to.count < count, from_wraps = from.moves && from.count < count;
    const std::uint8_t ring = to_wraps ? ring_bits(to) : from_wraps ? ring_bits(from) : std::uint8_t{0};
    // A register takes words that are narrower than it is, and gives them (2.1.4), so the buffer's count.
    const std::uint8_t size = from.moves ? from.size : to.size;
    const bool is_wrong = to.is_const || (to.moves && to.size != size) || (options.count == 0 && to_wraps) ||
                          (to_wraps && from_wraps) || ((to_wraps || from_wraps) && ring == 0);
    const port::DmaTransfer transfer{.from = from.at,
                                     .to = const_cast<volatile void*>(to.at),
                                     .count = count,
                                     .size = size,
                                     .from_moves = from.moves,
                                     .to_moves = to.moves,
                                     .ring_bits = ring,
                                     .ring_is_to = to_wraps,
                                     .is_urgent = false,
                                     .is_quiet = false,
                                     .request = options.request};
    return {*this, transfer, is_wrong ? Error::misuse : Error::none};
}

Dma::~Dma() {
    if (channel_ == detail::no_dma_channel) return;
    const LocalSection section;
    detail::release_dma(channel_);
    if (awaiter_ == nullptr) return;
    awaiter_->running_ = false;
    if (WaitNode* task = awaiter_->waiter_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*task));
}

}  // namespace uasync
