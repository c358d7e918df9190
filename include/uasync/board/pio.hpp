#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <uasync/board/dma.hpp>
#include <uasync/board/pio_port.hpp>
#include <uasync/board/pio_program.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync {

class Pio;

namespace detail {

/// A wait for a machine's FIFO or for a flag, in the list of those of its block and core.
class PioAwaiter {
public:
    PioAwaiter(Pio& pio, unsigned source, const std::uint32_t* words, std::size_t count, Error error = Error::none) noexcept
        : pio_{&pio}, words_{words}, count_{count}, source_{static_cast<std::uint8_t>(source)}, error_{error} {}
    PioAwaiter(PioAwaiter&&) noexcept = default;  // until it waits
    PioAwaiter& operator=(PioAwaiter&&) = delete;
    ~PioAwaiter() {
        if (listed_) [[unlikely]]
            leave();
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(Frame self) noexcept;

protected:
    /// Ends the wait, and takes what it was for. @return the word that a machine has put
    Result<std::uint32_t> take() noexcept;
    /// The same for those that get none. @return its error
    Result<void> end() noexcept;

    std::uint32_t word_ = 0;  ///< what is put, if there are no words elsewhere

private:
    friend class uasync::Pio;
    friend void pio_interrupt(unsigned block) noexcept;
    static void serve(unsigned block) noexcept;
    PioAwaiter** list() const noexcept;
    bool is_put() const noexcept { return (source_ & port::pio_has_room) != 0; }
    bool advance() noexcept;
    void remove() noexcept;
    void leave() noexcept;

    Pio* pio_;
    const std::uint32_t* words_;
    std::size_t count_;
    // Set when the wait begins, as until then the awaiter may move.
    PioAwaiter* next_ = nullptr;
    TaskLoop* loop_ = nullptr;
    WaitList waiter_;
    std::uint8_t source_;
    bool listed_ = false;  ///< written with interrupts masked
    Error error_;
};

class PioPutAwaiter : public PioAwaiter {
public:
    using PioAwaiter::PioAwaiter;
    PioPutAwaiter(Pio& pio, unsigned source, std::uint32_t word) noexcept : PioAwaiter{pio, source, nullptr, 1} { word_ = word; }
    Result<void> await_resume() noexcept { return end(); }
};
class PioGetAwaiter : public PioAwaiter {
public:
    using PioAwaiter::PioAwaiter;
    Result<std::uint32_t> await_resume() noexcept { return take(); }
};
class PioIrqAwaiter : public PioAwaiter {
public:
    using PioAwaiter::PioAwaiter;
    Result<void> await_resume() noexcept { return end(); }
};

}  // namespace detail

/// A state machine of the PIO: a small processor for pins, which runs a program of up to 32 instructions on its own, one in each of its cycles.
///
/// The object has the machine, and room for its program in the memory of the machine's block, for its life. Several machines of a block with
/// the same program share it. The chip has eight machines, four in each of two blocks. On Linux and in the simulation a
/// `sim::StateMachine` plays the program.
///
/// A machine is stopped at first: active() starts it. Its program gets words by put() and gives some to get(); long rows of them go by DMA,
/// with write() and read(). With a flag the program wakes a task that waits in wait_irq().
///
/// @par Use it for
/// Signals that are faster, or whose times are more exact, than a task can be: addressable LEDs, unusual buses, encoders of motors, waves.
/// @par Instead use
/// I2c, Spi, Uart and Pwm, for what these can do; NeoPixel for addressable LEDs.
/// @par Cost
/// 12 bytes, and 72 of flash for the program. A put() or get() that need not wait costs no interrupt. One that waits costs an interrupt each time that
/// the FIFO has room or a word; that takes time for at most eight words, with interrupts masked. An await takes 8 words of the frame, no allocation.
/// @par From an interrupt
/// Not allowed. The machine belongs to the core that made it: that one gets the interrupt.
/// @par When cancelled
/// A cancelled get() or wait_irq() has taken nothing. A cancelled put() gives the machine no more words; those in its FIFO it still gets, and
/// clear_fifos() removes them. A cancelled write() or read() has stopped the DMA channel before the frame goes. The machine goes on running: it
/// stops when the object is destroyed, or by `active(false)`.
/// @par Fairness
/// Tasks that wait for the same FIFO or flag are served first in, first out.
/// @par Errors
/// Error::unavailable if there was no free machine when the object was made, or not that one. Error::no_memory if the instruction memory had no
/// room for the program. Error::misuse for pins that there are not, options out of their range, or a side-set without its pins. Tasks that wait
/// when the object is destroyed end with Error::destroyed. Error::unavailable for a get() whose word was taken by DMA or by clear_fifos() before
/// its task ran. write() and read() have the errors of Dma, too.
/// @par Source
/// MicroPython's `rp2.StateMachine`; RP2040 datasheet 3
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/state_machine.hpp>
///
/// using namespace uasync;
///
/// // Gives back each word with its bits inverted.
/// static constexpr PioProgram invert = asm_pio(R"(
///     .program invert
///         pull
///         mov isr, ~osr
///         push
/// )");
///
/// Coro<> async_main() {
///     Pio machine{invert, {.freq = 1'000'000, .in_base = 2}};
///     machine.active(true);
///     co_await machine.put(5);
///     const Result<std::uint32_t> word = co_await machine.get();
///     if (word) print("{}\n", *word);
/// }
///
/// class Inverter : public sim::StateMachine {  // on a board, the program
/// public:
///     using StateMachine::StateMachine;
///     sim::Duration pull(std::uint32_t word) override {
///         push(~word);
///         return sim::Duration{3};
///     }
/// };
///
/// int main() {
///     Inverter inverter{2};
///     run(async_main());
/// }
/// @endcode
/// @code{.unparsed}
/// 4294967290
/// @endcode
class Pio {
public:
    /// How the machine runs its program.
    using Options = PioOptions;

