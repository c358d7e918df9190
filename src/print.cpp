#include <uasync/print.hpp>

namespace uasync::detail {

void print_text(const char* text, std::size_t size) noexcept {
    if (size != 0) port::write(text, size);
}

void print_c_string(const char* text) noexcept {
    std::size_t size = 0;
    while (text[size] != '\0') ++size;
    print_text(text, size);
}

/// value / 10 by shifts and additions, because a Cortex-M0+ cannot divide and the library's division is larger. Sometimes too
/// small by one.
static std::uint32_t tenth(std::uint32_t value) noexcept {
    std::uint32_t q = (value >> 1U) + (value >> 2U);
    q += q >> 4U;
    q += q >> 8U;
    q += q >> 16U;
    return q >> 3U;
}

void print_unsigned(std::uint32_t value) noexcept {
    char digits[10];
    std::size_t begin = sizeof digits;
    do {
        std::uint32_t quotient = tenth(value);
        std::uint32_t digit = value - quotient * 10U;
        if (digit > 9) {
            ++quotient;
            digit -= 10;
        }
        digits[--begin] = static_cast<char>('0' + digit);
        value = quotient;
    } while (value != 0);
    print_text(digits + begin, sizeof digits - begin);
}

void print_signed(std::int32_t value) noexcept {
    if (value < 0) print_text("-", 1);
    const auto magnitude = static_cast<std::uint32_t>(value);
    print_unsigned(value < 0 ? 0U - magnitude : magnitude);
}

void print_unsigned64(std::uint64_t value) noexcept {
    char digits[20];
    std::size_t end = sizeof digits;
    do {
        // value / 10 by long division in 16-bit digits: the dividend of each step fits 32 bits
        std::uint32_t rest = 0;
        std::uint64_t quotient = 0;
        for (int shift = 48; shift >= 0; shift -= 16) {
            rest = (rest << 16U) | static_cast<std::uint32_t>((value >> static_cast<unsigned>(shift)) & 0xffffU);
            quotient = (quotient << 16U) | (rest / 10U);
            rest %= 10U;
        }
        digits[--end] = static_cast<char>('0' + rest);
        value = quotient;
    } while (value != 0);
    print_text(digits + end, sizeof digits - end);
}

void print_signed64(std::int64_t value) noexcept {
    if (value < 0) print_text("-", 1);
    const auto magnitude = static_cast<std::uint64_t>(value);
    print_unsigned64(value < 0 ? 0U - magnitude : magnitude);
}

void print_hex(std::uint64_t value) noexcept {
    char digits[16];
    std::size_t end = sizeof digits;
    do {
        digits[--end] = "0123456789abcdef"[value & 15U];
        value >>= 4U;
    } while (value != 0);
    print_text(digits + end, sizeof digits - end);
}

const char* print_up_to_placeholder(const char* format) noexcept {
    const char* text = format;
    while (*format != '\0') {
        const char c = *format++;
        if (c != '{' && c != '}') continue;
        if (*format == c) {  // a doubled brace: print up to the first one
            print_text(text, static_cast<std::size_t>(format - text));
            text = ++format;
            continue;
        }
        print_text(text, static_cast<std::size_t>(format - 1 - text));
        return format;
    }
    print_text(text, static_cast<std::size_t>(format - text));
    return format;
}

}  // namespace uasync::detail
