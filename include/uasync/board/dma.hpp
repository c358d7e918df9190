#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <uasync/board/dma_port.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class Dma;

namespace detail {

/// What a channel can move at once.
template <class T>
concept DmaWord = std::is_trivially_copyable_v<T> && (sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4);

/// Where words come from or go to: a buffer, or one variable or register.
struct DmaEnd {
    const volatile void* at;
    std::size_t count;  ///< of words
    std::uint8_t size;  ///< of a word, in bytes
    bool moves;         ///< a buffer; else one place
    bool is_const;
};

template <class T>
constexpr bool is_buffer = requires(T& buffer) { std::span{buffer}; };
/// Whether what was passed is not a temporary; a span may be.
template <class T>
constexpr bool lives_on = std::is_lvalue_reference_v<T> || std::ranges::borrowed_range<T>;

template <class T>
DmaEnd dma_end(T& buffer) noexcept {
    if constexpr (is_buffer<T>) {
        const std::span words{buffer};
        using Element = typename decltype(words)::element_type;
        static_assert(DmaWord<std::remove_cv_t<Element>>,
                      "uasync: DMA moves words of 1, 2 or 4 bytes that can be copied as they are");
        return {words.data(), words.size(), sizeof(Element), true, std::is_const_v<Element>};
    } else {
        static_assert(DmaWord<std::remove_cv_t<T>>,
                      "uasync: DMA moves between buffers, and variables or registers of 1, 2 or 4 bytes");
        return {&buffer, 1, sizeof(T), false, std::is_const_v<T>};
    }
}

/// A transfer. The interrupt tells it of its end.
class DmaAwaiter : DmaUser {
public:
    DmaAwaiter(Dma& dma, const port::DmaTransfer& transfer, Error error) noexcept
        : DmaUser{ended_function}, transfer_{transfer}, dma_{&dma}, error_{error} {}
    DmaAwaiter(DmaAwaiter&& unstarted) noexcept : DmaAwaiter{*unstarted.dma_, unstarted.transfer_, unstarted.error_} {}
    DmaAwaiter& operator=(DmaAwaiter&&) = delete;
    ~DmaAwaiter() {
        if (running_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame self) noexcept;
    Result<void> await_resume() noexcept;

private:
    friend class uasync::Dma;
    static void ended_function(DmaUser& user, bool failed) noexcept;
    void leave() noexcept;

    port::DmaTransfer transfer_;
    Dma* dma_;
    // Set when the wait begins, as until then the awaiter may move.
    TaskLoop* loop_ = nullptr;
    WaitList waiter_;
    bool running_ = false;  ///< written with interrupts masked
    Error error_;
};

}  // namespace detail

/// A channel of the DMA controller, which moves memory while the CPU sleeps or runs other tasks: a word of 8, 16 or 32 bits in each cycle, or
/// each time that a peripheral asks for one.
///
/// The object has the channel for its life. Use one for each thing that goes on at the same time; the chip has 12. On Linux and in the
/// simulation, 125 words are moved in a microsecond, or one if a peripheral paces them.
///
/// @par Use it for
/// Copies of more than about 100 words; and between memory and a peripheral's register, at the peripheral's pace.
/// @par Instead use
/// Spi, which has its own channels; std::copy for a few words.
/// @par Cost
/// 8 bytes. An await takes 10 words of the frame, no allocation, and one interrupt at the end.
/// @par From an interrupt
/// Not allowed. The channel belongs to the core that made it: that one gets the interrupt.
/// @par When cancelled
/// The channel is stopped before the frame goes, which takes some ten cycles; then nothing reads from or writes to the buffers any more. How
/// much had been moved is not told.
/// @par Fairness
/// The controller serves the channels in turns, word by word.
/// @par Errors
/// Error::no_channel if there was no free channel when the object was made, or not that one. Error::bus_error if there is nothing at an
/// address, or nothing that can be written to. Error::misuse if another task waits for the channel, or for buffers that do not fit. A task that waits
/// when the object is destroyed ends with Error::destroyed.
/// @par Source
/// MicroPython's `rp2.DMA`; RP2040 datasheet 2.5, and its erratum E13: a channel's interrupt may come after it was stopped.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
///
/// using namespace uasync;
///
/// Coro<> async_main() {
///     Dma dma;
///     std::uint32_t from[1000], to[1000];
///     const std::uint32_t seven = 7;
///     co_await dma.transfer(from, seven);  // fills it
///     co_await dma.transfer(to, from);
///     print("{} at {} us\n", to[999], ticks_us());
///
///     std::uint32_t level = 0;  // on a board, such as a modulator's register
///     const Result<void> paced = co_await dma.transfer(level, from, {.request = DmaRequest::pwm_wrap});
///     print("{}: {} at {} us\n", paced ? "ok" : to_string(paced.error()), level, ticks_us());
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 7 at 16 us
/// ok: 7 at 1016 us
/// @endcode
class Dma {
public:
    /// How a transfer is done.
    struct Options {
        DmaRequest request = DmaRequest::always;  ///< the peripheral that paces it
        /// How many words; 0: as many as the source has, or if that is one place, the destination. A buffer that has fewer is a ring: after its end
        /// it begins anew. Only one of the two can be, and must have a power of two of bytes, up to 32768, and begin at a multiple of that (`alignas`).
        std::uint32_t count = 0;
    };

