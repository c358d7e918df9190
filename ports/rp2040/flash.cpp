// The flash chip behind the program (datasheet 2.6.3, 4.10). While it is busy nothing can be read from it, no code either: then flash.S runs, in
// RAM, with interrupts masked and the other core waiting. The chip is suspended after a while, so that this is never long.

#include <algorithm>
#include <utility>

#include <uasync/board/flash_port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

#if UASYNC_LOOPS
bool other_core_runs() noexcept;  // cores.cpp
#endif

namespace {

// W25Q16JV datasheet 8.1.2. The others are in flash.S.
enum FlashCommand : std::uint8_t { page_program = 0x02, erase_sector = 0x20, unique_id = 0x4b, go_on = 0x7a };

/// What flash.S reads.
struct FlashJob {
    std::uint8_t* bytes;  ///< the command, and in its place what comes back
    std::uint32_t size;
    std::uint32_t us;      ///< how long the chip may be busy
    std::uint32_t writes;  ///< whether the chip is to be told that it may
};

/// A command with a page: what is programmed may lie in flash, where nothing can be read meanwhile.
constinit std::uint8_t page_command[4 + flash_page] = {};

// 2.5.7
struct FlashDma {
    Word read_addr, write_addr, count, ctrl_trig, ctrl, alias_1[3], alias_2[4], alias_3[4];
};
FlashDma& flash_dma(unsigned channel) noexcept { return registers<FlashDma>(0x5000'0000 + 0x40 * channel); }
constexpr std::uint32_t dma_on = 1u << 0, dma_busy = 1u << 24, dma_settings = 0xff'ffff;
constexpr unsigned all_dma_channels = 12;

/// Holds those DMA channels that read from flash. They go on afterwards where they were.
class PausedDma {
public:
    PausedDma() noexcept {
        if ((resets().reset & Resets::dma) != 0) return;
        for (unsigned channel = 0; channel < all_dma_channels; ++channel) {
            FlashDma& dma = flash_dma(channel);
            const std::uint32_t control = dma.ctrl;
            if ((~control & (dma_on | dma_busy)) != 0 || dma.read_addr >> 28 != 1) continue;
            dma.ctrl = control & dma_settings & ~dma_on;
            paused_ |= 1u << channel;
        }
    }
    PausedDma(const PausedDma&) = delete;
    PausedDma& operator=(const PausedDma&) = delete;
    ~PausedDma() {
        for (unsigned channel = 0; paused_ >> channel != 0; ++channel) {
            if ((paused_ >> channel & 1u) == 0) continue;
            FlashDma& dma = flash_dma(channel);
            dma.ctrl = (dma.ctrl & dma_settings) | dma_on;
        }
    }

private:
    std::uint32_t paused_ = 0;
};

#if UASYNC_LOOPS

// 2.19.6.2: for each core what is enabled, what is forced, and both.
struct QspiInterrupts {
    Word enabled, forced, status;
};
constexpr std::uintptr_t qspi_interrupts = 0x4001'8034;
constexpr std::uint32_t any_pin = 1;

extern "C" volatile std::uint8_t uasync_flash_parking[2];  // flash.S

/// Has the other core wait in RAM, by an interrupt that no hardware raises.
class ParkedCore {
public:
    ParkedCore() noexcept {
        uasync_flash_parking[0] = 1;
        interrupts().forced = any_pin;
        while (uasync_flash_parking[1] == 0 && other_core_runs()) {  // at a fault it stops with interrupts masked
        }
    }
    ParkedCore(const ParkedCore&) = delete;
    ParkedCore& operator=(const ParkedCore&) = delete;
    ~ParkedCore() {
        interrupts().forced = 0;
        (void)interrupts().status;  // the line is low before the other core looks
        uasync_flash_parking[0] = 0;
        asm volatile("dsb\n\tsev");
        while (uasync_flash_parking[1] != 0) {
        }
    }

private:
    static QspiInterrupts& interrupts() noexcept { return (&registers<QspiInterrupts>(qspi_interrupts))[1 - sio().cpuid]; }
};

constexpr unsigned flash_lock = 29;  // of the spinlocks

#endif

/// How a command has ended: of refused ones, nothing was done, as the chip has suspended something before.
enum class FlashEnd : std::uint8_t { suspended, done, refused };

extern "C" FlashEnd uasync_flash_run(FlashJob& job) noexcept;

/// Has the chip do something, in RAM. @return how that has ended
FlashEnd run_flash(FlashJob job) noexcept {
#if UASYNC_LOOPS
    asm volatile(".reloc ., R_ARM_NONE, uasync_vector_io_qspi");  // makes the linker keep it; costs no byte
    while (true) {
        {
            const LocalSection section;
            if (spinlock(flash_lock) != 0) {
                FlashEnd end;
                {
                    const ParkedCore other;
                    const PausedDma dma;
                    end = uasync_flash_run(job);
                }
                spinlock(flash_lock) = 0;
                return end;
            }
        }
        asm volatile("isb");  // the other core, which has the lock, may now interrupt this one
    }
#else
    const LocalSection section;
    const PausedDma dma;
    return uasync_flash_run(job);
#endif
}

/// Begins to write. What a reset has left suspended is finished before. @return whether it is done
bool write_flash(std::uint8_t command, std::uint32_t offset, std::span<const std::uint8_t> bytes, std::uint32_t us) noexcept {
    while (true) {
        page_command[0] = command;
        page_command[1] = static_cast<std::uint8_t>(offset >> 16);
        page_command[2] = static_cast<std::uint8_t>(offset >> 8);
        page_command[3] = static_cast<std::uint8_t>(offset);
        std::ranges::copy(bytes, page_command + 4);
        const FlashEnd end = run_flash({page_command, 4 + bytes.size(), us, 1});
        if (end != FlashEnd::refused) return end == FlashEnd::done;
        flash_finish(us);
    }
}

constexpr std::uint32_t flash_at = 0x1000'0000, uncached_flash_at = 0x1300'0000;  // 2.6.3.1

extern "C" const std::uint8_t uasync_flash_program_end[], uasync_flash_end[];  // rp2040.ld

std::uint32_t offset_of(const std::uint8_t* symbol) noexcept {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(symbol)) - flash_at;
}

}  // namespace

std::uint32_t flash_program_end() noexcept { return offset_of(uasync_flash_program_end); }
std::uint32_t flash_size() noexcept { return offset_of(uasync_flash_end); }

// Past the cache, which then holds nothing of what is written to, and all of the program's code. A word takes the bus 2 us.
void flash_read(std::uint32_t offset, std::span<std::uint8_t> into) noexcept {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < into.size(); ++i, ++offset) {
        if (i == 0 || offset % 4 == 0) word = registers<Word>(uncached_flash_at + (offset & ~3u)) >> offset % 4 * 8;
        into[i] = static_cast<std::uint8_t>(word);
        word >>= 8;
    }
}

bool flash_erase(std::uint32_t offset, std::uint32_t us) noexcept { return write_flash(erase_sector, offset, {}, us); }

bool flash_program(std::uint32_t offset, std::span<const std::uint8_t> bytes, std::uint32_t us) noexcept {
    return write_flash(page_program, offset, bytes, us);
}

bool flash_go_on(std::uint32_t us) noexcept {
    std::uint8_t command = go_on;
    return run_flash({&command, 1, us, 0}) == FlashEnd::done;
}

void flash_finish(std::uint32_t us) noexcept {
    while (!flash_go_on(us)) {
    }
}

// The tasks that have become due meanwhile come first.
Time flash_pause() noexcept { return 1; }

std::array<std::uint8_t, 8> flash_unique_id() noexcept {
    std::uint8_t command[13] = {unique_id};  // four bytes of nothing, then the number
    run_flash({command, sizeof command, 0, 0});
    std::array<std::uint8_t, 8> id;
    std::copy_n(command + 5, id.size(), id.begin());
    return id;
}

}  // namespace uasync::port
