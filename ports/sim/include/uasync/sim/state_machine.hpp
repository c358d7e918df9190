#pragma once

#include <cstdint>
#include <vector>

#include <uasync/sim.hpp>

namespace uasync::sim {

/// Plays the program of a state machine of the PIO, from its construction to its destruction: of each Pio that has a certain pin as the first one
/// of `out`, `set`, `in` or the side-set.
///
/// Override pull() for a program that does something with its words. Words that nobody plays are taken, one in a microsecond.
///
/// @par Use it for
/// Tests of what talks to a Pio.
/// @par Instead use
/// The emulator for the program itself, and for the times at its pins.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
/// #include <uasync/sim/state_machine.hpp>
///
/// using namespace uasync;
///
/// static constexpr PioProgram shift_out = asm_pio("out pins, 1");
///
/// Coro<> async_main() {
///     Pio machine{shift_out, {.out_base = 2, .autopull = true}};
///     machine.active(true);
///     const std::uint32_t words[] = {1, 2, 3};
///     co_await machine.put(words);
///     co_await sleep_ms(1);  // until the program has pulled them
/// }
///
/// int main() {
///     sim::StateMachine program{2};
///     run(async_main());
///     print("{} words\n", program.received.size());
/// }
/// @endcode
/// @code{.unparsed}
/// 3 words
/// @endcode
class StateMachine {
public:
    /// Plays the programs of machines with a pin. @param pin the first one of `out`, `set`, `in` or the side-set
    explicit StateMachine(unsigned pin);
    StateMachine(const StateMachine&) = delete;
    StateMachine& operator=(const StateMachine&) = delete;
    /// From now on nobody plays them.
    virtual ~StateMachine();

    /// The program pulls a word: by default it is noted.
    /// @param word what was put
    /// @return how long the program is busy with it, until it pulls the next one
    virtual Duration pull(std::uint32_t word);
    /// The program pushes a word. @param word what get() shall give
    /// @return false if the FIFO is full, or there is no machine
    bool push(std::uint32_t word);
    /// The program raises a flag. @param flag 0 to 7
    void irq(unsigned flag);
    /// Whether a flag is raised, as for a program that waits until it is not. @param flag 0 to 7 @return false also if there is no machine
    bool irq_is_set(unsigned flag) const;

    /// The words that it has pulled, unless pull() is overridden.
    std::vector<std::uint32_t> received;
    /// What Pio::exec() had it execute.
    std::vector<std::uint16_t> executed;

private:
    friend StateMachine* first_state_machine() noexcept;
    friend StateMachine* next_state_machine(const StateMachine& machine) noexcept { return machine.next_; }
    friend unsigned pin_of_state_machine(const StateMachine& machine) noexcept { return machine.pin_; }
    StateMachine* next_;
    unsigned pin_;
};

}  // namespace uasync::sim
