#pragma once
// The words, numbers and expressions of an assembler's text for PIO, for board/pio_program.hpp

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uasync/board/pio_mistake.hpp>

namespace uasync::detail {

constexpr bool pio_is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool pio_is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char pio_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether a word of the text is a word of the language, whose case does not matter.
constexpr bool pio_is(std::string_view word, std::string_view wanted) noexcept {
    if (word.size() != wanted.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (pio_lower(word[i]) != wanted[i]) return false;
    }
    return true;
}

/// Reads a text piece by piece. After the first mistake nothing is left of it.
class PioReader {
public:
    constexpr explicit PioReader(std::string_view text) noexcept : text_{text} {}

    constexpr const PioMistake& mistake() const noexcept { return mistake_; }

protected:
    struct Symbol {
        std::string_view name;
        std::int32_t value;
        bool is_known;  ///< else it is made of what comes later
    };

    constexpr void begin_again() noexcept {
        at_ = 0;
        line_ = 1;
        is_second_pass_ = true;
    }

    constexpr bool is_second_pass() const noexcept { return is_second_pass_; }
    /// Notes the first mistake. @param what the piece of the text that is meant
    constexpr void fail(PioError why, std::string_view what = {}) noexcept {
        if (mistake_.why != PioError::none) return;
        if (what.empty()) what = rest_of_word();
        mistake_ = {why, line_, what};
        at_ = text_.size();
    }
    /// The same of an earlier line. @param line its number
    constexpr void fail_in(unsigned line, PioError why, std::string_view what) noexcept {
        if (!has_failed()) line_ = line;
        fail(why, what);
    }
    constexpr unsigned line_number() const noexcept { return line_; }
    constexpr bool has_failed() const noexcept { return mistake_.why != PioError::none; }

    constexpr char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    constexpr bool at_end() const noexcept { return at_ >= text_.size(); }

    /// Goes on to the next piece of this line.
    constexpr void skip_blanks() noexcept {
        while (!at_end()) {
            const char c = peek();
            if (c == ' ' || c == '\t' || c == '\r') {
                ++at_;
            } else if (c == ';' || (c == '/' && peek(1) == '/')) {
                skip_line();
            } else if (c == '/' && peek(1) == '*') {
                skip_comment();
            } else {
                return;
            }
        }
    }
    constexpr void skip_line() noexcept {
        while (!at_end() && peek() != '\n') ++at_;
    }
    /// Code for another program, `% c-sdk { ... %}`, up to its end.
    constexpr void skip_code() noexcept {
        const unsigned begin = line_;
        do {
            skip_line();
            next_line();
            skip_spaces();
            if (at_end()) {
                line_ = begin;
                return fail(PioError::not_closed, "%");
            }
        } while (peek() != '%' || peek(1) != '}');
        at_ += 2;
    }
    /// Goes on to the next line. @return false if there is none
    constexpr bool next_line() noexcept {
        if (at_end()) return false;
        if (peek() == '\n') {
            ++at_;
            ++line_;
        }
        return true;
    }

    /// Takes a sign, if it is the next piece. @return whether it was
    constexpr bool take(std::string_view sign) noexcept {
        skip_blanks();
        if (!piece(at_, text_.size()).starts_with(sign)) return false;
        at_ += sign.size();
        return true;
    }
    /// Takes a word. @return it, or nothing if the next piece is none
    constexpr std::string_view word() noexcept {
        skip_blanks();
        const std::string_view found = pio_is_letter(peek()) ? rest_of_word() : std::string_view{};
        at_ += found.size();
        return found;
    }
    /// Takes a word of the language, if it is the next piece. @return whether it was
    constexpr bool take_word(std::string_view wanted) noexcept {
        skip_blanks();
        if (!pio_is(rest_of_word(), wanted)) return false;
        at_ += wanted.size();
        return true;
    }
    /// Which of some words is next. @return its index; else nothing is taken, and it is their number
    template <std::size_t N>
    constexpr unsigned take_one_of(const std::string_view (&words)[N]) noexcept {
        for (unsigned i = 0; i < N; ++i) {
            if (!words[i].empty() && take_word(words[i])) return i;
        }
        return N;
    }
    /// What the next piece is, for a mistake.
    constexpr std::string_view rest_of_word() const noexcept {
        std::size_t end = at_;
        while (end < text_.size() && (pio_is_letter(text_[end]) || pio_is_digit(text_[end]))) ++end;
        if (end == at_ && end < text_.size() && text_[end] != '\n') ++end;
        return piece(at_, end);
    }

    /// Gives a name a value. In the second pass it has one.
    constexpr void define(std::string_view name, std::int32_t value, bool is_known) noexcept {
        Symbol* const symbol = find(name);
        if (symbol != nullptr) {
            if (!is_second_pass_) return fail(PioError::defined_twice, name);
            symbol->value = value;
            symbol->is_known = is_known;
            return;
        }
        if (symbol_count_ == most_symbols) return fail(PioError::too_many_names, name);
        symbols_[symbol_count_++] = {name, value, is_known};
    }

