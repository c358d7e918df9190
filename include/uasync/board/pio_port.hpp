#pragma once
// The port contract of board/pio.hpp, for authors of ports

#include <cstdint>

#include <uasync/board/pio_code.hpp>
#include <uasync/config.hpp>

namespace uasync {

/// Where the first bit of a shift register comes from or goes to (RP2040 datasheet 3.5.3).
enum class PioShift : std::uint8_t {
    left,  ///< `out` gives the highest bits first; what `in` brings comes in at the lowest
    right  ///< `out` gives the lowest bits first; what `in` brings comes in at the highest
};

/// What a machine's two FIFOs of four words are used for (RP2040 datasheet 3.5.6.2).
enum class PioJoin : std::uint8_t {
    none,  ///< four words each way
    tx,    ///< eight words to the program, none from it
    rx     ///< eight words from the program, none to it
};

/// How a state machine runs its program.
///
/// The machine drives the pins of `out`, `set` and the side-set. What it reads need not be its own: make a `Pin` of it for a pull-up.
struct PioOptions {
    /// What stands for no pin.
    static constexpr unsigned no_pin = 0xff;

    std::uint32_t freq = 0;                  ///< cycles in a second, 1908 up to the clock of the chip, 125 MHz; 0: that
    unsigned out_base = no_pin;              ///< first pin of `out` and `mov`
    unsigned out_count = 1;                  ///< how many they are
    unsigned set_base = no_pin;              ///< first pin of `set`
    unsigned set_count = 1;                  ///< how many they are, up to 5
    unsigned in_base = no_pin;               ///< first pin of `in`, `wait` and `mov`
    unsigned sideset_base = no_pin;          ///< first pin of `side`; the program says how many they are
    unsigned jmp_pin = no_pin;               ///< the pin of `jmp pin`
    std::uint32_t init_high = 0;             ///< a bit for each pin of the chip that begins high; else low
    std::uint32_t init_in = 0;               ///< a bit for each pin of the chip that begins as an input; else an output
    PioShift in_shiftdir = PioShift::left;   ///< direction of `in`
    PioShift out_shiftdir = PioShift::left;  ///< direction of `out`
    bool autopush = false;                   ///< whether `in` pushes when it has `push_thresh` bits
    bool autopull = false;                   ///< whether `out` pulls when `pull_thresh` bits are gone
    unsigned push_thresh = 32;               ///< bits of a word that goes to the FIFO by itself, 1 to 32
    unsigned pull_thresh = 32;               ///< bits of a word that comes from the FIFO by itself, 1 to 32
    PioJoin fifo_join = PioJoin::none;       ///< what the FIFOs are used for
};

namespace port {

/// How many blocks there are.
inline constexpr unsigned pio_blocks = 2;
/// How many machines each has.
inline constexpr unsigned pio_machines = 4;
/// How many instructions fit the memory of each.
inline constexpr unsigned pio_memory = 32;

/// A machine, and where its program is. The driver keeps it.
struct PioPlace {
    std::uint8_t block;    ///< 0 or 1
    std::uint8_t machine;  ///< 0 to 3
    std::uint8_t offset;   ///< where the program begins in the block's memory
};

/// The divider of a clock for a machine (RP2040 datasheet 3.5.5), the nearest that there is.
/// @param clock in hertz, below 2^31 @param freq in hertz; 0: the clock @return 256ths, 256 to 2^24
constexpr std::uint32_t pio_divider(std::uint32_t clock, std::uint32_t freq) noexcept {
    if (freq == 0 || freq >= clock) return 256;
    std::uint32_t quotient = clock / freq, rest = clock % freq;
    if (quotient >= 65'536) return 65'536 * 256;
    for (int bit = 0; bit < 8; ++bit) {  // as a division of 64 bits would be a kilobyte
        quotient *= 2;
        rest *= 2;
        if (rest < freq) continue;
        rest -= freq;
        ++quotient;
    }
    return quotient + (rest * 2 >= freq ? 1 : 0);
}
/// What a divider makes of a clock. @param clock in hertz @param divider in 256ths @return hertz
constexpr std::uint32_t pio_divided(std::uint32_t clock, std::uint32_t divider) noexcept {
    return clock / divider * 256 + clock % divider * 256 / divider;
}

/// Pins that a machine with a program drives. @param program what it runs @param options its pins @return a bit for each
constexpr std::uint32_t pio_driven_pins(const PioProgram& program, const PioOptions& options) noexcept {
    const auto pins = [](unsigned base, unsigned count) {
        return base >= 30 || count == 0 || count > 30 ? 0U : ~std::uint32_t{0} >> (32 - count) << base;
    };
    const unsigned side = program.side_bits - (program.side_opt ? 1U : 0U);
    return pins(options.out_base, options.out_count) | pins(options.set_base, options.set_count) | pins(options.sideset_base, side);
}

/// Numbers of what a task may wait for, bits of an interrupt (RP2040 datasheet 3.7, INTR): that the FIFO from a machine has a word. The machine's
/// number is added.
inline constexpr unsigned pio_has_word = 0;
/// That the FIFO to a machine has room. The machine's number is added.
inline constexpr unsigned pio_has_room = 4;
/// That a flag is raised. The flag's number is added, 0 to 3.
inline constexpr unsigned pio_flag = 8;

/// Writes a program into the memory, if nobody has, and sets up a stopped machine with empty FIFOs at the program's beginning. Flags stay. Its interrupts call `uasync::detail::pio_interrupt()` on this core. In a critical section.
/// @param place the machine @param program what it runs @param options how @param is_loaded whether the program is there
void pio_open(const PioPlace& place, const PioProgram& program, const PioOptions& options, bool is_loaded) noexcept;
/// Stops a machine, and lets go of its pins. In a critical section. @param place the machine @param pins a bit for each
void pio_close(const PioPlace& place, std::uint32_t pins) noexcept;

/// Sets the speed. @param place the machine @param freq in hertz; 0: that of the clock
void pio_set_freq(const PioPlace& place, std::uint32_t freq) noexcept;
/// What the speed is. @param place the machine @return hertz
std::uint32_t pio_freq(const PioPlace& place) noexcept;
/// Starts or stops a machine. @param place the machine @param is_active whether it runs
void pio_set_active(const PioPlace& place, bool is_active) noexcept;
/// Whether it runs. @param place the machine @return true if it does
bool pio_active(const PioPlace& place) noexcept;
/// Has it begin anew: shift counters, ISR, delays and stalls are forgotten. Its pins stay as they are. @param place the machine
void pio_restart(const PioPlace& place) noexcept;
/// Has it execute an instruction at once. @param place the machine @param instruction its code
void pio_exec(const PioPlace& place, std::uint16_t instruction) noexcept;
/// Empties the FIFOs. @param place the machine
void pio_clear_fifos(const PioPlace& place) noexcept;
/// How many words are on the way to the program. @param place the machine @return 0 to 8
unsigned pio_tx_fifo(const PioPlace& place) noexcept;
/// How many words from it have not been taken. @param place the machine @return 0 to 8
unsigned pio_rx_fifo(const PioPlace& place) noexcept;

/// Gives it a word; there is room. Any context. @param place the machine @param word the word
void pio_put(const PioPlace& place, std::uint32_t word) noexcept;
/// Takes a word; there is one. Any context. @param place the machine @return the word
std::uint32_t pio_get(const PioPlace& place) noexcept;
/// Where DMA writes words for it. @param place the machine @return a register
volatile std::uint32_t& pio_tx_register(const PioPlace& place) noexcept;
/// Where DMA reads words from it. @param place the machine @return a register
volatile std::uint32_t& pio_rx_register(const PioPlace& place) noexcept;

/// Whether what a task waits for is so. Any context. @param block 0 or 1 @param source one of the numbers above @return true if it is
bool pio_ready(unsigned block, unsigned source) noexcept;
/// Clears flags. Any context. @param block 0 or 1 @param flags a bit for each, 0 to 7
void pio_clear_flags(unsigned block, std::uint32_t flags) noexcept;
/// From now on the block interrupts this core while one of some sources is ready, and for nothing else. Interrupts masked.
/// @param block 0 or 1 @param sources a bit for each
void pio_arm(unsigned block, std::uint32_t sources) noexcept;
/// Which of the lines to the cores is that of this core. @return 0 or 1
unsigned pio_line() noexcept;

}  // namespace port

namespace detail {
/// Called by the port in the interrupt of a block. Defined with `Pio`. @param block 0 or 1
void pio_interrupt(unsigned block) noexcept;
}  // namespace detail

}  // namespace uasync
