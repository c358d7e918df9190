// Flash on the chip behind the program: what is written and read, how long nothing else runs meanwhile, what errors there are, and what a
// cancelled erase leaves. With UASYNC_LOOPS then the same beside a task on core 1, and from there.

#include <algorithm>
#include <array>
#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t sector = Flash::sector_size, page = Flash::page_size;

const char* words(Result<void> result) { return result ? "ok" : to_string(result.error()); }

/// In flash, where it cannot be read while it is programmed.
constexpr std::array<std::uint8_t, 700> in_flash = [] {
    std::array<std::uint8_t, 700> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256 + 1);
    return bytes;
}();
std::array<std::uint8_t, 700> in;

/// How many bytes at the offset are those of in_flash.
Coro<unsigned> same(const Flash& flash, std::uint32_t offset) {
    in.fill(0);
    const Result<void> result = co_await flash.read(offset, in);
    unsigned count = 0;
    while (result && count < in.size() && in[count] == in_flash[count]) ++count;
    co_return count;
}
unsigned bytes_that_are(const Flash& flash, std::uint32_t offset, std::uint32_t size, std::uint8_t value) {
    unsigned count = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
        std::uint8_t byte[1];
        if (flash.read_nowait(offset + i, byte) && byte[0] == value) ++count;
    }
    return count;
}

/// The longest time between two turns of a task that toggles an LED.
std::int64_t longest;
Coro<> toggles() {
    Pin led{25, Pin::out};
    auto before = ticks_us();
    while (true) {
        led.toggle();
        co_await sleep(100us);
        const auto now = ticks_us();
        longest = std::max<std::int64_t>(longest, ticks_diff(now, before));
        before = now;
    }
}

#if UASYNC_LOOPS
Core1<> core1;
volatile std::uint32_t counted = 0;
/// Runs code in flash all the time.
Coro<> counts() {
    while (true) {
        for (int i = 0; i < 100; ++i) counted = counted + 1;
        co_await sleep(100us);
    }
}
#endif

Coro<> write(Flash& flash) {
    auto toggling = create_task(toggles());
    auto began = ticks_us();
    longest = 0;
    Result<void> result = co_await flash.erase(0, 2 * sector);
    print("erase: {}, {} ms, longest {} us\n", words(result), ticks_diff(ticks_us(), began) / 1000, longest);
    print("ones: {}\n", bytes_that_are(flash, 0, 2 * sector, 0xff));
    co_await sleep_ms(1);  // the task notices how long that took
    began = ticks_us();
    longest = 0;
    result = co_await flash.program(sector - 300, in_flash);
    print("program: {}, {} us, longest {} us\n", words(result), ticks_diff(ticks_us(), began), longest);
    longest = 0;
    const unsigned count = co_await same(flash, sector - 300);
    print("read: {} bytes, longest {} us\n", count, longest);
    print("around: {} {}\n", bytes_that_are(flash, 0, sector - 300, 0xff), bytes_that_are(flash, sector + 400, sector - 400, 0xff));
    co_await sleep_ms(1);
    Flash gentle{flash.size(), {.latency = 250us}};
    began = ticks_us();
    longest = 0;
    result = co_await gentle.erase(0, sector);
    print("gentle: {}, {} ms, longest {} us\n", words(result), ticks_diff(ticks_us(), began) / 1000, longest);
}

Coro<> fail(Flash& flash) {
    const std::uint8_t bytes[] = {0xff};
    Result<void> result = co_await flash.program(sector, bytes);
    print("to 1: {}\n", words(result));
    result = co_await flash.program(flash.size(), bytes);
    print("outside: {}\n", words(result));
    result = co_await flash.erase(100, sector);
    print("part: {}\n", words(result));
    Flash program{sector, {.start = 0}};
    result = co_await program.erase(0, sector);
    print("program: {}\n", words(result));
    Flash rest{static_cast<std::uint32_t>(2 * 1024 * 1024 - sector), {.start = sector}};
    print("into the program: {}\n", static_cast<bool>(rest));
}

