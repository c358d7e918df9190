#pragma once
// Implementation detail of time/

#include <cstdint>

namespace uasync::detail {

struct Division {
    std::uint64_t quotient;
    std::uint64_t rest;
};

/// 64-bit division by shifts and subtractions, for what happens seldom: about 2,000 cycles at worst on a board
/// without a divider, where the compiler's library function takes 800 bytes of flash. `divisor` is not zero.
constexpr Division divide(std::uint64_t dividend, std::uint64_t divisor) noexcept {
    Division result{0, dividend};
    std::uint64_t part = divisor;
    unsigned shift = 0;
    while (part < dividend && (part >> 63U) == 0) {
        part <<= 1U;
        ++shift;
    }
    for (;; --shift, part >>= 1U) {
        result.quotient <<= 1U;
        if (result.rest >= part) {
            result.rest -= part;
            result.quotient |= 1U;
        }
        if (shift == 0) return result;
    }
}

}  // namespace uasync::detail
