#include <array>
#include <optional>

#include <uasync/device.hpp>
#include <uasync/sim/state_machine.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::misuse;
using uasync::test::Simulated;

namespace {
using Words = std::vector<std::uint32_t>;

/// Pixels that take each word in some time, and note when they got it.
class Wire : public sim::StateMachine {
public:
    Wire(unsigned pin, sim::Duration taking) : StateMachine{pin}, taking_{taking} {}
    sim::Duration pull(std::uint32_t word) override {
        received.push_back(word);
        times.push_back(sim::now());
        return taking_;
    }
    std::vector<sim::Duration> times;

private:
    sim::Duration taking_;
};
}  // namespace

TEST_CASE_FIXTURE(Simulated, "NeoPixel: colours are set one by one or all at once, and shown by write") {
    sim::StateMachine wire{16};
    auto body = [&]() -> Coro<> {
        NeoPixel<4> strip{16};
        CHECK(strip.size() == 4);
        strip.fill({1, 2, 3, 4});
        strip[1] = {0x10, 0x20, 0x30};
        const Color second = strip[1];
        CHECK(second == Color{0x10, 0x20, 0x30});
        strip[3] = strip[1];
        CHECK(wire.received.empty());
        Result<void> result = co_await strip.write();
        CHECK(result);
        CHECK(sim::now() == 421us);  // 4 of 30 us, and the reset
        CHECK(wire.received == Words{0x02010300, 0x20103000, 0x02010300, 0x20103000});
        strip[0] = {};
        result = co_await strip.write();
        CHECK(sim::now() == 842us);
        CHECK(wire.received[4] == 0);
        CHECK(wire.received.size() == 8);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "NeoPixel: each order of lamps has its own words and times") {
    sim::StateMachine wire{16};
    auto body = [&]() -> Coro<> {
        {
            NeoPixel<1> strip{16, {.order = NeoPixelOrder::rgb, .reset_us = 50}};
            strip[0] = {1, 2, 3, 4};
            const Color color = strip[0];
            CHECK(color == Color{1, 2, 3});
            co_await strip.write();
            CHECK(sim::now() == 81us);
        }
        NeoPixel<1> strip{16, {.order = NeoPixelOrder::grbw, .reset_us = 80}};
        strip[0] = {1, 2, 3, 4};
        const Color color = strip[0];
        CHECK(color == Color{1, 2, 3, 4});
        co_await strip.write();
        CHECK(sim::now() == 202us);
    };
    CHECK(run(body()));
    CHECK(wire.received == Words{0x01020300, 0x02010304});
}

TEST_CASE_FIXTURE(Simulated, "NeoPixel: tasks that write at the same time do so one after the other, cancelled or not") {
    for_each_order([&] {
        Wire wire{16, 1us};
        auto body = [&](int us) -> Coro<> {
            wire.received.clear();
            wire.times.clear();
            NeoPixel<2> strip{16};
            auto one = create_task(strip.write());
            auto two = create_task(strip.write());
            auto three = create_task(strip.write());
            co_await sleep(std::chrono::microseconds{us});
            two.cancel();
            (void)co_await catch_cancelled(two);
            const bool was_last = one.done() && three.done();
            co_await one;
            co_await three;
            CHECK(wire.received.size() >= 4);
            CHECK(wire.received.size() <= 6);
            // No two of them within the time of the pixels and the reset.
            for (std::size_t i = 2; i < wire.times.size(); i += 2) CHECK(wire.times[i] - wire.times[i - 2] >= 361us);
            // Unless the last one was that which was cancelled.
            if (!was_last) CHECK(sim::now() - wire.times.back() >= 360us);
        };
        for (int us : {0, 1, 5, 200, 400, 500, 800}) CHECK(run(body(us)));
    });
}

TEST_CASE_FIXTURE(Simulated, "NeoPixel: the reset begins after the last pixel, however late the words go") {
    Wire wire{16, 100us};
    auto body = [&]() -> Coro<> {
        NeoPixel<20> strip{16};
        co_await strip.write();
        // The last word is in the FIFO when the twelfth is pulled; nine of them may be on their way.
        CHECK(sim::now() == 1100us + 9 * 30us + 301us);
        co_await strip.write();
        CHECK(wire.times[20] >= 1671us);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "NeoPixel: without a state machine, a channel or a pin, write says so") {
    auto body = [&]() -> Coro<> {
        NeoPixel<1> nowhere{40};
        Result<void> result = co_await nowhere.write();
        CHECK(result == misuse);
        std::array<std::optional<Dma>, 12> channels;
        for (auto& channel : channels) channel.emplace();
        channels[0].reset();
        NeoPixel<1> strip{16};
        NeoPixel<1> other{17};
        result = co_await other.write();
        CHECK(result == std::unexpected{Error::no_channel});
        result = co_await strip.write();
        CHECK(result);
    };
    CHECK(run(body()));
}
