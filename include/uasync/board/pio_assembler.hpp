#pragma once
// The instructions and directives of programs for PIO, for board/pio_program.hpp. Sections are those of the RP2040 datasheet.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uasync/board/pio_code.hpp>
#include <uasync/board/pio_reader.hpp>

namespace uasync::detail {

/// Reads the text twice: first for the names, then for the instructions.
class PioAssembler : public PioReader {
public:
    /// @param is_one whether it is one instruction for anywhere in the memory, not a program
    constexpr explicit PioAssembler(std::string_view text, bool is_one = false) noexcept : PioReader{text}, is_one_{is_one} {
        lines();
        if (!has_failed()) {
            const unsigned length = length_;
            begin_again();
            program_ = {};
            length_ = 0;
            has_side_ = has_origin_ = has_wrap_ = has_wrap_target_ = has_program_ = false;
            final_length_ = is_one ? most_instructions : length;
            lines();
        }
        if (!has_failed() && length_ == 0) fail(PioError::no_instructions);
        if (!has_failed() && program_.wrap_target == length_) fail_in(wrap_target_line_, PioError::wrap_misplaced, ".wrap_target");
        program_.length = static_cast<std::uint8_t>(length_);
        if (!has_wrap_) program_.wrap = static_cast<std::uint8_t>(length_ - 1);
    }
    constexpr const PioProgram& program() const noexcept { return program_; }

private:
    static constexpr unsigned most_instructions = 32;

    constexpr void lines() noexcept {
        do {
            skip_blanks();
            if (peek() == '%') {
                skip_code();
            } else {
                line();
            }
            skip_blanks();
            if (!at_end() && peek() != '\n') fail(PioError::text_after_it);
        } while (next_line());
    }
    constexpr void line() noexcept {
        if (take(".")) return directive();
        std::string_view first = word();
        const bool is_public = pio_is(first, "public");
        if (is_public) first = word();
        while (!first.empty() && take(":")) {
            define(first, static_cast<std::int32_t>(length_), true);
            if (take(".")) return directive();
            first = word();
        }
        if (first.empty() && (at_end() || peek() == '\n')) return;
        instruction(first);
    }

    // Directives, 3.3.1 and 3.3.2

    constexpr void directive() noexcept {
        const std::string_view name = word();
        if (pio_is(name, "program")) {
            once(has_program_, name);
            if (word().empty()) fail(PioError::no_name);
        } else if (pio_is(name, "define")) {
            (void)take_word("public");
            const std::string_view symbol = word();
            if (symbol.empty()) fail(PioError::no_name);
            (void)take_unknown();
            const std::int32_t value = expression();
            define(symbol, value, !take_unknown());
        } else if (pio_is(name, "origin")) {
            before_instructions(name);
            once(has_origin_, name);
            program_.origin = static_cast<std::int8_t>(value_within(0, most_instructions - 1));
        } else if (pio_is(name, "side_set")) {
            before_instructions(name);
            once(has_side_, name);
            side_set();
        } else if (pio_is(name, "wrap_target")) {
            once(has_wrap_target_, name);
            program_.wrap_target = static_cast<std::uint8_t>(length_);
            wrap_target_line_ = line_number();
        } else if (pio_is(name, "wrap")) {
            once(has_wrap_, name);
            if (length_ == 0) return fail(PioError::wrap_misplaced, name);
            program_.wrap = static_cast<std::uint8_t>(length_ - 1);
        } else if (pio_is(name, "word")) {
            put(value_within(0, 0xffff));
        } else if (pio_is(name, "pio_version")) {
            if (!take_word("rp2040")) (void)value_within(0, 0);
        } else if (pio_is(name, "lang_opt")) {
            skip_line();
        } else {
            fail(PioError::unknown_directive, name);
        }
    }
    constexpr void once(bool& has, std::string_view name) noexcept {
        if (has) fail(PioError::directive_twice, name);
        has = true;
    }
    constexpr void before_instructions(std::string_view name) noexcept {
        if (length_ != 0) fail(PioError::directive_too_late, name);
    }
    constexpr void side_set() noexcept {
        const unsigned count = value_within(0, 5);
        program_.side_opt = take_word("opt") || take_word("optional");
        program_.side_pindirs = take_word("pindirs");
        program_.side_bits = static_cast<std::uint8_t>(count + (program_.side_opt ? 1U : 0U));
        if (program_.side_bits > 5) fail(PioError::out_of_range, "opt");
    }

    // Instructions, 3.4

    constexpr void instruction(std::string_view name) noexcept {
        if (pio_is(name, "jmp")) return finish(jmp());
        if (pio_is(name, "wait")) return finish(0x2000 | wait());
        if (pio_is(name, "in")) return finish(0x4000 | shift({"pins", "x", "y", "null", "", "", "isr", "osr"}));
        if (pio_is(name, "out")) return finish(0x6000 | shift({"pins", "x", "y", "null", "pindirs", "pc", "isr", "exec"}));
        if (pio_is(name, "push")) return finish(0x8000 | fifo("iffull"));
        if (pio_is(name, "pull")) return finish(0x8080 | fifo("ifempty"));
        if (pio_is(name, "mov")) return finish(0xa000 | mov());
        if (pio_is(name, "irq")) return finish(0xc000 | irq());
        if (pio_is(name, "set")) return finish(0xe000 | set());
        if (pio_is(name, "nop")) return finish(0xa042);  // mov y, y
        fail(PioError::unknown_instruction, name);
    }