    /// Takes a machine that is free, if possible in a block that has the program.
    /// @param program what it runs; it must live as long as the machine
    /// @param options how
    UASYNC_DRIVER explicit Pio(const PioProgram& program, const Options& options = {}) noexcept;
    /// Takes one machine. @param number which one: 0 to 3 are those of PIO 0, 4 to 7 those of PIO 1
    /// @param program what it runs; it must live as long as the machine
    /// @param options how
    UASYNC_DRIVER Pio(unsigned number, const PioProgram& program, const Options& options = {}) noexcept;
    Pio(PioProgram&&, const Options& = {}) = delete;            // it would not live long enough
    Pio(unsigned, PioProgram&&, const Options& = {}) = delete;  // likewise
    Pio(const Pio&) = delete;
    Pio& operator=(const Pio&) = delete;
    /// Stops the machine, lets go of its pins, and gives back the machine and the memory. Tasks that wait end with Error::destroyed.
    ~Pio();

    /// Whether it has a machine. @return false if it has none: then each await gives the error that says why
    explicit operator bool() const noexcept { return error_ == Error::none; }
    /// The number of the machine. @return 0 to 7
    unsigned number() const noexcept { return place_.block * port::pio_machines + place_.machine; }

    /// Starts or stops the machine. Its registers stay as they are. @param is_active whether it runs
    void active(bool is_active) noexcept;
    /// Whether it runs. @return false at first
    bool active() const noexcept { return *this && port::pio_active(place_); }
    /// Sets the speed. @param hertz cycles in a second; 0: those of the chip
    void freq(std::uint32_t hertz) noexcept;
    /// The speed. @return hertz, which may differ a little from what was asked for
    std::uint32_t freq() const noexcept { return *this ? port::pio_freq(place_) : 0; }
    /// Has the program begin anew. The FIFOs, X, Y, OSR, the flags and the pins stay as they are. ISR becomes 0, and both shift counters are as at
    /// the start: with `autopull`, the next `out` takes a new word.
    void restart() noexcept;
    /// Has the machine execute an instruction at once, whether it is active or not. If its program has a side-set without `opt`, the pins of that
    /// become 0, as a code of asm_pio_encode() has none. @param instruction its code: asm_pio_encode()
    void exec(std::uint16_t instruction) noexcept;
    /// Empties both FIFOs: what was put, but not taken yet, in either direction.
    void clear_fifos() noexcept;
    /// How many words wait for the program. @return 0 to 4, or 8 if the FIFOs are joined
    unsigned tx_fifo() const noexcept { return *this ? port::pio_tx_fifo(place_) : 0; }
    /// How many words of the program wait for get(). @return 0 to 4, or 8 if the FIFOs are joined
    unsigned rx_fifo() const noexcept { return *this ? port::pio_rx_fifo(place_) : 0; }

