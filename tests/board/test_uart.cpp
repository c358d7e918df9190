#include <optional>
#include <string>

#include <uasync/board.hpp>
#include <uasync/sim/uart.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

constexpr Uart::Options options{.tx = 4, .rx = 5, .baudrate = 10'000};  // 1 ms a byte

Coro<> writes(Trace& trace, Uart& uart, std::string_view text) {
    co_await uart.write(text);
    trace(std::string{text.substr(0, 1)} + " is out");
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Uart: read, read_exactly and readline take what they are to take, when it has come") {
    auto body = [&]() -> Coro<> {
        Uart uart{1, options};
        std::uint8_t in[8];
        sim::uart_input(1, "abc");
        auto count = co_await uart.read(in);
        CHECK(count == 3U);
        CHECK(sim::now() == 3ms);
        CHECK(in[2] == 'c');
        sim::uart_input(1, "defghij");
        count = co_await uart.read_exactly({in, 5});
        CHECK(count == 5U);
        CHECK(in[4] == 'h');
        CHECK(uart.any() == 2);
        sim::uart_input(1, "k\nl");
        char text[8];
        auto line = co_await uart.readline(text);
        CHECK(line == "ijk\n");
        sim::uart_input(1, "mnopqrstu");
        line = co_await uart.readline(text);
        CHECK(line == "lmnopqrs");  // the buffer is full
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Uart: a read that is cancelled, whenever that is, has taken nothing") {
    for (int us = 0; us < 13'000; us += 250) {
        sim::reset();
        sim::capture(true);
        auto body = [&]() -> Coro<> {
            Uart uart{1, options};
            std::uint8_t in[16];
            sim::uart_input(1, "0123456789");
            (void)co_await wait_for(uart.read_exactly({in, 11}), std::chrono::microseconds{us});
            const auto count = co_await uart.read_exactly({in, 10});
            CHECK(count == 10U);
            for (int i = 0; i < 10; ++i) CHECK(in[i] == '0' + i);
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "Uart: a read that was woken, and is cancelled before its turn, has taken nothing") {
    auto body = [&]() -> Coro<> {
        Uart uart{1, options};
        std::uint8_t in[4];
        auto reading =
            create_task([](Uart& line, std::span<std::uint8_t> into) -> Coro<> { (void)co_await line.read(into); }(uart, in));
        co_await yield();
        sim::uart_input(1, "ab");
        sim::at(2ms, [&] { reading.cancel(); });  // set after the byte's, so that it comes after it
        const auto ended = co_await catch_cancelled(reading);
        CHECK(ended == std::unexpected{Error::cancelled});
        CHECK(sim::now() == 2ms);
        CHECK(uart.any() == 2);
        const auto count = co_await uart.read(in);
        CHECK(count == 2U);
        CHECK(in[0] == 'a');
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Uart: what ring and UART have no room for is lost, which is counted; the rest is there") {
    auto body = [&]() -> Coro<> {
        std::uint8_t ring[8];
        Uart uart{1, {.tx = 4, .rx = 5, .baudrate = 10'000, .rxbuf = ring}};
        sim::uart_input(1, std::string(100, 'x'));
        co_await sleep_ms(200);
        CHECK(uart.any() == 7);
        std::uint8_t in[100];
        std::size_t count = 0;
        while (count < 39) count += (co_await uart.read(in)).value_or(100);
        CHECK(count == 39);
        CHECK(uart.counts().overruns == 0);  // it is told with the next byte
        sim::uart_input(1, "y");
        const auto next = co_await uart.read(in);
        CHECK(next == 1U);
        CHECK(uart.counts().overruns == 1);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Uart: a read may want more than the ring has room for; if it is cancelled then, the last bytes are lost") {
    auto body = [&]() -> Coro<> {
        std::uint8_t ring[8];
        Uart uart{1, {.tx = 4, .rx = 5, .baudrate = 10'000, .rxbuf = ring}};
        sim::uart_input(1, "abcdefghijklmnopqrst");
        std::uint8_t in[21];
        auto count = co_await uart.read_exactly({in, 20});
        CHECK(count == 20U);
        CHECK(in[19] == 't');
        sim::uart_input(1, "0123456789abcdef");
        (void)co_await wait_for_ms(uart.read_exactly(in), 30);
        CHECK(uart.any() == 7);
        CHECK(uart.counts().overruns == 1);
        count = co_await uart.read(in);
        CHECK(count == 7U);
        CHECK(in[0] == '0');
        CHECK(in[6] == '6');
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(
    Simulated,
    "Uart: writes go out one after the other, a cancelled one leaves the line to the next, drain waits for the last bit") {
    auto body = [&]() -> Coro<> {
        Uart uart{1, options};
        const std::string a(50, 'a'), b(50, 'b'), c(10, 'c');
        auto first = create_task(writes(trace, uart, a));
        auto second = create_task(writes(trace, uart, b));
        auto third = create_task(writes(trace, uart, c));
        co_await sleep(500us);
        second.cancel();
        const auto ended = co_await catch_cancelled(second);
        CHECK(ended == std::unexpected{Error::cancelled});
        co_await third;
        co_await uart.drain();
        trace("drained");
        CHECK(sim::uart_output(1) == a + c);
        CHECK(sim::now() >= 60ms);
        CHECK(sim::now() <= 62ms);
    };
    CHECK(run(body()));
    CHECK(trace.lines().size() == 3);
    CHECK(trace.lines()[0].ends_with("a is out"));
    CHECK(trace.lines()[1].ends_with("c is out"));
}

TEST_CASE_FIXTURE(Simulated,
                  "Uart: wrong pins, a second reader, a second object and a read of nothing are misuse; destroyed ends the waits") {
    auto body = [&]() -> Coro<> {
        std::uint8_t in[4];
        Uart wrong{0, options};
        auto count = co_await wrong.read(in);
        CHECK(count == std::unexpected{Error::misuse});
        const auto written = co_await wrong.write("x");
        CHECK(written == std::unexpected{Error::misuse});
        std::optional<Uart> uart;
        uart.emplace(1U, options);
        Uart same{1, options};
        count = co_await same.read(in);
        CHECK(count == std::unexpected{Error::misuse});
        count = co_await uart->read({});
        CHECK(count == std::unexpected{Error::misuse});
        auto reading = create_task([](Uart& line) -> Coro<> {
            std::uint8_t byte[1];
            (void)co_await line.read(byte);
        }(*uart));
        const std::string text(50, 'a');
        auto writing = create_task(writes(trace, *uart, text));
        co_await sleep_ms(1);
        count = co_await uart->read(in);
        CHECK(count == std::unexpected{Error::misuse});
        uart.reset();
        const auto one = co_await catch_cancelled(reading);
        CHECK(one == std::unexpected{Error::destroyed});
        const auto two = co_await catch_cancelled(writing);
        CHECK(two == std::unexpected{Error::destroyed});
    };
    CHECK(run(body()));
    trace.expect({"1 report writes: what it awaited was destroyed"});  // as nobody awaited it by then
}