    /// A number, a name or something in parentheses.
    constexpr std::int32_t value() noexcept {
        skip_blanks();
        if (pio_is_digit(peek())) return number();
        if (take("(")) {
            const std::int32_t inner = expression();
            if (!take(")")) fail(PioError::not_closed, "(");
            return inner;
        }
        const std::string_view name = word();
        if (name.empty()) fail(PioError::no_value);
        const Symbol* const symbol = find(name);
        if (symbol != nullptr && symbol->is_known) return symbol->value;
        is_unknown_ = true;
        if (is_second_pass_) fail(PioError::unknown_name, name);
        return 0;
    }
    /// A value, or several with operators between them. As in pioasm, & | ^ bind more than * and /, these more than + and -, and these more than
    /// << and >>.
    constexpr std::int32_t expression() noexcept {
        std::int32_t result = sum();
        while (true) {
            const bool is_left = take("<<");
            if (!is_left && !take(">>")) return result;
            const std::int32_t by = sum();
            if ((by < 0 || by > 31) && is_second_pass_) fail(PioError::out_of_range);
            const auto bits = static_cast<unsigned>(by) & 31U;
            result = is_left ? static_cast<std::int32_t>(static_cast<std::uint32_t>(result) << bits) : result >> bits;
        }
    }
    /// A value within limits. @param is_expression whether operators need no parentheses
    constexpr unsigned value_within(std::int32_t least, std::int32_t most, PioError why = PioError::out_of_range,
                                    bool is_expression = false) noexcept {
        skip_blanks();
        const std::size_t begin = at_;
        const std::int32_t found = is_expression ? expression() : value();
        if (!is_second_pass_) return static_cast<unsigned>(least);
        if (!has_failed() && (found < least || found > most)) fail(why, piece(begin, at_));
        return static_cast<unsigned>(found);
    }
    /// Whether what was evaluated since the last call is made of names that have no value yet.
    constexpr bool take_unknown() noexcept {
        const bool was = is_unknown_;
        is_unknown_ = false;
        return was;
    }

private:
    /// A part of the text. Not substr(), which throws.
    constexpr std::string_view piece(std::size_t begin, std::size_t end) const noexcept {
        return {text_.data() + begin, end - begin};
    }
    static constexpr std::size_t most_symbols = 64;

    constexpr void skip_spaces() noexcept {
        while (peek() == ' ' || peek() == '\t') ++at_;
    }
    constexpr void skip_comment() noexcept {
        const unsigned begin = line_;
        at_ += 2;
        while (peek() != '*' || peek(1) != '/') {
            if (at_end()) {
                line_ = begin;
                return fail(PioError::not_closed, "/*");
            }
            if (peek() == '\n') ++line_;
            ++at_;
        }
        at_ += 2;
    }
    constexpr Symbol* find(std::string_view name) noexcept {
        for (std::size_t i = 0; i < symbol_count_; ++i) {
            if (symbols_[i].name == name) return &symbols_[i];
        }
        return nullptr;
    }
    static constexpr std::int32_t wrapped(std::int64_t value) noexcept {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(value)));
    }
    static constexpr std::int32_t reversed(std::int32_t value) noexcept {
        auto left = static_cast<std::uint32_t>(value);
        std::uint32_t result = 0;
        for (int i = 0; i < 32; ++i, left >>= 1U) result = result << 1U | (left & 1U);
        return static_cast<std::int32_t>(result);
    }

    constexpr std::int32_t number() noexcept {
        const std::string_view text = rest_of_word();
        std::string_view digits = text;
        at_ += text.size();
        const bool is_hexadecimal = text.size() > 2 && text[0] == '0' && pio_lower(text[1]) == 'x';
        const bool is_binary = text.size() > 2 && text[0] == '0' && pio_lower(text[1]) == 'b';
        const unsigned base = is_hexadecimal ? 16 : is_binary ? 2 : 10;
        if (base != 10) digits.remove_prefix(2);
        std::uint64_t result = 0;
        for (const char c : digits) {
            const char lower = pio_lower(c);
            const auto digit = static_cast<unsigned>(pio_is_digit(c)                ? c - '0'
                                                     : pio_is_letter(c) && c != '_' ? lower - 'a' + 10
                                                                                    : 99);
            if (digit >= base) fail(PioError::no_value, text);
            if (has_failed()) return 0;
            result = result * base + digit;
            if (result > 0xffff'ffffU) fail(PioError::out_of_range, text);
        }
        return wrapped(static_cast<std::int64_t>(result));
    }
    constexpr std::int32_t sum() noexcept {
        std::int32_t result = product();
        while (true) {
            if (take("+")) {
                result = wrapped(std::int64_t{result} + product());
            } else if (take("-")) {
                result = wrapped(std::int64_t{result} - product());
            } else {
                return result;
            }
        }
    }
    constexpr std::int32_t product() noexcept {
        std::int32_t result = bits();
        while (true) {
            if (take("*")) {
                result = wrapped(std::int64_t{result} * bits());
            } else if (peek() == '/' && take("/")) {  // after take("*"), which has skipped comments
                const std::int32_t by = bits();
                if (by == 0 && is_second_pass_) fail(PioError::divided_by_zero);
                result = by == 0 ? 0 : wrapped(std::int64_t{result} / by);
            } else {
                return result;
            }
        }
    }
    /// A sign before a value takes what binds more than itself: `-6 & 3` is -(6 & 3), and `::` takes all that follows.
    constexpr std::int32_t operand_of_bits() noexcept {
        if (take("::")) return reversed(expression());
        return take("-") ? wrapped(-std::int64_t{product()}) : value();
    }
    constexpr std::int32_t bits() noexcept {
        std::int32_t result = operand_of_bits();
        while (true) {
            if (take("&")) {
                result &= operand_of_bits();
            } else if (take("|")) {
                result |= operand_of_bits();
            } else if (take("^")) {
                result ^= operand_of_bits();
            } else {
                return result;
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    unsigned line_ = 1;
    bool is_second_pass_ = false;
    bool is_unknown_ = false;
    std::size_t symbol_count_ = 0;
    Symbol symbols_[most_symbols] = {};
    PioMistake mistake_{PioError::none, 0, {}};
};

}  // namespace uasync::detail
