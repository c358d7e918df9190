#include <uasync/time/sleep.hpp>

namespace uasync {
namespace {

/// us / 1000, its low 32 bits, without a 64-bit division, which would cost 800 bytes of flash. It is a long division by digits
/// of 16 bits; each step takes off at least 97 % of what is left.
std::uint32_t to_ms(Time us) noexcept {
    std::uint32_t ms = 0;
    auto rest = static_cast<std::uint32_t>(us >> 32U);
    auto low = static_cast<std::uint32_t>(us);
    for (int digits = 2;; --digits) {
        while (rest >= 1000) {
            const std::uint32_t part = rest >= 1024 ? rest >> 10U : 1U;
            ms += part;
            rest -= part * 1000U;
        }
        if (digits == 0) return ms;
        ms <<= 16U;
        rest = (rest << 16U) | (low >> 16U);
        low <<= 16U;
    }
}

}  // namespace

std::uint32_t ticks_ms() noexcept { return to_ms(port::now()); }

namespace detail {

void sleep_for(std::int64_t us, Frame self) noexcept {
    TaskLoop& loop = detail::current_loop();
    if (us <= 0) {
        loop.yield(self);
        return;
    }
    loop.sleep(deadline_in(us), self);
}

// Two 32-bit multiplications, because a 64-bit one is a library call of 90 bytes. It cannot overflow.
void sleep_for_ms(std::int32_t ms, Frame self) noexcept {
    TaskLoop& loop = detail::current_loop();
    if (ms <= 0) {
        loop.yield(self);
        return;
    }
    const auto duration = static_cast<std::uint32_t>(ms);
    const std::uint32_t low = (duration & 0xffffU) * 1000U;
    const std::uint32_t high = (duration >> 16U) * 1000U;
    Time deadline = port::now();
    deadline += low;
    deadline += Time{high} << 16U;
#if !UASYNC_BOARD
    if (deadline > never) deadline = never;  // after 71 years a board does without
#endif
    loop.sleep(deadline, self);
}

}  // namespace detail
}  // namespace uasync
