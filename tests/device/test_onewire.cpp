#include <array>
#include <optional>
#include <vector>

#include <uasync/device.hpp>
#include <uasync/sim/ds18b20_device.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::destroyed;
using uasync::test::misuse;
using uasync::test::Simulated;

namespace {
const Result<void> absent = std::unexpected{Error::no_acknowledgement};
const Result<void> stuck = std::unexpected{Error::bus_stuck};

/// Answers each byte with its complement.
class Complement : public sim::OneWireDevice {
public:
    bool reset() override {
        bits_ = 0;
        return true;
    }
    bool slot(bool bit) override {
        const unsigned at = bits_++;
        if (at % 16 < 8) {
            byte_[at % 8] = bit;
            return true;
        }
        return !byte_[at % 8];
    }

private:
    std::array<bool, 8> byte_{};
    unsigned bits_ = 0;
};
}  // namespace

TEST_CASE_FIXTURE(Simulated, "OneWire: bytes go and come, the lowest bit first, at the speed of the bus") {
    sim::OneWireBus wire{16};
    Complement device;
    wire.connect(device);
    auto body = [&]() -> Coro<> {
        OneWire bus{16};
        Result<void> result = co_await bus.reset();
        CHECK(result);
        CHECK(sim::now() == 984us);
        const std::uint8_t out[] = {0x35};
        std::uint8_t in[1];
        result = co_await bus.write(out);
        CHECK(result);
        CHECK(sim::now() == 984us + 561us);
        result = co_await bus.read(in);
        CHECK(result);
        CHECK(in[0] == 0xca);
        CHECK(sim::now() == 984us + 2 * 561us);
        CHECK(wire.received.empty());
        result = co_await bus.select_rom({1, 2, 3, 4, 5, 6, 7, 8});
        CHECK(result == stuck);  // as that device disturbs
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "OneWire: nobody on the bus, and a wire that is shorted, are errors") {
    sim::OneWireBus wire{16};
    auto body = [&]() -> Coro<> {
        OneWire bus{16};
        OneWireRom roms[2];
        std::uint8_t byte[1] = {0xcc};
        Result<void> result = co_await bus.reset();
        CHECK(result == absent);
        Result<std::size_t> count = co_await bus.scan(roms);
        CHECK(count == 0);
        result = co_await bus.transfer(nullptr, byte, {});
        CHECK(result == absent);
        result = co_await bus.read(byte);
        CHECK(result);
        CHECK(byte[0] == 0xff);
        wire.is_shorted = true;
        result = co_await bus.reset();
        CHECK(result == stuck);
        count = co_await bus.scan(roms);
        CHECK(count == std::unexpected{Error::bus_stuck});
        result = co_await bus.write(byte);
        CHECK(result == stuck);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "OneWire: a scan finds every device, as many as there is room for") {
    sim::OneWireBus wire{16};
    // Numbers that differ in the first bit, in the last, and in several.
    const std::array<std::uint64_t, 7> numbers = {0, 1, 0x8000'0000'0000, 0x1234'5678'9abc, 0xffff'ffff'ffff, 2, 0x1234'5678'9abd};
    std::array<std::optional<sim::Ds18b20Device>, 7> devices;
    for (std::size_t i = 0; i < numbers.size(); ++i) devices[i].emplace(wire, numbers[i]);
    auto body = [&]() -> Coro<> {
        OneWire bus{16};
        std::array<OneWireRom, 8> roms{};
        Result<std::size_t> count = co_await bus.scan(roms);
        CHECK(count == 7);
        for (auto& device : devices) CHECK(std::count(roms.begin(), roms.begin() + 7, device->rom) == 1);
        CHECK(sim::now() < 7 * 16ms);
        count = co_await bus.scan(std::span{roms}.first(3));
        CHECK(count == 3);
        count = co_await bus.scan({});
        CHECK(count == 0);
        devices[3]->unplug();
        count = co_await bus.scan(roms);
        CHECK(count == 6);
        CHECK(std::count(roms.begin(), roms.begin() + 6, devices[3]->rom) == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "OneWire: a scan in which a bit is read wrong, or a device is unplugged, gives no number that there is not") {
    sim::OneWireBus wire{16};
    sim::Ds18b20Device one{wire, 0x1234'5678'9abc}, two{wire, 0x1234'5678'9abd};
    auto scan_once = [&]() -> Coro<> {
        OneWire bus{16};
        std::array<OneWireRom, 4> roms{};
        const Result<std::size_t> count = co_await bus.scan(roms);
        for (std::size_t i = 0; i < (count ? *count : 0); ++i) CHECK((roms[i] == one.rom || roms[i] == two.rom));
        if (count) CHECK(*count <= 2);
    };
    for (std::size_t slot = 0; slot < 400; ++slot) {
        wire.slots = 0;
        wire.flipped_slot = slot;
        CHECK(run(scan_once()));
    }
    wire.flipped_slot = ~std::size_t{0};
    // All bits of a number are 0, and so is their CRC.
    sim::reset();
    sim::at(1546us, [&] { wire.is_shorted = true; });
    auto scan_for_one = []() -> Coro<> {
        OneWire bus{16};
        OneWireRom roms[1];
        const Result<std::size_t> count = co_await bus.scan(roms);
        CHECK(count == std::unexpected{Error::bus_error});
    };
    CHECK(run(scan_for_one()));
    wire.is_shorted = false;
    for (int us = 100; us < 32'000; us += 331) {
        sim::reset();
        sim::at(std::chrono::microseconds{us}, [&] {
            one.unplug();
            two.unplug();
        });
        CHECK(run(scan_once()));
        one.plug();
        two.plug();
        sim::at(sim::now() + std::chrono::microseconds{us}, [&] { wire.is_shorted = true; });
        CHECK(run(scan_once()));
        wire.is_shorted = false;
    }
}

TEST_CASE_FIXTURE(Simulated, "OneWire: transactions of several tasks do not mix, cancelled at any moment or not") {
    sim::OneWireBus wire{16};
    sim::Ds18b20Device one{wire, 1}, two{wire, 2}, three{wire, 3};
    auto marks = [&](OneWire& bus, sim::Ds18b20Device& device, std::uint8_t mark) -> Coro<> {
        const std::uint8_t out[] = {0x4e, mark, mark, 0x7f}, ask[] = {0xbe};
        std::uint8_t in[9];
        Result<void> result = co_await bus.transfer(&device.rom, out, {});
        CHECK(result);
        result = co_await bus.transfer(&device.rom, ask, in);
        CHECK(result);
        CHECK(OneWire::crc8(in) == 0);
        CHECK(in[2] == mark);
        CHECK(in[3] == mark);
    };
    auto body = [&](int us) -> Coro<> {
        OneWire bus{16};
        auto cancelled = create_task(marks(bus, one, 11));
        auto first = create_task(marks(bus, two, 22));
        auto second = create_task(marks(bus, three, 33));
        co_await sleep(std::chrono::microseconds{us});
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        co_await first;
        co_await second;
    };
    for (int us = 0; us < 26'000; us += 97) CHECK(run(body(us)));
    for (int us : {0, 984, 1545, 20'000}) for_each_order([&] { CHECK(run(body(us))); }, 10);
}

TEST_CASE_FIXTURE(Simulated,
                  "OneWire: cancelled at every moment of a reset or a byte, the wire is released and the bus usable at once") {
    sim::OneWireBus wire{16};
    Complement device;
    wire.connect(device);
    auto body = [&](int us) -> Coro<> {
        OneWire bus{16};
        std::uint8_t in[2] = {};
        auto parts = [&]() -> Coro<> {
            co_await bus.reset();
            co_await bus.write(std::array<std::uint8_t, 1>{0x0f});
        };
        auto cancelled = create_task(parts());
        co_await sleep(std::chrono::microseconds{us});
        const bool was_running = !cancelled.done();
        const std::size_t before = wire.executed.size();
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        CHECK(wire.executed.size() == before + (was_running ? 1U : 0U));
        if (was_running) CHECK(wire.executed.back() == asm_pio_encode("set pindirs, 0"));
        const auto start = sim::now();
        Result<void> result = co_await bus.reset();
        CHECK(result);
        CHECK(sim::now() - start == 984us);
        const std::uint8_t out[] = {0x35};
        result = co_await bus.write(out);
        CHECK(result);
        result = co_await bus.read(std::span{in}.first(1));
        CHECK(result);
        CHECK(in[0] == 0xca);
    };
    for (int us = 0; us < 1'600; us += 7) CHECK(run(body(us)));
    for (int us : {984, 1'545}) for_each_order([&] { CHECK(run(body(us))); });  // when the answer has just come
}

TEST_CASE_FIXTURE(Simulated, "OneWire: a second task that asks for bits at the same time is told so, and the first one goes on") {
    sim::OneWireBus wire{16};
    Complement device;
    wire.connect(device);
    auto body = [&]() -> Coro<> {
        OneWire bus{16};
        auto first = create_task([](OneWire& one) -> Coro<> {
            const Result<void> result = co_await one.reset();
            CHECK(result);
        }(bus));
        co_await sleep(100us);
        Result<void> result = co_await bus.reset();
        CHECK(result == misuse);
        CHECK(sim::now() == 100us);
        co_await first;
        CHECK(sim::now() == 984us);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "OneWire: destroyed while tasks wait, or without a machine or a pin, it says so") {
    sim::OneWireBus wire{16};
    Complement device;
    wire.connect(device);
    auto body = [&](int us, bool is_cancelled) -> Coro<> {
        std::optional<OneWire> bus{std::in_place, 16U};
        auto waiting = create_task([](OneWire& one) -> Coro<> { co_await one.reset(); }(*bus));
        co_await sleep(std::chrono::microseconds{us});
        if (is_cancelled) waiting.cancel();
        bus.reset();
        // A new one in its place does not hear of the old one's tasks.
        bus.emplace(16U);
        const Result<void> anew = co_await bus->reset();
        CHECK(anew);
        const auto result = co_await catch_cancelled(waiting);
        CHECK(result == (is_cancelled ? uasync::test::cancelled : destroyed));
    };
    for (int us : {1, 500, 983}) {
        CHECK(run(body(us, true)));
        CHECK(run(body(us, false)));
    }
    auto none = []() -> Coro<> {
        OneWire nowhere{40};
        Result<void> result = co_await nowhere.reset();
        CHECK(result == misuse);
        std::array<std::optional<OneWire>, 8> buses;
        for (unsigned i = 0; i < 8; ++i) buses[i].emplace(i);
        OneWire ninth{16};
        result = co_await ninth.reset();
        CHECK(result == std::unexpected{Error::unavailable});
    };
    CHECK(run(none()));
}

TEST_CASE("OneWire: the CRC is that of Maxim's application note 27") {
    CHECK(OneWire::crc8(std::array<std::uint8_t, 7>{0x02, 0x1c, 0xb8, 0x01, 0, 0, 0}) == 0xa2);
    CHECK(OneWire::crc8(std::array<std::uint8_t, 8>{0x02, 0x1c, 0xb8, 0x01, 0, 0, 0, 0xa2}) == 0);
}