/// Takes so many cycles, and some that are always the same.
void spin(unsigned cycles) {
    for (unsigned rest = cycles % 4; rest != 0; --rest) asm volatile("nop");
    for (unsigned left = cycles / 4; left != 0; --left) asm volatile("nop");
}

Coro<> erases(Flash& flash) { (void)co_await flash.erase(0, 2 * sector); }
Coro<> programs(Flash& flash, std::uint32_t offset) { (void)co_await flash.program(offset, std::span{in_flash}.first(2 * page)); }

/// Cancelled at many times: all that was begun is there, and nothing else. The sector is erased before.
Coro<> cancel_programs(Flash& flash) {
    unsigned cancelled = 0, one = 0, wrong = 0;
    std::uint32_t offset = 0;
    for (unsigned cycles = 0; cycles < 60'000; cycles += 11'311) {
        auto task = create_task(programs(flash, offset));
        co_await yield();
        spin(cycles);
        if (cycles % 2 != 0) co_await yield();
        task.cancel();
        const auto ended = co_await catch_cancelled(task);
        if (!ended) ++cancelled;
        if (flash.done() == page) ++one;
        const unsigned count = co_await same(flash, offset);
        if (count != flash.done()) ++wrong;  // all that was begun, and nothing else
        offset += 2 * sector / 8;
    }
    print("program: cancelled {}, after one page {}, wrong {}\n", cancelled, one, wrong);
}

