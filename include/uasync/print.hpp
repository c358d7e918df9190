#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <uasync/error.hpp>
#include <uasync/kernel/port.hpp>

namespace uasync {

namespace detail {

void print_text(const char* text, std::size_t size) noexcept;
void print_unsigned(std::uint32_t value) noexcept;
void print_signed(std::int32_t value) noexcept;
void print_unsigned64(std::uint64_t value) noexcept;
void print_signed64(std::int64_t value) noexcept;
void print_hex(std::uint64_t value) noexcept;
void print_c_string(const char* text) noexcept;

#ifdef UASYNC_PORT_CORE
/// Keeps the other core from printing into a line. What interrupts this core may.
class ConsoleSection {
public:
    ConsoleSection() noexcept : holds_{port::lock_console()} {}
    ~ConsoleSection() {
        if (holds_) port::unlock_console();
    }
    ConsoleSection(const ConsoleSection&) = delete;
    ConsoleSection& operator=(const ConsoleSection&) = delete;

private:
    bool holds_;
};
#else
struct ConsoleSection {};
#endif

template <class T>
concept Printable =
    (std::is_integral_v<T> && sizeof(T) <= 8) || std::is_same_v<T, Error> || std::is_convertible_v<T, std::string_view>;

template <class T>
void print_value(const T& value) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
        print_c_string(value ? "true" : "false");
    } else if constexpr (std::is_same_v<T, char>) {
        print_text(&value, 1);
    } else if constexpr (std::is_same_v<T, Error>) {
        print_c_string(to_string(value));
    } else if constexpr (std::is_integral_v<T> && sizeof(T) <= 4) {
        if constexpr (std::is_signed_v<T>) {
            print_signed(value);
        } else {
            print_unsigned(value);
        }
    } else if constexpr (std::is_integral_v<T>) {
        if constexpr (std::is_signed_v<T>) {
            print_signed64(value);
        } else {
            print_unsigned64(value);
        }
    } else if constexpr (std::is_convertible_v<T, const char*>) {
        print_c_string(value);
    } else {
        const std::string_view text{value};
        print_text(text.data(), text.size());
    }
}

void these_are_more_placeholders_than_arguments();
void these_are_more_arguments_than_placeholders();
void this_brace_has_no_partner_write_it_twice_to_print_it();
void only_an_unsigned_integer_prints_in_hexadecimal();

/// A format string that was checked against the types of its arguments.
template <class... Args>
struct LiteralFormat {
    template <std::size_t N>
    consteval LiteralFormat(const char (&literal)[N]) : text{literal} {  // implicit, as std::format_string
        constexpr bool can_be_hex[] = {(std::is_unsigned_v<Args> && !std::is_same_v<Args, bool>)..., false};
        std::size_t argument = 0;
        for (std::size_t i = 0; i + 1 < N; ++i) {
            const std::string_view rest{literal + i, N - 1 - i};
            if (rest.starts_with("{{") || rest.starts_with("}}")) {
                ++i;
            } else if (rest.starts_with("{}") || rest.starts_with("{:x}")) {
                if (argument == sizeof...(Args)) these_are_more_placeholders_than_arguments();
                if (rest[1] == ':' && !can_be_hex[argument]) only_an_unsigned_integer_prints_in_hexadecimal();
                ++argument;
                i += rest[1] == ':' ? 3 : 1;
            } else if (rest[0] == '{' || rest[0] == '}') {
                this_brace_has_no_partner_write_it_twice_to_print_it();
            }
        }
        if (argument != sizeof...(Args)) these_are_more_arguments_than_placeholders();
    }
    const char* text;
};

/// Prints the text before the next placeholder of a checked format. Returns the place behind its brace, or the end
/// of the format.
const char* print_up_to_placeholder(const char* format) noexcept;

template <class T>
const char* print_argument(const char* format, const T& value) noexcept {
    format = print_up_to_placeholder(format);
    if constexpr (std::is_unsigned_v<T> && !std::is_same_v<T, bool>) {
        if (*format == ':') {
            print_hex(value);
            return format + 3;
        }
    }
    print_value(value);
    return format + 1;
}

/// Text that is not a literal.
template <class F>
concept NoLiteral =
    std::is_convertible_v<F, std::string_view> && !std::is_same_v<std::remove_reference_t<F>, const char[sizeof(F)]>;

}  // namespace detail

/// Prints text on the console: UART on a board, standard output on a host.
///
/// `{}` prints an integer of up to 64 bits, a `bool`, `char`, C string or `std::string_view`, or an Error by its
/// words; `{:x}` prints an unsigned integer in hexadecimal; `{{` and `}}` print a brace. There is no width,
/// precision or floating point, which would cost kilobytes on a board.
///
/// @par Use it for
/// Messages to people.
/// @par Instead use
/// `std::format` or `std::printf` on a host, where width and precision matter.
/// @par Cost
/// About 100 bytes of flash a call; no heap and no buffer. It blocks until the console has taken the text.
/// @par From an interrupt
/// Allowed, though it blocks.
/// @par Errors
/// None at run time. A wrong number of arguments, one that cannot be printed, or a format that is not a literal
/// does not compile; a text that is not a literal is printed with `print("{}", text)`.
/// @par Source
/// `std::print`
/// @tparam Args the arguments' types
/// @param format a string literal with a placeholder for each argument
/// @param args what to print
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     std::uint32_t address = 0xd0000010;
///     Result<int> reading = std::unexpected{Error::timeout};
///     print("{} of {}, {}, {}\n", 3, -5, true, 'x');
///     print("register {:x}: {}\n", address, "a text");
///     print("{{braces}}, and an error: {}\n", reading.error());
///     co_return;
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 3 of -5, true, x
/// register d0000010: a text
/// {braces}, and an error: timeout
/// @endcode
template <class... Args>
    requires(detail::Printable<std::decay_t<const Args&>> && ...)
void print(detail::LiteralFormat<std::type_identity_t<std::decay_t<const Args&>>...> format, const Args&... args) noexcept {
    [[maybe_unused]] const detail::ConsoleSection section;
    const char* rest = format.text;
    ((rest = detail::print_argument<std::decay_t<const Args&>>(rest, args)), ...);
    detail::print_up_to_placeholder(rest);
}

/// @cond
template <class F, class... Args>
    requires detail::NoLiteral<F>
auto print(F&&, const Args&...) noexcept {
    static_assert(!detail::NoLiteral<F>, "the format must be a literal: print(\"{}\", text)");
}
/// @endcond

}  // namespace uasync
