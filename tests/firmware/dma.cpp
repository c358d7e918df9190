// DMA channels: memory to memory, rings, paced by a modulator, errors of the bus, and cancelled at each moment. Prints what happens, in order.

#include <array>
#include <cstring>
#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

const char* words(Result<void> result) { return result ? "ok" : to_string(result.error()); }

std::array<std::uint32_t, 3000> from, to;

/// Called hundreds of times, so these are quick without optimisation, too.
void prepare() {
    std::uint32_t* word = from.data();
    for (std::uint32_t i = 0; i < std::size(from) && word[i] == 0; ++i) word[i] = i * 0x0101'0101U + 1;
    std::memset(to.data(), 0, sizeof to);
}

/// How many words have arrived, and whether there is nothing behind them.
int arrived() {
    const std::uint32_t* const first = to.data();
    const std::uint32_t* const end = first + std::size(to);
    const std::uint32_t* sent = from.data();
    const std::uint32_t* word = first;
    while (word != end && *word == *sent) {
        ++word;
        ++sent;
    }
    const int count = static_cast<int>(word - first);
    for (; word != end; ++word) {
        if (*word != 0) return -1;
    }
    return count;
}

Coro<> move(Dma& dma) {
    prepare();
    Result<void> result = co_await dma.transfer(to, from);
    print("words: {}, {}\n", words(result), arrived());
    static std::uint8_t bytes[5], to_bytes[5];
    for (std::uint8_t i = 0; i < 5; ++i) bytes[i] = static_cast<std::uint8_t>(i + 1);
    const std::span<std::uint8_t> three{bytes, 3};
    result = co_await dma.transfer(to_bytes, three);
    print("bytes: {}, {} {} {} {}\n", words(result), to_bytes[0], to_bytes[1], to_bytes[2], to_bytes[3]);
    static std::uint16_t halves[3];
    static const std::uint16_t half = 0x1234;
    result = co_await dma.transfer(halves, half);
    print("filled: {}, {} {}\n", words(result), halves[0], halves[2]);
    result = co_await dma.transfer(halves, std::span<std::uint16_t>{});
    print("nothing: {}\n", words(result));
    alignas(16) static std::array<std::uint32_t, 4> ring;
    result = co_await dma.transfer(ring, std::span{from}.first<6>(), {.count = 6});
    print("ring: {}, {}\n", words(result), ring[0] == from[4] && ring[1] == from[5] && ring[2] == from[2]);
    prepare();
    result = co_await dma.transfer(to, ring, {.count = 8});
    print("from a ring: {}, {}\n", words(result), to[7] == ring[3] && to[4] == ring[0] && to[8] == 0);
}