    /// Gives the program a word, when its FIFO has room.
    /// @param word the word; with PioShift::left, `out` begins with its highest bit
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::PioPutAwaiter put(std::uint32_t word) noexcept {
        return {*this, port::pio_has_room + place_.machine, word};
    }
    /// Gives the program words, one after the other, by interrupt. For many, write() is better.
    /// @param words what to put; they must live until then
    /// @return an awaitable; `co_await` gives a Result<void> when the last one is in the FIFO
    [[nodiscard("co_await it")]] detail::PioPutAwaiter put(std::span<const std::uint32_t> words) noexcept {
        return {*this, port::pio_has_room + place_.machine, words.data(), words.size()};
    }
    /// Takes a word of the program, when there is one.
    /// @return an awaitable; `co_await` gives a Result<std::uint32_t>
    [[nodiscard("co_await it")]] detail::PioGetAwaiter get() noexcept {
        return {*this, port::pio_has_word + place_.machine, nullptr, 1};
    }
    /// Gives the program a word now. @param word the word @return Error::unavailable if there is no room, or tasks wait for it
    Result<void> put_nowait(std::uint32_t word) noexcept;
    /// Takes a word of the program now. @return it, or Error::unavailable if there is none, or tasks wait for it
    Result<std::uint32_t> get_nowait() noexcept;

    /// Waits until the program raises a flag (`irq 0`), and clears it. A program that stands at `irq wait 0` then goes on. The flags
    /// belong to the block: its other machines may raise them, too. All are cleared when the first machine of a block is made. When a machine is
    /// destroyed, those that its program raises are cleared, except those that the program of another machine of the block raises, too.
    /// @param flag 0 to 3; Error::misuse for others, which interrupt nobody
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::PioIrqAwaiter wait_irq(unsigned flag) noexcept {
        return {*this, port::pio_flag + flag % 4, nullptr, 1, flag < 4 ? Error::none : Error::misuse};
    }
    /// The same with a flag that is counted from the machine's own number (`irq 0 rel`), so that several machines can run the same program.
    /// @param flag 0 to 3
    /// @return an awaitable; `co_await` gives a Result<void>
    [[nodiscard("co_await it")]] detail::PioIrqAwaiter wait_irq_rel(unsigned flag) noexcept {
        return wait_irq(flag < 4 ? (flag + place_.machine) % 4 : flag);
    }

    /// Gives the program words by DMA, at its pace. It is over when the last one is in the FIFO. No other task may put() meanwhile.
    ///
    /// Words of 8 and 16 bits come to the program two or four times in the 32 bits (RP2040 datasheet 2.1.4): use `.pull_thresh`.
    /// @param dma the channel
    /// @param words a buffer of words of 8, 16 or 32 bits; it must live until then
    /// @param count how many, as in Dma::Options: more than the buffer has, if it is a ring
    /// @return an awaitable; `co_await` gives a Result<void>
    template <class Words>
    [[nodiscard("co_await it")]] detail::DmaAwaiter write(Dma& dma, Words&& words, std::uint32_t count = 0) noexcept {
        if (!*this) return {dma, {}, error_};
        return dma.transfer(port::pio_tx_register(place_), std::forward<Words>(words),
                            {.request = request(DmaRequest::pio0_tx), .count = count});
    }
    /// Takes words of the program by DMA. No other task may get() meanwhile.
    /// @param dma the channel
    /// @param words a buffer of words of 8, 16 or 32 bits, where they go; it must live until then
    /// @param count how many, as in Dma::Options: more than the buffer has, if it is a ring
    /// @return an awaitable; `co_await` gives a Result<void> when the last one is in the buffer
    template <class Words>
    [[nodiscard("co_await it")]] detail::DmaAwaiter read(Dma& dma, Words&& words, std::uint32_t count = 0) noexcept {
        if (!*this) return {dma, {}, error_};
        return dma.transfer(std::forward<Words>(words), port::pio_rx_register(place_),
                            {.request = request(DmaRequest::pio0_rx), .count = count});
    }

private:
    friend class detail::PioAwaiter;

    // What a machine is, for its awaiters: the lists of src/board/pio.cpp.
    //
    //   put:  [listed] -- interrupt: the last word is in the FIFO --> the task is woken
    //   get, wait_irq:  [listed] -- interrupt --> [handed]: the task is woken -- it runs --> it takes the word, or clears the flag
    //   any of them -- its task is cancelled --> [listed] without a task: the interrupt does nothing for it
    //   any of them -- the awaiter is destroyed: out of the list --> the next one is looked at

    Error claim(const Options& options, unsigned first, unsigned last) noexcept;
    bool is_mine(unsigned fifo) const noexcept;
    DmaRequest request(DmaRequest first) const noexcept {
        return static_cast<DmaRequest>(static_cast<unsigned>(first) + 8U * place_.block + place_.machine);
    }

    const PioProgram* program_;
    std::uint32_t pins_;  ///< those that it drives
    port::PioPlace place_{};
    Error error_;
};

UASYNC_WAITS_FOR(PioPutAwaiter, "Pio::put");
UASYNC_WAITS_FOR(PioGetAwaiter, "Pio::get");
UASYNC_WAITS_FOR(PioIrqAwaiter, "Pio::wait_irq");

}  // namespace uasync
