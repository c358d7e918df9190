#pragma once

#include <cstdint>
#include <string_view>

namespace uasync {

/// What can be wrong with a program for PIO.
enum class PioError : std::uint8_t {
    none = 0,             ///< nothing
    unknown_instruction,  ///< there is no such instruction
    unknown_directive,    ///< there is no such directive
    unknown_name,         ///< no label and no `.define` has this name
    defined_twice,        ///< there is a label or `.define` of this name already
    too_many_names,       ///< more than 64 labels and names
    no_value,             ///< here should be a number or a name
    no_name,              ///< here should be a name
    wrong_operand,        ///< the instruction has no such source, destination or condition
    text_after_it,        ///< there is more in the line than the instruction or directive takes
    out_of_range,         ///< the number is too small or too large
    target_outside,       ///< the jump leaves the program
    delay_too_long,       ///< the bits that `.side_set` leaves are too few for this delay
    side_too_large,       ///< `.side_set` has too few bits for this value
    side_not_declared,    ///< `side` in a program without `.side_set`
    side_missing,         ///< without `opt`, each instruction needs a `side`
    directive_too_late,   ///< it has to come before the first instruction
    directive_twice,      ///< the program has this directive already
    wrap_misplaced,       ///< `.wrap` comes before all instructions, or `.wrap_target` after them
    not_closed,           ///< a parenthesis, bracket, comment or block without its end
    divided_by_zero,      ///< an expression divides by zero
    too_long,             ///< more than the 32 instructions that there is memory for
    no_instructions,      ///< there is nothing to run
    more_than_one         ///< more than the one instruction that asm_pio_encode() takes
};

/// A few words about a mistake. @param error any of them @return a constant text, never null
constexpr const char* to_string(PioError error) noexcept {
    switch (error) {
        case PioError::none: return "no mistake";
        case PioError::unknown_instruction: return "there is no such instruction";
        case PioError::unknown_directive: return "there is no such directive";
        case PioError::unknown_name: return "no label and no .define has this name";
        case PioError::defined_twice: return "there is a label or .define of this name already";
        case PioError::too_many_names: return "there are more than 64 labels and names";
        case PioError::no_value: return "here should be a number or a name";
        case PioError::no_name: return "here should be a name";
        case PioError::wrong_operand: return "the instruction has no such source, destination or condition";
        case PioError::text_after_it: return "there is more in the line than the instruction or directive takes";
        case PioError::out_of_range: return "the number is too small or too large";
        case PioError::target_outside: return "the jump leaves the program";
        case PioError::delay_too_long: return "the bits that .side_set leaves are too few for this delay";
        case PioError::side_too_large: return ".side_set has too few bits for this value";
        case PioError::side_not_declared: return "side in a program without .side_set";
        case PioError::side_missing: return "without opt, each instruction needs a side";
        case PioError::directive_too_late: return "the directive has to come before the first instruction";
        case PioError::directive_twice: return "the program has this directive already";
        case PioError::wrap_misplaced: return ".wrap comes before all instructions, or .wrap_target after them";
        case PioError::not_closed: return "a parenthesis, bracket, comment or block is not closed";
        case PioError::divided_by_zero: return "an expression divides by zero";
        case PioError::too_long: return "there are more than the 32 instructions that there is memory for";
        case PioError::no_instructions: return "there is no instruction";
        case PioError::more_than_one: return "there is more than one instruction";
    }
    return "unknown mistake";
}

/// A mistake in a program for PIO, and where it is.
struct PioMistake {
    PioError why;           ///< what is wrong
    unsigned line;          ///< in which line of the text; the first is 1
    std::string_view text;  ///< the piece of the text that is meant; it may be empty
};

}  // namespace uasync
