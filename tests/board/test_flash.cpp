#include <algorithm>
#include <array>
#include <vector>

#include <uasync/board.hpp>
#include <uasync/sim/flash.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

constexpr std::uint32_t sector = Flash::sector_size, page = Flash::page_size;

std::span<std::uint8_t> at_end(std::uint32_t size) { return sim::flash_contents().last(size); }
bool all_are(std::span<const std::uint8_t> bytes, std::uint8_t value) {
    return std::ranges::all_of(bytes, [value](std::uint8_t byte) { return byte == value; });
}
/// As a chip from the factory.
void renew() { std::ranges::fill(sim::flash_contents(), std::uint8_t{0xff}); }

Coro<> erases(Trace& trace, Flash& flash, int id) {
    const Result<void> result = co_await flash.erase(0, sector);
    trace(result ? "erased" : to_string(result.error()), id);
}
/// Cancels a task that has been handed the turn just before.
Coro<> erases_and_cancels(Flash& flash, TaskHandle& next) {
    const Result<void> result = co_await flash.erase(0, sector);
    CHECK(result);
    next.cancel();
}
Coro<> ticks(unsigned& count) {
    while (true) {
        co_await sleep(1ms);
        ++count;
    }
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Flash: what is programmed can be read, until it is erased") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{3 * sector};
        CHECK(flash);
        CHECK(flash.size() == 3 * sector);
        CHECK(flash.start() == 2 * 1024 * 1024 - 3 * sector);
        std::array<std::uint8_t, 600> out, in;
        for (unsigned i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i * 7 + 1);
        Result<void> result = co_await flash.program(sector - 100, out);  // over three ends of pages, and that of a sector
        CHECK(result);
        CHECK(flash.done() == 600);
        CHECK(sim::now() == 3 * 400us);
        result = co_await flash.read(sector - 100, in);
        CHECK(result);
        CHECK(in == out);
        CHECK(all_are(at_end(3 * sector).first(sector - 100), 0xff));
        std::uint8_t one[1];
        CHECK(flash.read_nowait(sector - 99, one));
        CHECK(one[0] == 8);
        const auto before = sim::now();
        result = co_await flash.erase(sector, 2 * sector);
        CHECK(result);
        CHECK(flash.done() == 2 * sector);
        CHECK(sim::now() - before == 90ms);
        CHECK(all_are(at_end(2 * sector), 0xff));
        CHECK(at_end(3 * sector)[sector - 1] == out[99]);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Flash: a part that reaches out of the chip or has no whole sectors cannot be used") {
    auto body = [&]() -> Coro<> {
        for (const std::uint32_t size : {0U, 100U, 3U << 20U}) {
            Flash flash{size};
            CHECK_FALSE(flash);
            std::uint8_t byte[1] = {};
            Result<void> result = co_await flash.read(0, byte);
            CHECK(result == std::unexpected{Error::misuse});
            result = co_await flash.program(0, byte);
            CHECK(result == std::unexpected{Error::misuse});
            result = co_await flash.erase(0, sector);
            CHECK(result == std::unexpected{Error::misuse});
        }
        const auto fits = [](std::uint32_t size, std::uint32_t start) { return static_cast<bool>(Flash{size, {.start = start}}); };
        CHECK_FALSE(fits(sector, 2U << 20U));
        CHECK_FALSE(fits(sector, 100));
        CHECK_FALSE(fits(2 * sector, (2U << 20U) - sector));
        CHECK(fits(sector, (2U << 20U) - sector));
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Flash: a wrong range, and a bit that would have to become 1, are errors before anything is written") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        std::uint8_t bytes[2] = {0x0f, 0xf0};
        CHECK(flash.read_nowait(2 * sector - 1, bytes) == std::unexpected{Error::misuse});
        CHECK(flash.read_nowait(0xffff'ffff, bytes) == std::unexpected{Error::misuse});
        Result<void> result = co_await flash.program(2 * sector - 1, bytes);
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await flash.erase(1, sector);
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await flash.erase(0, 100);
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await flash.erase(sector, 2 * sector);
        CHECK(result == std::unexpected{Error::misuse});
        const unsigned steps = sim::flash_steps();
        result = co_await flash.program(page - 1, bytes);
        CHECK(result);
        CHECK(sim::flash_steps() == steps + 2);
        bytes[0] = 0x03;
        result = co_await flash.program(page - 1, bytes);  // fewer ones
        CHECK(result);
        bytes[0] = 0x01;
        bytes[1] = 0xf1;
        result = co_await flash.program(page - 1, bytes);
        CHECK(result == std::unexpected{Error::misuse});
        CHECK(flash.done() == 1);  // the first page
        CHECK(at_end(2 * sector)[page - 1] == 0x01);
        CHECK(at_end(2 * sector)[page] == 0xf0);
        result = co_await flash.program(0, std::span<const std::uint8_t>{});
        CHECK(result);
        result = co_await flash.erase(0, 0);
        CHECK(result);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Flash: a worn-out chip is an error") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash flash{2 * sector};
        sim::wear_out_flash(flash.start() + sector + 700, 1);
        const std::uint8_t out[1000] = {};
        Result<void> result = co_await flash.program(sector, out);
        CHECK(result == std::unexpected{Error::bus_error});
        CHECK(flash.done() == 2 * page);
        result = co_await flash.erase(0, 2 * sector);
        CHECK(result == std::unexpected{Error::bus_error});
        CHECK(flash.done() == sector);
        sim::wear_out_flash(0, 0);
        result = co_await flash.erase(0, 2 * sector);
        CHECK(result);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Flash: tasks write in the order in which they came, with any object, and others run meanwhile") {
    renew();
    auto body = [&]() -> Coro<> {
        Flash one{sector};
        Flash two{sector, {.start = 0}};
        unsigned count = 0;
        auto ticking = create_task(ticks(count));
        auto a = create_task(erases(trace, one, 1));
        auto b = create_task(erases(trace, two, 2));
        auto c = create_task(erases(trace, one, 3));
        auto d = create_task(erases(trace, two, 4));
        co_await sleep(50ms);
        c.cancel();
        co_await d;
        CHECK(sim::now() == 135ms);
        CHECK(count >= 134);
        trace.expect({"45 erased 1", "90 erased 2", "135 erased 4"});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Flash: cancelled at any time, the sector or page that was begun is finished, and the next task writes") {
    auto body = [&]() -> Coro<> {
        Flash flash{4 * sector};
        for (auto limit = 1us; limit < 100ms; limit += 777us) {
            std::ranges::fill(at_end(4 * sector), std::uint8_t{0});
            const auto ended = co_await wait_for(flash.erase(0, 2 * sector), limit);
            const std::uint32_t sectors = limit < 45ms ? 1 : 2;
            CHECK(ended.has_value() == (limit > 90ms));
            CHECK(flash.done() == sectors * sector);
            CHECK(all_are(at_end(4 * sector).first(sectors * sector), 0xff));
            CHECK(all_are(at_end(4 * sector).subspan(sectors * sector), 0));
            const Result<void> result = co_await flash.erase(2 * sector, sector);
            CHECK(result);
        }
        const std::uint8_t out[3 * page] = {};
        for (auto limit = 1us; limit < 1'500us; limit += 77us) {
            Result<void> result = co_await flash.erase(0, sector);
            CHECK(result);
            const auto ended = co_await wait_for(flash.program(10, out), limit);
            CHECK(ended.has_value() == (limit > 1'600us));
            CHECK(all_are(at_end(4 * sector).subspan(10, flash.done()), 0));
            CHECK(all_are(at_end(4 * sector).subspan(10 + flash.done(), 100), 0xff));
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Flash: a task that is cancelled with the turn in its hands gives it on") {
    auto body = [&]() -> Coro<> {
        Flash flash{sector};
        TaskHandle next;
        auto a = create_task(erases_and_cancels(flash, next));
        next = create_task(erases(trace, flash, 2));
        auto c = create_task(erases(trace, flash, 3));
        co_await c;
        trace.expect({"90 erased 3"});
        // A loop that ends while a task writes leaves the chip to the next one.
        auto d = create_task(erases(trace, flash, 4));
        auto e = create_task(erases(trace, flash, 5));
        co_await sleep(10ms);
    };
    CHECK(run(body()));
    auto again = [&]() -> Coro<> {
        Flash flash{sector};
        co_await erases(trace, flash, 6);
        CHECK(trace.lines().back() == "145 erased 6");
    };
    CHECK(run(again()));
}

TEST_CASE_FIXTURE(Simulated, "Flash: without supply nothing is written any more, and a step is done in part") {
    unsigned partly = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        renew();
        auto body = [&]() -> Coro<> {
            Flash flash{sector};
            const std::uint8_t out[3 * page] = {};
            sim::cut_flash_power(1, seed);
            const Result<void> result = co_await flash.program(0, out);
            CHECK(result == std::unexpected{Error::bus_error});
            CHECK(sim::is_flash_off());
            sim::restore_flash_power();
        };
        CHECK(run(body()));
        CHECK(all_are(at_end(sector).first(page), 0));
        const auto cut = at_end(sector).subspan(page, page);
        if (!all_are(cut, 0) && !all_are(cut, 0xff)) ++partly;
        CHECK(all_are(at_end(sector).subspan(2 * page), 0xff));
    }
    CHECK(partly > 15);
}

TEST_CASE_FIXTURE(Simulated, "Flash: the chip's number does not change") {
    CHECK(flash_unique_id() == flash_unique_id());
    CHECK(flash_unique_id() != std::array<std::uint8_t, 8>{});
}