    /// Which of some operands comes next; it is a mistake if none does.
    template <std::size_t N>
    constexpr unsigned operand(const std::string_view (&words)[N]) noexcept {
        const unsigned found = take_one_of(words);
        if (found < N) return found;
        fail(PioError::wrong_operand);
        return 0;
    }
    constexpr bool take_not() noexcept { return (take("!") || take("~")); }

    constexpr unsigned jmp() noexcept {
        unsigned condition = 0;
        if (take_not()) {
            condition = unsigned{0x7'31} >> operand({"x", "y", "osre"}) * 4 & 7U;
        } else if (take_word("x")) {
            condition = 2;
            if (take("!=")) {
                condition = 5;
                if (!take_word("y")) fail(PioError::wrong_operand);
            } else if (!take("--")) {
                fail(PioError::wrong_operand, "x");
            }
        } else if (take_word("y")) {
            condition = 4;
            if (!take("--")) fail(PioError::wrong_operand, "y");
        } else if (take_word("pin")) {
            condition = 6;
        }
        (void)take(",");
        return condition << 5U | value_within(0, static_cast<std::int32_t>(final_length_) - 1, PioError::target_outside, true);
    }
    constexpr unsigned wait() noexcept {
        constexpr std::string_view sources[] = {"gpio", "pin", "irq"};
        unsigned polarity = 1, source = take_one_of(sources);
        if (source == 3) {
            polarity = value_within(0, 1);
            source = operand(sources);
        }
        (void)take(",");
        const unsigned index = source == 2 ? flag() : value_within(0, 31);
        return polarity << 7U | source << 5U | index;
    }
    /// IN and OUT.
    constexpr unsigned shift(const std::string_view (&places)[8]) noexcept {
        const unsigned place = operand(places);
        (void)take(",");
        return place << 5U | (value_within(1, 32) & 31U);
    }
    /// PUSH and PULL.
    constexpr unsigned fifo(std::string_view condition) noexcept {
        const unsigned is_conditional = take_word(condition) ? 1U << 6U : 0U;
        if (take_word("noblock")) return is_conditional;
        (void)take_word("block");
        return is_conditional | 1U << 5U;
    }
    constexpr unsigned mov() noexcept {
        const unsigned to = operand({"pins", "x", "y", "", "exec", "pc", "isr", "osr"});
        (void)take(",");
        const unsigned operation = take("::") ? 2U : take_not() ? 1U : 0U;
        return to << 5U | operation << 3U | operand({"pins", "x", "y", "null", "", "status", "isr", "osr"});
    }
    constexpr unsigned irq() noexcept {
        constexpr std::string_view modes[] = {"set", "nowait", "wait", "clear"};
        const unsigned mode = take_one_of(modes);
        return (mode == 2 ? 1U << 5U : mode == 3 ? 1U << 6U : 0U) | flag();
    }
    constexpr unsigned set() noexcept {
        const unsigned to = operand({"pins", "x", "y", "", "pindirs"});
        (void)take(",");
        return to << 5U | value_within(0, 31);
    }
    /// A flag of the block: 0 to 7, or counted from the machine's own.
    constexpr unsigned flag() noexcept {
        const unsigned number = value_within(0, 7);
        return number | (take_word("rel") ? 1U << 4U : 0U);
    }

    /// Side-set and delay, 3.3.3 and 3.5.1, which follow every instruction in either order.
    constexpr void finish(unsigned instruction) noexcept {
        const unsigned delay_bits = 5U - program_.side_bits, values = program_.side_bits - (program_.side_opt ? 1U : 0U);
        bool has_side = false, has_delay = false;
        while (true) {
            if (!has_side && (take_word("side") || take_word("side_set") || take_word("sideset"))) {
                if (!has_side_) return fail(PioError::side_not_declared, "side");
                instruction |= value_within(0, (1 << values) - 1, PioError::side_too_large) << (8U + delay_bits);
                if (program_.side_opt) instruction |= 1U << 12U;
                has_side = true;
            } else if (!has_delay && take("[")) {
                instruction |= value_within(0, (1 << delay_bits) - 1, PioError::delay_too_long, true) << 8U;
                if (!take("]")) fail(PioError::not_closed, "[");
                has_delay = true;
            } else {
                break;
            }
        }
        if (is_second_pass() && has_side_ && !program_.side_opt && !has_side && values != 0) fail(PioError::side_missing);
        put(instruction);
    }
    constexpr void put(unsigned instruction) noexcept {
        if (is_one_ && length_ != 0) return fail(PioError::more_than_one);
        if (length_ == most_instructions) return fail(PioError::too_long);
        program_.code[length_++] = static_cast<std::uint16_t>(instruction);
    }

    PioProgram program_{};
    unsigned length_ = 0, final_length_ = 0, wrap_target_line_ = 0;
    bool is_one_;
    bool has_side_ = false, has_origin_ = false, has_wrap_ = false, has_wrap_target_ = false, has_program_ = false;
};

}  // namespace uasync::detail