    /// Takes a channel that is free.
    Dma() noexcept : channel_{static_cast<std::uint8_t>(detail::claim_dma())} {}
    /// Takes one channel. @param channel its number, 0 to 11
    explicit Dma(unsigned channel) noexcept : channel_{static_cast<std::uint8_t>(detail::claim_dma(channel))} {}
    Dma(const Dma&) = delete;
    Dma& operator=(const Dma&) = delete;
    /// Stops the channel, and gives it back. A task that waits ends with Error::destroyed.
    ~Dma();

    /// Whether it has a channel. @return false if there was none
    explicit operator bool() const noexcept { return channel_ != detail::no_dma_channel; }
    /// The number of the channel. @return 0 to 11; something else if it has none
    unsigned channel() const noexcept { return channel_; }
    /// How many words of the transfer that is under way are still to come: for a ring, where it is. @return 0 if there is no transfer
    std::uint32_t left() const noexcept { return awaiter_ != nullptr ? port::dma_left(channel_) : 0; }

    /// Moves words.
    ///
    /// Each end is a buffer (an array, a `std::array`, a `std::span`, a vector), or a variable or register, which stays the same for all
    /// words. The buffer's elements say how large a word is.
    /// @param to where the words go; it must live until then
    /// @param from where they come from; it must live until then
    /// @return an awaitable; `co_await` gives a Result<void>
    template <class To, class From>
    [[nodiscard("co_await it")]] detail::DmaAwaiter transfer(To&& to, From&& from) noexcept {
        return transfer(std::forward<To>(to), std::forward<From>(from), Options{});
    }
    /// The same with options. @param to where the words go @param from where they come from @param options how
    /// @return an awaitable; `co_await` gives a Result<void>
    template <class To, class From>
    // NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): whether they are temporaries is all that counts
    [[nodiscard("co_await it")]] detail::DmaAwaiter transfer(To&& to, From&& from, Options options) noexcept {
        static_assert(detail::lives_on<To>, "uasync: where the words go must live until the transfer is over: give it a name");
        static_assert(detail::lives_on<From>,
                      "uasync: where the words come from must live until the transfer is over: give it a name");
        return start(detail::dma_end(to), detail::dma_end(from), options);
    }

private:
    friend class detail::DmaAwaiter;

    detail::DmaAwaiter start(const detail::DmaEnd& to, const detail::DmaEnd& from, const Options& options) noexcept;

    // [idle] -- await --> [running] -- interrupt: done, or an error of the bus --> [idle]
    //                         +------- the awaiter is destroyed: stopped --------> [idle]

    detail::DmaAwaiter* awaiter_ = nullptr;
    std::uint8_t channel_;
};

UASYNC_WAITS_FOR(DmaAwaiter, "Dma::transfer");

}  // namespace uasync
