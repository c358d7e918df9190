#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <uasync/board/edge_watch.hpp>
#include <uasync/kernel/port.hpp>
#include <uasync/queue/ring_queue.hpp>

namespace uasync {

/// Which edges an EdgeCounter counts.
enum class Edges : std::uint8_t {
    falling = port::falling,             ///< from 1 to 0
    rising = port::rising,               ///< from 0 to 1
    any = port::falling | port::rising,  ///< both
};

/// An edge that an EdgeCounter has seen.
struct EdgeSeen {
    Time time;  ///< when its interrupt came, in microseconds since the port started
    int level;  ///< the level after it: 0 or 1
};

/// Counts the edges of a pin, and keeps the times of the last ones until a task takes them, also while nobody waits.
///
///     edge: interrupt ----> count() is one more ----> a ring of N ----> next()
///                                                     full: lost() is one more
///
/// It counts from its construction to its destruction, on the core that made it.
///
/// If the pin changes while interrupts are masked or another one runs, the edges wait in the chip, one of each direction. Two then have the same
/// time, in the order that the level tells, and of more than two the others are not counted.
///
/// @par Use it for
/// Flow meters, anemometers, Geiger counters, tachometers; decoders of slow pulses.
/// @par Instead use
/// Pin::wait_for_any_edge() for one edge; Switch for what bounces; Encoder for knobs; Pio for edges that come faster than interrupts.
/// @par Cost
/// 64 bytes on a board, and 8 for each of the N places. On an RP2040 an edge costs 210 cycles, with the way back to sleep: 1.7 us. Up to 500'000 edges a second are
/// counted while nothing else runs; so many leave tasks no time. A program without one pays nothing. Waiting allocates nothing.
/// @par From an interrupt
/// count() and lost() are allowed.
/// @par When cancelled
/// A cancelled next() has taken no edge, even if the task had already been woken.
/// @par Fairness
/// Each edge goes to one task, first in, first out.
/// @par Errors
/// Error::misuse if a task waits for the pin, or another EdgeCounter has it; then nothing is counted. A task that waits for the pin meanwhile ends with it, too. If the
/// ring is full, the newest are counted and not kept. Tasks that wait when it is destroyed end with Error::destroyed.
/// @par Source
/// RP2040 datasheet 2.19.3; MicroPython's `Pin.irq` and `machine.Counter`
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/edge_counter.hpp>
/// #include <uasync/sim.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     EdgeCounter<4> pulses{Pin{15, Pin::in, Pin::pull_up}, Edges::falling};
///     co_await sleep_ms(1000);
///     print("{} pulses, {} of them not kept\n", pulses.count(), pulses.lost());
///     for (int i = 0; i < 2; ++i) {
///         const EdgeSeen pulse = co_await pulses.next();
///         print("one at {} us\n", pulse.time);
///     }
/// }
///
/// int main() {
///     for (int i = 1; i <= 6; ++i) sim::press(15, i * 1200us, 500us);
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 6 pulses, 2 of them not kept
/// one at 1200 us
/// one at 2400 us
/// @endcode
/// @tparam N how many edges it keeps
template <std::size_t N = 16>
class EdgeCounter : detail::EdgeWatch {
    /// The time, and below it the level: the interrupt moves two words, and not four.
    using Ring = RingQueue<std::uint64_t, N>;

public:
    /// Begins to count.
    /// @param pin an input
    /// @param edges which ones
    explicit EdgeCounter(Pin pin, Edges edges = Edges::any) noexcept
        : EdgeWatch{pin.number(), static_cast<std::uint8_t>(edges), edge_came}, counts_{EdgeWatch::start()} {}
    EdgeCounter(const EdgeCounter&) = delete;
    EdgeCounter& operator=(const EdgeCounter&) = delete;
    ~EdgeCounter() { EdgeWatch::stop(); }

    /// Whether it counts. @return false if its pin was another one's
    explicit operator bool() const noexcept { return counts_; }

    /// How many edges have come. It wraps after 2^32. Any interrupt. @return the number since it was made
    std::uint32_t count() const noexcept { return count_.load(std::memory_order_relaxed); }
    /// How many edges next() has missed, because N had not been taken. Any interrupt. @return the number since it was made
    std::uint32_t lost() const noexcept { return ring_.dropped(); }

    class NextAwaiter : public Ring::GetAwaiter {
    public:
        explicit NextAwaiter(EdgeCounter& counter) noexcept : Ring::GetAwaiter{counter.ring_}, counts_{counter.counts_} {}
        NextAwaiter(NextAwaiter&&) noexcept = default;
        NextAwaiter& operator=(NextAwaiter&&) = delete;
        ~NextAwaiter() = default;
        bool await_suspend(Frame self) noexcept {
            if (counts_) return Ring::GetAwaiter::await_suspend(self);
            detail::current_loop().fail(self, Error::misuse);
            return true;
        }
        EdgeSeen await_resume() noexcept { return unpacked(Ring::GetAwaiter::await_resume()); }

    private:
        bool counts_;
    };

    /// Takes the oldest edge that nobody has taken; waits until there is one.
    /// @return an awaitable; `co_await` gives an EdgeSeen
    [[nodiscard("co_await it")]] NextAwaiter next() noexcept { return NextAwaiter{*this}; }
    /// Takes the oldest edge without waiting. @return the edge, or Error::unavailable if there is none
    Result<EdgeSeen> next_nowait() noexcept {
        const Result<std::uint64_t> edge = ring_.get_nowait();
        if (!edge) return std::unexpected{edge.error()};
        return unpacked(*edge);
    }

private:
    static EdgeSeen unpacked(std::uint64_t edge) noexcept { return {edge >> 1U, static_cast<int>(edge & 1U)}; }
    static bool edge_came(EdgeWatch& watch) noexcept {
        auto& self = static_cast<EdgeCounter&>(watch);
        const std::uint8_t edges = self.rearm();
        const std::uint64_t time = port::now() << 1U;
        if (edges == (port::falling | port::rising)) {
            const unsigned level = port::gpio_get(self.pin()) ? 1U : 0U;
            self.note(time | (1U - level));
            self.note(time | level);
        } else if (edges != 0) {
            self.note(time | (edges == port::rising ? 1U : 0U));
        }
        return true;
    }
    void note(std::uint64_t edge) noexcept {
        count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        (void)ring_.put_from_isr(edge);
    }

    Ring ring_;
    std::atomic<std::uint32_t> count_{0};
    bool counts_;
};

UASYNC_WAITS_FOR(EdgeCounter::NextAwaiter, "EdgeCounter::next");

}  // namespace uasync
