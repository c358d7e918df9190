#include <array>
#include <optional>
#include <vector>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

TEST_CASE_FIXTURE(Simulated, "Dma: words of each size are moved, filled, and sent to one place, in their time") {
    auto body = [&]() -> Coro<> {
        Dma dma;
        const std::array<std::uint8_t, 3> bytes{1, 2, 3};
        std::uint8_t to_bytes[4] = {9, 9, 9, 9};
        Result<void> result = co_await dma.transfer(to_bytes, bytes);
        CHECK(result);
        CHECK(sim::now() == 1us);
        CHECK(to_bytes[2] == 3);
        CHECK(to_bytes[3] == 9);
        const std::vector<std::uint16_t> halves(1250, std::uint16_t{0x1234});
        std::vector<std::uint16_t> to_halves(1250);
        result = co_await dma.transfer(to_halves, std::span{halves});
        CHECK(result);
        CHECK(sim::now() == 11us);
        CHECK(to_halves == halves);
        std::uint32_t words[5] = {};
        const std::uint32_t fill = 7;
        result = co_await dma.transfer(words, fill);
        CHECK(result);
        CHECK(words[4] == 7);
        volatile std::uint32_t place = 0;
        result = co_await dma.transfer(place, bytes, {.request = DmaRequest::uart0_tx});
        CHECK(result);
        CHECK(sim::now() == 15us);  // paced: 3 us
        CHECK(place == 3);
        result = co_await dma.transfer(words, std::span<std::uint32_t>{});
        CHECK(result);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Dma: a ring begins anew after its end, at either side") {
    alignas(16) std::array<std::uint32_t, 4> ring{};
    auto body = [&]() -> Coro<> {
        Dma dma;
        const std::uint32_t from[6] = {1, 2, 3, 4, 5, 6};
        Result<void> result = co_await dma.transfer(ring, from, {.count = 6});
        CHECK(result);
        CHECK(ring == std::array<std::uint32_t, 4>{5, 6, 3, 4});
        std::uint32_t to[6] = {};
        result = co_await dma.transfer(to, ring, {.count = 6});
        CHECK(result);
        CHECK(to[3] == 4);
        CHECK(to[5] == 6);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Dma: buffers that do not fit and rings that cannot be are misuse, an address that is nothing is a bus error") {
    alignas(16) std::array<std::uint32_t, 4> ring{};
    auto body = [&]() -> Coro<> {
        Dma dma;
        std::uint32_t words[6] = {};
        std::uint16_t halves[6] = {};
        const std::span<std::uint32_t> three{words, 3};
        Result<void> result = co_await dma.transfer(three, words);
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await dma.transfer(halves, words);
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await dma.transfer(words, three, {.count = 6});  // 12 bytes are no ring
        CHECK(result == std::unexpected{Error::misuse});
        const std::span<std::uint32_t> crooked{ring.data() + 1, 2};
        result = co_await dma.transfer(words, crooked, {.count = 6});
        CHECK(result == std::unexpected{Error::misuse});
        const std::span<std::uint32_t> two{ring.data(), 2};
        result = co_await dma.transfer(two, ring, {.count = 6});  // both would wrap
        CHECK(result == std::unexpected{Error::misuse});
        const std::uint32_t constant[2] = {};
        result = co_await dma.transfer(constant, words, {.count = 1});
        CHECK(result == std::unexpected{Error::misuse});
        const std::span<const std::uint32_t> nothing{static_cast<const std::uint32_t*>(nullptr), 2};
        result = co_await dma.transfer(words, nothing);
        CHECK(result == std::unexpected{Error::bus_error});
        result = co_await dma.transfer(words, ring);
        CHECK(result);
        auto first = create_task(dma.transfer(words, ring, {.request = DmaRequest::adc}));
        co_await yield();
        result = co_await dma.transfer(words, ring);
        CHECK(result == std::unexpected{Error::misuse});
        result = co_await first;
        CHECK(result);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Dma: each object has a channel for its life, and there are twelve") {
    auto body = [&]() -> Coro<> {
        std::array<std::optional<Dma>, 11> channels;
        Dma seventh{7};
        CHECK(seventh.channel() == 7);
        for (auto& channel : channels) CHECK(channel.emplace());
        CHECK(channels[7]->channel() == 8);
        Dma none;
        CHECK(!none);
        std::uint32_t from = 1, to = 0;
        Result<void> result = co_await none.transfer(to, from);
        CHECK(result == std::unexpected{Error::no_channel});
        CHECK(to == 0);
        CHECK(std::string_view{to_string(result.error())} == "no free DMA channel");
        channels[3].reset();
        Dma again;
        CHECK(again.channel() == 3);
        result = co_await again.transfer(to, from);
        CHECK(result);
        CHECK(to == 1);
        Dma taken{3};
        CHECK(!taken);
        Dma beyond{12};
        CHECK(!beyond);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Dma: a cancelled transfer has stopped when its task has ended, and the channel is free for the next") {
    auto body = [&]() -> Coro<> {
        Dma dma;
        std::array<std::uint8_t, 100> to{}, from;
        from.fill(1);
        for (int us = 0; us < 100; us += 7) {
            to.fill(0);
            auto task = create_task(dma.transfer(to, from, {.request = DmaRequest::adc}));
            co_await yield();
            co_await sleep(std::chrono::microseconds{us});
            CHECK(dma.left() == 100U - static_cast<unsigned>(us));
            task.cancel();
            const auto ended = co_await catch_cancelled(task);
            CHECK(ended == std::unexpected{Error::cancelled});
            CHECK(dma.left() == 0);
            const std::array<std::uint8_t, 100> then = to;
            CHECK((us == 0 || to[static_cast<std::size_t>(us) - 1] == 1));
            CHECK(to[static_cast<std::size_t>(us)] == 0);
            co_await sleep(200us);
            CHECK(to == then);
        }
        const Result<void> result = co_await dma.transfer(to, from);
        CHECK(result);
        CHECK(to == from);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Dma: a task that waits for a channel that is destroyed ends with destroyed, and nothing is moved any more") {
    auto body = [&]() -> Coro<> {
        std::array<std::uint8_t, 100> to{}, from;
        from.fill(1);
        std::optional<Dma> dma{std::in_place};
        auto task = create_task(dma->transfer(to, from, {.request = DmaRequest::adc}));
        co_await sleep(50us);
        dma.reset();
        const auto ended = co_await catch_cancelled(task);
        CHECK(ended == std::unexpected{Error::destroyed});
        co_await sleep(100us);
        CHECK(to[50] == 0);
    };
    CHECK(run(body()));
}