Coro<> fail(Dma& dma) {
    auto& nothing = *reinterpret_cast<std::uint32_t*>(0x3000'0000);
    auto& rom = *reinterpret_cast<std::uint32_t*>(0x100);
    Result<void> result = co_await dma.transfer(to, nothing);
    print("from nothing: {}\n", words(result));
    result = co_await dma.transfer(rom, from);
    print("to the ROM: {}\n", words(result));
    result = co_await dma.transfer(std::span{to}.first(4), from);
    print("too small: {}\n", words(result));
    prepare();
    result = co_await dma.transfer(to, from);
    print("then: {}, {}\n", words(result), arrived());
}

Coro<> pace(Dma& dma) {
    Pwm pwm{2, {.freq = 10'000}};
    constexpr DmaRequest wrap{static_cast<int>(DmaRequest::pwm_wrap) + 1};
    prepare();
    auto start = ticks_us();
    Result<void> result = co_await dma.transfer(to, std::span{from}.first(50), {.request = wrap});
    const auto took = ticks_diff(ticks_us(), start);
    print("paced: {}, {} in {} us\n", words(result), arrived(), took);
    prepare();
    const auto late = co_await wait_for(dma.transfer(to, from, {.request = wrap}), 2050us);
    const int count = arrived();
    co_await sleep_ms(1);
    print("timed out: {}, {}, {}\n", late ? "?" : to_string(late.error()), count == 20 || count == 21, count == arrived());
    auto second = create_task(dma.transfer(to, from, {.request = wrap}));
    co_await sleep(350us);
    print("left: {}\n", dma.left() == 2997 || dma.left() == 2996);
    result = co_await dma.transfer(to, from);
    print("in use: {}\n", words(result));
    second.cancel();
    (void)co_await catch_cancelled(second);
}

/// Takes so many cycles, and some that are always the same.
void spin(unsigned cycles) {
    for (unsigned rest = cycles % 4; rest != 0; --rest) asm volatile("nop");
    for (unsigned left = cycles / 4; left != 0; --left) asm volatile("nop");
}

Coro<> moves(Dma& dma, DmaRequest request) { (void)co_await dma.transfer(to, from, {.request = request}); }

/// Cancelled after each number of cycles, as fast as it can and paced by turns; another channel works beside it.
Coro<> cancel(Dma& dma) {
    int before = 0, cancelled = 0, wrong = 0;
    Dma other;
    Pwm pwm{2, {.freq = 4'000'000}};
    static std::uint32_t copy[64];
    for (unsigned cycles = 0; cycles < 1400; cycles += 7) {
        prepare();
        auto task =
            create_task(moves(dma, cycles % 2 != 0 ? DmaRequest::always : DmaRequest{static_cast<int>(DmaRequest::pwm_wrap) + 1}));
        auto beside = create_task(other.transfer(copy, std::span{from}.first<64>()));
        co_await yield();
        spin(cycles);
        task.cancel();
        const auto ended = co_await catch_cancelled(task);
        const int count = arrived();
        if (!ended) ++cancelled;
        if (count < 0 || (ended && count != 3000)) ++wrong;
        if (!ended && count > 0 && count < 3000) ++before;
        const Result<void> result = co_await beside;
        if (!result || copy[63] != from[63]) ++wrong;
        if (arrived() != count) ++wrong;  // nothing came afterwards
        // The channel's interrupt is its own again.
        const Result<void> next = co_await dma.transfer(to, from);
        if (!next || arrived() != 3000) ++wrong;
    }
    print("cancelled {}, in the middle {}, {} wrong\n", cancelled, before, wrong);
}

Coro<> claim() {
    std::array<std::optional<Dma>, 11> others;
    for (auto& other : others) other.emplace();
    Dma none;
    std::uint32_t word = 0;
    Result<void> result = co_await none.transfer(word, from, {.count = 1});
    print("twelve are taken: {}, {}\n", static_cast<bool>(others[10]), words(result));
    Dma same{3};
    result = co_await same.transfer(word, from, {.count = 1});
    print("taken: {}\n", words(result));
    others[5].reset();
    Dma again;
    result = co_await again.transfer(word, from, {.count = 1});
    print("again: {} {}\n", words(result), again.channel());
}

Coro<> destroy() {
    Pwm pwm{2, {.freq = 10'000}};
    std::optional<Dma> dma{std::in_place};
    prepare();
    auto task = create_task(dma->transfer(to, from, {.request = DmaRequest{static_cast<int>(DmaRequest::pwm_wrap) + 1}}));
    co_await sleep_ms(1);
    dma.reset();
    const int count = arrived();
    const auto ended = co_await catch_cancelled(task);
    co_await sleep_ms(1);
    print("destroyed: {}, {}\n", to_string(ended.error()), count == arrived());
}

Coro<> async_main() {
    {
        Dma dma;
        co_await move(dma);
        co_await fail(dma);
        co_await pace(dma);
        co_await cancel(dma);
        co_await claim();
    }
    co_await destroy();
    // What a transfer costs beside its words, and that the core sleeps meanwhile.
    Dma dma{11};
    const auto start = ticks_us();
    for (int i = 0; i < 10; ++i) (void)co_await dma.transfer(to, from);
    print("ten times 3000 words: {} us\n", ticks_diff(ticks_us(), start));
}

}  // namespace

int main() { run(async_main()); }
