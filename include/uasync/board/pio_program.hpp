#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include <uasync/board/pio_assembler.hpp>
#include <uasync/board/pio_code.hpp>
#include <uasync/board/pio_mistake.hpp>

namespace uasync {

/// Assembles a program for PIO while the C++ program runs. If the text has a mistake, the result is the mistake. For a text that is known before, use
/// asm_pio(), which assembles it when the C++ program is compiled.
/// @par Use it for
/// Tools and tests on a host. On a board it would take kilobytes of flash and half a kilobyte of the stack.
/// @param text the program, in the language of pioasm; it must live as long as a mistake that is looked at
/// @return the program, or the first mistake
constexpr std::expected<PioProgram, PioMistake> assemble_pio(std::string_view text) noexcept {
    const detail::PioAssembler assembler{text};
    if (assembler.mistake().why != PioError::none) return std::unexpected{assembler.mistake()};
    return assembler.program();
}

/// @cond
namespace detail {

/// An array whose subscript, the line, is out of bounds: the compilers say its name and the subscript.
template <PioError why>
inline constexpr char asm_pio_mistake[1] = {};

constexpr char pio_mistake_in_line(unsigned line, PioError why) noexcept {
    switch (why) {
        case PioError::none: return 0;
        case PioError::unknown_instruction: return asm_pio_mistake<PioError::unknown_instruction>[line];
        case PioError::unknown_directive: return asm_pio_mistake<PioError::unknown_directive>[line];
        case PioError::unknown_name: return asm_pio_mistake<PioError::unknown_name>[line];
        case PioError::defined_twice: return asm_pio_mistake<PioError::defined_twice>[line];
        case PioError::too_many_names: return asm_pio_mistake<PioError::too_many_names>[line];
        case PioError::no_value: return asm_pio_mistake<PioError::no_value>[line];
        case PioError::no_name: return asm_pio_mistake<PioError::no_name>[line];
        case PioError::wrong_operand: return asm_pio_mistake<PioError::wrong_operand>[line];
        case PioError::text_after_it: return asm_pio_mistake<PioError::text_after_it>[line];
        case PioError::out_of_range: return asm_pio_mistake<PioError::out_of_range>[line];
        case PioError::target_outside: return asm_pio_mistake<PioError::target_outside>[line];
        case PioError::delay_too_long: return asm_pio_mistake<PioError::delay_too_long>[line];
        case PioError::side_too_large: return asm_pio_mistake<PioError::side_too_large>[line];
        case PioError::side_not_declared: return asm_pio_mistake<PioError::side_not_declared>[line];
        case PioError::side_missing: return asm_pio_mistake<PioError::side_missing>[line];
        case PioError::directive_too_late: return asm_pio_mistake<PioError::directive_too_late>[line];
        case PioError::directive_twice: return asm_pio_mistake<PioError::directive_twice>[line];
        case PioError::wrap_misplaced: return asm_pio_mistake<PioError::wrap_misplaced>[line];
        case PioError::not_closed: return asm_pio_mistake<PioError::not_closed>[line];
        case PioError::divided_by_zero: return asm_pio_mistake<PioError::divided_by_zero>[line];
        case PioError::too_long: return asm_pio_mistake<PioError::too_long>[line];
        case PioError::no_instructions: return asm_pio_mistake<PioError::no_instructions>[line];
        case PioError::more_than_one: return asm_pio_mistake<PioError::more_than_one>[line];
    }
    return 0;
}

}  // namespace detail
/// @endcond

/// Assembles a program for PIO when the C++ program is compiled. The language is that of pioasm (RP2040 datasheet 3.3 and 3.4): `.program`,
/// `.side_set`, `.wrap_target`, `.wrap`, `.define`, `.origin`, `.word`, labels, `jmp`, `wait`, `in`, `out`, `push`, `pull`, `mov`, `irq`, `set`,
/// `nop`, `side`, delays in brackets, expressions, comments. `.lang_opt`, `.pio_version 0` and code for other programs (`% c-sdk { ... %}`) change
/// nothing.
///
/// These are mistakes here: a second program in the same text; `.in`, `.out`, `.set`, `.clock_div`, `.fifo` and `.mov_status`, most of which
/// Pio::Options has instead; the numbers `one` and `zero`; `in status`; and all that the RP2350 alone has, such as `mov pindirs`.
///
/// A mistake is an error of the compiler, whose message names the line in the text and what is wrong, as
/// subscript 3 of an array `asm_pio_mistake<PioError::unknown_instruction>`. The first line is the one in which the text begins.
///
/// @par Use it for
/// The program of a Pio.
/// @par Instead use
/// assemble_pio() for a text that is known only when the program runs, on a host.
/// @par Cost
/// None but the PioProgram, if that is `constexpr`.
/// @par Source
/// MicroPython's `rp2.asm_pio`; RP2040 datasheet 3.3
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/board.hpp>
///
/// using namespace uasync;
///
/// static constexpr PioProgram square_wave = asm_pio(R"(
///     .program square_wave
///     .define half 4
///     again:
///         set pins, 1 [half - 1]
///         set pins, 0 [half - 2]
///         jmp again
/// )");
///
/// int main() {
///     for (unsigned i = 0; i < square_wave.length; ++i) print("{}\n", square_wave.code[i]);
///     const auto wrong = assemble_pio("nop\nset pins, 32");
///     print("line {}: {}: {}\n", wrong.error().line, wrong.error().text, to_string(wrong.error().why));
/// }
/// @endcode
/// @code{.unparsed}
/// 58113
/// 57856
/// 0
/// line 2: 32: the number is too small or too large
/// @endcode
/// @param text the program
/// @return the program, for a Pio
consteval PioProgram asm_pio(std::string_view text) noexcept {
    const detail::PioAssembler assembler{text};
    (void)detail::pio_mistake_in_line(assembler.mistake().line, assembler.mistake().why);
    return assembler.program();
}

/// Assembles one instruction when the C++ program is compiled, for Pio::exec(). It can have a delay, but no `side`. The target of `jmp` is an
/// address of the instruction memory, 0 to 31. More than one instruction is a mistake, as is none.
/// @par Source
/// MicroPython's `rp2.asm_pio_encode`
/// @param text the instruction, such as `set pins, 1`
/// @return its code
consteval std::uint16_t asm_pio_encode(std::string_view text) noexcept {
    const detail::PioAssembler assembler{text, true};
    (void)detail::pio_mistake_in_line(assembler.mistake().line, assembler.mistake().why);
    return assembler.program().code[0];
}

}  // namespace uasync
