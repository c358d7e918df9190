// A flash chip in memory. It writes by itself, in the time that the Pico's chip takes; the task sleeps meanwhile. A page or sector whose writing is
// suspended reads as nonsense, as it may (W25Q16JV datasheet 8.2.19).

#include <algorithm>
#include <vector>

#include <uasync/board/flash_port.hpp>
#include <uasync/sim/flash.hpp>

namespace uasync {
namespace {

constexpr std::uint32_t chip_size = 2 << 20;
/// Typical times (W25Q16JV datasheet 9.6), in microseconds.
constexpr Time erase_time = 45'000, program_time = 400;
/// The longest time that a page takes (9.6). Where nothing else may run for so long, it is not suspended.
constexpr std::uint32_t longest_program_time = 3'000;

struct HostFlash {
    std::vector<std::uint8_t> contents = std::vector<std::uint8_t>(chip_size, 0xff);
    Time ready = 0;  // when the last step is done
    unsigned steps = 0;
    bool will_be_off = false, is_off = false;
    unsigned steps_left = 0;
    std::uint64_t random = 0;
    std::uint32_t worn = 0, worn_size = 0;
    std::uint32_t suspended = 0, suspended_size = 0;  // what cannot be read before the step is done

    /// splitmix64: Sebastiano Vigna, https://prng.di.unimi.it/splitmix64.c (public domain algorithm).
    std::uint64_t next_random() noexcept {
        std::uint64_t z = random += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }

    /// Makes some bytes what they are to be: all of their bits, or if the supply goes, some of them: up to a place, from a place on, or anywhere.
    template <class Become>
    void write(std::uint32_t offset, std::size_t size, Become become) {
        if (is_off) return;
        ++steps;
        is_off = will_be_off && steps_left == 0;
        if (steps_left != 0) --steps_left;
        const std::uint64_t kind = is_off ? next_random() % 3 : 3, border = is_off ? next_random() % size : 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::uint32_t at = offset + static_cast<std::uint32_t>(i);
            std::uint8_t& byte = contents[at];
            const std::uint8_t wanted = become(byte, i);
            const bool is_changed = kind == 0 ? i < border : kind == 1 ? i >= border : true;
            const auto some = kind == 2 ? static_cast<std::uint8_t>(next_random()) : std::uint8_t{0xff};
            if (is_changed) byte = static_cast<std::uint8_t>((byte & ~some) | (wanted & some));
            if (at - worn < worn_size) byte = 0x5a;
        }
    }
};

HostFlash& host_flash() {
    static HostFlash flash;
    return flash;
}

}  // namespace

namespace sim {

std::span<std::uint8_t> flash_contents() noexcept { return host_flash().contents; }
unsigned flash_steps() noexcept { return host_flash().steps; }
void cut_flash_power(unsigned steps, std::uint64_t seed) noexcept {
    host_flash().will_be_off = true;
    host_flash().steps_left = steps;
    host_flash().random = seed;
}
void restore_flash_power() noexcept { host_flash().will_be_off = host_flash().is_off = false; }
bool is_flash_off() noexcept { return host_flash().is_off; }
void wear_out_flash(std::uint32_t offset, std::uint32_t size) noexcept {
    host_flash().worn = offset;
    host_flash().worn_size = size;
}

}  // namespace sim

namespace port {

std::uint32_t flash_program_end() noexcept { return 0; }
std::uint32_t flash_size() noexcept { return chip_size; }

void flash_read(std::uint32_t offset, std::span<std::uint8_t> into) noexcept {
    const auto from = host_flash().contents.begin() + offset;
    std::copy(from, from + static_cast<std::ptrdiff_t>(into.size()), into.begin());
    for (std::size_t i = 0; i < into.size(); ++i) {
        if (offset + i - host_flash().suspended < host_flash().suspended_size) into[i] ^= 0xa5;
    }
}

bool flash_erase(std::uint32_t offset, std::uint32_t) noexcept {
    host_flash().write(offset, flash_sector, [](std::uint8_t, std::size_t) { return std::uint8_t{0xff}; });
    host_flash().ready = now() + erase_time;
    host_flash().suspended = offset;
    host_flash().suspended_size = flash_sector;
    return false;
}
bool flash_program(std::uint32_t offset, std::span<const std::uint8_t> bytes, std::uint32_t us) noexcept {
    host_flash().write(offset, bytes.size(),
                       [bytes](std::uint8_t before, std::size_t i) { return static_cast<std::uint8_t>(before & bytes[i]); });
    host_flash().ready = now() + program_time;
    host_flash().suspended = offset - offset % flash_page;
    host_flash().suspended_size = us < longest_program_time ? flash_page : 0;
    return false;
}
bool flash_go_on(std::uint32_t) noexcept {
    if (now() < host_flash().ready) return false;
    host_flash().suspended_size = 0;
    return true;
}
void flash_finish(std::uint32_t) noexcept {
    host_flash().ready = 0;
    host_flash().suspended_size = 0;
}
Time flash_pause() noexcept { return host_flash().ready - std::min(now(), host_flash().ready); }

std::array<std::uint8_t, 8> flash_unique_id() noexcept { return {0xd2, 0x75, 0x61, 0x73, 0x79, 0x6e, 0x63, 0x01}; }

}  // namespace port
}  // namespace uasync
