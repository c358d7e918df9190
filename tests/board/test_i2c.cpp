#include <optional>
#include <vector>

#include <uasync/board.hpp>
#include <uasync/sim/i2c_device.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

constexpr I2c::Options pins{.scl = 5, .sda = 4, .freq = 100'000};

Coro<> reads(Trace& trace, I2c& bus, int id) {
    std::uint8_t byte[1];
    const Result<void> result = co_await bus.read(0x50, byte);
    trace(result ? "read by" : "not read by", id);
}

/// Refuses what it is sent.
class Deaf : public sim::I2cDevice {
public:
    using I2cDevice::I2cDevice;
    bool write(std::span<const std::uint8_t>) override { return false; }
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "I2c: writes and reads take the time of the wires, and bytes arrive in order") {
    sim::I2cDevice device{0, 0x50};
    auto body = [&]() -> Coro<> {
        I2c bus{0, pins};
        const std::uint8_t out[] = {0x20, 1, 2, 3};
        Result<void> result = co_await bus.write(0x50, out);
        CHECK(result);
        CHECK(sim::now() == 470us);  // 2 + 9 * 5 bits of 10 us
        CHECK(device.registers[0x22] == 3);
        std::uint8_t in[3] = {};
        result = co_await bus.read_mem(0x50, 0x21, in);
        CHECK(result);
        CHECK(sim::now() == 470us + 570us);  // 3 + 9 * 6
        CHECK(in[0] == 2);
        CHECK(in[1] == 3);
        result = co_await bus.write_mem(0x50, 0x4321, out, 16);
        CHECK(result);
        CHECK(device.registers[0x43] == 0x21);  // the high byte goes first
        CHECK(device.registers[0x44] == 0x20);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "I2c: no device, a refused byte, no byte and wrong pins are errors, and the bus goes on") {
    sim::I2cDevice device{0, 0x50};
    Deaf deaf{0, 0x51};
    auto body = [&]() -> Coro<> {
        I2c bus{0, pins};
        std::uint8_t byte[1] = {};
        Result<void> result = co_await bus.read(0x52, byte);
        CHECK(result == std::unexpected{Error::no_acknowledgement});
        result = co_await bus.write(0x51, byte);
        CHECK(result == std::unexpected{Error::no_acknowledgement});
        result = co_await bus.write(0x50, {});
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await bus.read(0x50, byte);
        CHECK(result);
        I2c wrong{1, pins};
        result = co_await wrong.read(0x50, byte);
        CHECK(result == std::unexpected{Error::misuse});
        I2c again{0, pins};
        result = co_await again.read(0x50, byte);
        CHECK(result == std::unexpected{Error::misuse});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "I2c: tasks have the bus in the order in which they came, and a cancelled one leaves it to the next") {
    sim::I2cDevice device{0, 0x50};
    auto body = [&]() -> Coro<> {
        I2c bus{0, pins};
        std::vector<Task<>> tasks;
        for (int id = 1; id <= 5; ++id) tasks.push_back(create_task(reads(trace, bus, id)));
        co_await sleep(300us);  // the second one is on the bus
        tasks[1].cancel();
        tasks[3].cancel();
        const Result<void> second = co_await catch_cancelled(tasks[1]);
        CHECK(second == std::unexpected{Error::cancelled});
        CHECK(sim::now() == 300us);
        co_await tasks[4];
        CHECK(sim::now() == 790us);  // 300, the byte that was under way, and two transactions
        trace("end");
    };
    CHECK(run(body()));
    trace.expect({"0.2 read by 1", "0.59 read by 3", "0.79 read by 5", "0.79 end"});
}

TEST_CASE_FIXTURE(Simulated,
                  "I2c: a bus that is held from the start, or in the middle of a transaction, is an error, and then usable") {
    sim::I2cDevice device{0, 0x50};
    auto body = [&]() -> Coro<> {
        I2c bus{0, pins};
        std::uint8_t byte[1];
        sim::drive(4, false);
        Result<void> result = co_await bus.read(0x50, byte);
        CHECK(result == std::unexpected{Error::bus_stuck});
        CHECK(sim::now() == 0us);
        sim::release(4);
        sim::at(100us, [] { sim::drive(5, false); });
        result = co_await bus.read(0x50, byte);
        CHECK(result == std::unexpected{Error::bus_stuck});
        CHECK(sim::now() <= 100ms);
        sim::release(5);
        result = co_await bus.read(0x50, byte);
        CHECK(result);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "I2c: tasks that wait for a bus that is destroyed end with destroyed") {
    sim::I2cDevice device{0, 0x50};
    auto body = [&]() -> Coro<> {
        std::optional<I2c> bus;
        bus.emplace(0U, pins);
        auto first = create_task(reads(trace, *bus, 1));
        auto second = create_task(reads(trace, *bus, 2));
        co_await sleep(100us);
        bus.reset();
        const Result<void> one = co_await catch_cancelled(first);
        CHECK(one == std::unexpected{Error::destroyed});
        const Result<void> two = co_await catch_cancelled(second);
        CHECK(two == std::unexpected{Error::destroyed});
        bus.emplace(0U, pins);
        co_await reads(trace, *bus, 3);
    };
    CHECK(run(body()));
    trace.expect({"0.3 read by 3"});
}

TEST_CASE_FIXTURE(Simulated, "I2c: a scan finds the devices") {
    sim::I2cDevice one{1, 0x08};
    sim::I2cDevice other_bus{0, 0x30};
    auto last = std::optional<sim::I2cDevice>{};
    last.emplace(1U, std::uint8_t{0x77});
    auto body = [&]() -> Coro<> {
        I2c bus{1, {.scl = 3, .sda = 2}};
        auto found = co_await bus.scan();
        REQUIRE(found);
        CHECK(found->count() == 2);
        CHECK((*found)[0x08]);
        CHECK((*found)[0x77]);
        last.reset();
        found = co_await bus.scan();
        REQUIRE(found);
        CHECK(found->count() == 1);
    };
    CHECK(run(body()));
}
