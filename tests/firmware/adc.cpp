// The converter, with voltages at GP26 and GP27 that test_adc.py chooses: GP26 changes at 50 ms.

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> reader(Adc adc, int id) {
    for (int i = 0; i < 2; ++i) {
        const std::uint16_t sample = co_await adc.read();
        print("{}: {}\n", id, sample);
    }
}

/// The share of samples that are near a value.
unsigned near(std::span<const std::uint16_t> samples, unsigned first, unsigned step, unsigned value) {
    unsigned count = 0;
    for (std::size_t i = first; i < samples.size(); i += step)
        count += samples[i] + 2U >= value && samples[i] <= value + 2U ? 1 : 0;
    return count;
}

/// Lets no interrupt in for so long.
void block(Time us) {
    const CriticalSection section;
    const Time begin = port::now();
    while (port::now() - begin < us) {
    }
}

Coro<> async_main() {
    Adc one{26};
    Adc two{1};  // the same as 27
    Adc temperature{Adc::core_temperature};
    const std::uint16_t sample = co_await one.read();
    const std::uint16_t u16 = co_await one.read_u16();
    const std::int32_t microvolts = co_await two.read_uv();
    const std::int32_t millicelsius = co_await temperature.read_millicelsius();
    print("{} {} {} {}\n", sample, u16, microvolts, millicelsius);
    co_await gather(reader(one, 1), reader(two, 2), reader(temperature, 3));

    // A signal: a step at 50 ms.
    static std::uint16_t samples[400];  // not in the frame: the pool is small
    co_await sleep_until(Clock::time_point{40ms});
    auto start = ticks_us();
    std::size_t count = co_await one.read_many(samples, 20'000);
    print("{} samples in {} us, {} low, {} high\n", count, ticks_diff(ticks_us(), start), near(samples, 0, 1, 1241),
          near(samples, 0, 1, 2482));

    // Numbers that are not multiples of four, and turns.
    const Adc inputs[] = {Adc{29}, two, one};
    count = co_await Adc::read_many(inputs, {samples, 33}, 10'000);
    const std::span<const std::uint16_t> taken{samples, 33};
    print("{}: {} {} {}\n", count, near(taken, 0, 3, 2482), near(taken, 1, 3, 621), near(taken, 2, 3, 310));
    count = co_await one.read_many({samples, 1}, 10'000);
    print("{}\n", count);
    count = co_await one.read_many({}, 10'000);
    print("{}\n", count);

    // As fast as it can.
    start = ticks_us();
    count = co_await one.read_many(samples, 100'000);
    print("fast: {} in {} us\n", count, ticks_diff(ticks_us(), start));
    start = ticks_us();
    count = co_await one.read_many({samples, 200}, 100'000);
    print("half: {} in {} us\n", count, ticks_diff(ticks_us(), start));

    // Cancelled at each moment of a series, and while it waits for its turn; the next reads its own.
    unsigned cancelled = 0, wrong = 0;
    for (unsigned us = 0; us < 400; us += 13) {
        auto many = create_task([](Adc adc, std::span<std::uint16_t> into) -> Coro<> {
            (void)co_await adc.read_many(into, 20'000);
        }(one, {samples, 8}));
        auto single = create_task(reader(one, 4));
        co_await yield();
        single.cancel();
        co_await sleep(std::chrono::microseconds{us});
        many.cancel();
        const auto ended = co_await catch_cancelled(many);
        if (!ended) ++cancelled;
        const std::uint16_t after = co_await two.read();
        if (after != 621) ++wrong;
    }
    print("cancelled {}, {} wrong\n", cancelled, wrong);

    // An interrupt that comes too late loses samples, which is told, and the next series is whole.
    auto late = create_task([](Adc adc, std::span<std::uint16_t> into) -> Coro<> {
        const std::size_t got = co_await adc.read_many(into, 100'000);
        print("lost after fewer than 20: {}\n", got < 20);
    }(one, {samples, 400}));
    co_await yield();
    block(500);
    co_await late;
    count = co_await one.read_many({samples, 20}, 20'000);
    print("then: {}\n", count);

    // One that comes a little late finds more than the series wants, which interrupts nobody afterwards.
    auto short_one = create_task(
        [](Adc adc, std::span<std::uint16_t> into) -> Coro<> { (void)co_await adc.read_many(into, 100'000); }(one, {samples, 1}));
    co_await yield();
    block(50);
    co_await short_one;
    co_await sleep_ms(1);
    const std::uint16_t last = co_await two.read();
    print("at last: {}\n", last);
}

}  // namespace

int main() { run(async_main()); }