/// Cancelled at many times: what was begun is whole, nothing else has changed, and the flash works.
Coro<> cancel(Flash& flash) {
    unsigned cancelled = 0, one = 0, wrong = 0;
    for (int i = 0; i < 5; ++i) {
        Result<void> result = co_await flash.program(2 * sector - 4, std::span{in_flash}.first(4));
        if (!result) ++wrong;
        auto task = create_task(erases(flash));
        co_await sleep_ms(i * 22);
        spin(static_cast<unsigned>(i) * 1'237);
        task.cancel();
        const auto ended = co_await catch_cancelled(task);
        if (!ended) ++cancelled;
        if (flash.done() == sector) ++one;
        in.fill(0);
        result = co_await flash.read(2 * sector - 4, std::span{in}.first(4));
        const bool is_there = std::equal(in.begin(), in.begin() + 4, in_flash.begin());
        if (!result || (flash.done() == sector) != is_there) ++wrong;
        result = co_await flash.erase(0, 2 * sector);
        if (!result) ++wrong;
    }
    print("erase: cancelled {}, after one sector {}, wrong {}\n", cancelled, one, wrong);
    co_await cancel_programs(flash);
    const auto late = co_await wait_for(flash.erase(0, 2 * sector), 10ms);
    print("late: {}, {}\n", late ? "?" : to_string(late.error()), flash.done());
}

/// An erase that a reset has left suspended: the next one finishes it.
Coro<> after_reset(Flash& flash) {
    Result<void> result = co_await flash.program(0, in_flash);
    if (result) result = co_await flash.program(sector, in_flash);
    const bool is_done = port::flash_erase(flash.start(), 100);
    if (result) result = co_await flash.erase(sector, sector);
    print("after a reset: {}, {}, {}\n", words(result), is_done, bytes_that_are(flash, 0, 2 * sector, 0xff));
}

Coro<> program_after(Flash& flash, std::uint32_t offset) {
    const Result<void> result = co_await flash.program(offset, std::span{in_flash}.first(10));
    print("{}: {}\n", offset, words(result));
}

/// A channel that reads from flash meanwhile gets what is there.
Coro<> beside_dma(Flash& flash) {
    Dma dma;
    Pwm pace{0, {.freq = 100'000}};  // 7 ms
    static std::array<std::uint8_t, 700> copy;
    auto erasing = create_task(erases(flash));
    unsigned wrong = 0, count = 0;
    while (!erasing.done()) {
        copy.fill(0);
        const Result<void> result = co_await dma.transfer(copy, in_flash, {.request = DmaRequest::pwm_wrap});
        ++count;
        if (!result || copy != in_flash) ++wrong;
    }
    print("dma: {} wrong, {}\n", wrong, count != 0);
}

#if UASYNC_LOOPS
/// Core 1 is switched on and off while an interrupt of core 0 writes, and has it wait in between.
Coro<> start_and_stop(Flash& flash) {
    Flash quick{flash.size(), {.latency = 100us}};
    InterruptLoop urgent{1};
    auto erasing = urgent.create_task(erases(quick));
    unsigned wrong = 0;
    for (int i = 0; i < 40; ++i) {
        auto counting = core1.start(counts());
        spin(static_cast<unsigned>(i) * 37);
        core1.stop();
    }
    co_await erasing;
    if (quick.done() != 2 * sector) ++wrong;
    print("started and stopped: {} wrong\n", wrong);
}

/// The longest time between two turns of a task.
Coro<> watches(std::int64_t& longest_wait) {
    auto before = ticks_us();
    while (true) {
        co_await sleep(100us);
        const auto now = ticks_us();
        longest_wait = std::max<std::int64_t>(longest_wait, ticks_diff(now, before));
        before = now;
    }
}
/// What a reset has left is finished with interrupts in between.
Coro<> interrupts_after_reset(Flash& flash) {
    InterruptLoop urgent{1};
    std::int64_t longest_wait = 0;
    auto watching = urgent.create_task(watches(longest_wait));
    co_await after_reset(flash);
    print("interrupts: longest {} us\n", longest_wait);
    watching.cancel();
}

Coro<> faults() {
    co_await sleep_ms(3);
    asm volatile("cpsid i");  // as in a hard fault, at which the emulator ends
    port::fatal("core 1 has had enough");
}
/// Core 1 stops while core 0 writes, with its interrupts masked while it says why.
Coro<> fault_of_core_1(Flash& flash) {
    Core1<>::on_fault(Core1<>::OnFault::other_goes_on);
    auto faulting = core1.start(faults());
    Result<void> result = co_await flash.erase(0, sector);
    if (result) result = co_await flash.erase(0, sector);
    print("after a fault: {}\n", words(result));
}
#endif

Coro<> async_main() {
    Flash flash{4 * sector};
    const auto id = flash_unique_id();
    print("id {} {}, start {}\n", id[0], id[7], flash.start());
    {
        const unsigned count = co_await same(flash, 3 * sector);  // of an earlier run, if the file of the flash is kept
        print("kept: {}\n", count);
    }
    co_await write(flash);
    co_await fail(flash);
    co_await cancel(flash);
    co_await beside_dma(flash);
    co_await after_reset(flash);
    {
        auto first = create_task(program_after(flash, 0));
        auto second = create_task(program_after(flash, 100));
        co_await gather(first, second);
    }
    Result<void> result = co_await flash.erase(3 * sector, sector);
    if (result) result = co_await flash.program(3 * sector, in_flash);
    print("keep: {}\n", words(result));
#if UASYNC_LOOPS
    auto counting = core1.start(counts());
    const std::uint32_t before = counted;
    result = co_await flash.erase(0, sector);
    print("core 1: {}, {}\n", words(result), counted - before >= 3000);
    co_await cancel_programs(flash);
    auto of_core1 = core1.create_task(flash.erase(0, sector));
    const Result<void> there = co_await of_core1;
    print("from core 1: {}\n", words(there));
    core1.stop();
    result = co_await flash.erase(0, sector);
    print("alone: {}\n", words(result));
    co_await interrupts_after_reset(flash);
    co_await start_and_stop(flash);
    co_await fault_of_core_1(flash);
#endif
}

}  // namespace

int main() { run(async_main()); }
