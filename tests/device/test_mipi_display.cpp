#include <cstdlib>
#include <optional>
#include <utility>

#include <uasync/device/ili9341.hpp>
#include <uasync/device/st7735.hpp>
#include <uasync/sim/st7735_device.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

constexpr Spi::Options bus_pins{.sck = 2, .mosi = 3};
constexpr MipiDisplay::Options pins{.cs = 5, .dc = 6};
constexpr std::uint16_t red = color565(255, 0, 0), green = color565(0, 255, 0), blue = color565(0, 0, 255);

/// Whether one sees on an upright panel what is in the buffer.
bool is_shown(const ColorBuffer& buffer, const sim::St7735Device& panel, int x = 0, int y = 0) {
    for (int row = 0; row < buffer.height(); ++row) {
        for (int column = 0; column < buffer.width(); ++column) {
            const int right = x + column, down = y + row;
            const bool is_inside = right >= 0 && right < panel.width && down >= 0 && down < panel.height;
            if (is_inside && buffer.pixel(column, row) != panel.pixel(right, down)) return false;
        }
    }
    return true;
}

void draw(ColorBuffer& to) {
    to.fill(blue);
    to.text("Weather", 4, 3, 0xffff);
    to.line(0, to.height() - 1, to.width() - 1, 0, green);
    to.rect(2, 1, to.width() - 3, to.height() - 2, red);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: no bus is an error, and no display is none") {
    auto body = [&]() -> Coro<> {
        Spi bus{0, bus_pins};
        volatile unsigned sck_of_bus_0 = 2;
        Spi none{1, {.sck = sck_of_bus_0}};
        St7735 without_bus{none, pins};
        ColorFrame<4, 4> frame;
        Result<void> done = co_await without_bus.show(frame);
        CHECK(done == std::unexpected{Error::misuse});
        done = co_await without_bus.fill(0);
        CHECK(done == std::unexpected{Error::misuse});
        St7735 without_panel{bus, pins};
        done = co_await without_panel.show(frame);
        CHECK(done);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: one sees what was drawn, also beside the edges, and black around it") {
    sim::St7735Device panel{0, 5, 6};
    auto body = [&]() -> Coro<> {
        Spi bus{0, bus_pins};
        St7735 display{bus, pins};
        CHECK(display.width() == 128);
        CHECK(display.height() == 160);
        static ColorFrame<128, 160> whole;
        ColorFrame<64, 20> part;
        draw(whole);
        draw(part);
        Result<void> shown = co_await display.show(part, 30, 40);
        CHECK(shown);
        CHECK(is_shown(part, panel, 30, 40));
        for (const auto& [x, y] : {std::pair{29, 40}, {94, 40}, {30, 39}, {30, 60}, {0, 0}, {127, 159}})
            CHECK(panel.pixel(x, y) == 0);
        for (const auto& [x, y] : {std::pair{-10, -5}, {100, 150}, {-10, 100}, {0, 155}, {-63, -19}, {127, 159}}) {
            shown = co_await display.show(part, x, y);
            CHECK(is_shown(part, panel, x, y));
        }
        panel.pixels_sent = 0;
        for (const auto& [x, y] : {std::pair{-64, 0}, {128, 0}, {0, 160}, {0, -20}}) shown = co_await display.show(part, x, y);
        CHECK(panel.pixels_sent == 0);
        shown = co_await display.show(whole);
        CHECK(is_shown(whole, panel));
        CHECK(panel.pixels_sent == 128 * 160);
    };
    CHECK(run(body()));
    CHECK(panel.faults.empty());
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: only the rectangle around what has changed is sent, and all of it at another place") {
    sim::St7735Device panel{0, 5, 6}, second{1, 9, 8};
    auto body = [&]() -> Coro<> {
        Spi bus{0, bus_pins}, other_bus{1, {.sck = 10, .mosi = 11}};
        std::optional<St7735> display;
        display.emplace(bus, pins);
        St7735 other{other_bus, {.cs = 9, .dc = 8}};
        static ColorFrame<40, 30> frame;
        auto sent = [&, before = std::size_t{0}]() mutable { return panel.pixels_sent - std::exchange(before, panel.pixels_sent); };
        Result<void> shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 128 * 160 + 40 * 30);
        auto before = sim::now();
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 0);
        CHECK(sim::now() == before);
        frame.pixel(39, 29, red);
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 1);
        frame.hline(30, 10, 100, green);
        frame.text("8", 20, 13, red);
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 20 * 11);
        frame.vline(0, 2, 5, blue);
        frame.vline(39, 3, 9, blue);  // as wide as the buffer
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 40 * 10);
        CHECK(is_shown(frame, panel, 3, 4));
        for (const auto& [x, y] : {std::pair{4, 4}, {4, 5}, {3, 4}}) {
            shown = co_await display->show(frame, x, y);
            CHECK(sent() == 40 * 30);
            CHECK(is_shown(frame, panel, x, y));
        }
        shown = co_await other.show(frame, 3, 4);
        CHECK(is_shown(frame, second, 3, 4));
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 40 * 30);
        frame.invalidate();
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 40 * 30);
        ColorFrame<40, 30> image;
        frame.blit(image, 35, 28);
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 5 * 2);
        frame.scroll(1, 0);
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 40 * 30);
        display->init_display();
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 128 * 160 + 40 * 30);
        display.emplace(bus, pins);  // at the same place in memory
        shown = co_await display->show(frame, 3, 4);
        CHECK(sent() == 128 * 160 + 40 * 30);
        CHECK(is_shown(frame, panel, 3, 4));
    };
    CHECK(run(body()));
    CHECK(panel.faults.empty());
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: it fills rectangles without a buffer, as far as they are inside") {
    sim::St7735Device panel{0, 5, 6};
    auto body = [&]() -> Coro<> {
        Spi bus{0, bus_pins};
        St7735 display{bus, pins};
        Result<void> done = co_await display.fill_rect(10, 20, 30, 2, red);
        CHECK(done);
        CHECK(panel.pixels_sent == 128 * 160 + 60);
        int lit = 0;
        for (int i = 0; i < 128 * 160; ++i) lit += panel.pixel(i % 128, i / 128) == red ? 1 : 0;
        CHECK(lit == 60);
        CHECK(panel.pixel(10, 20) == red);
        CHECK(panel.pixel(39, 21) == red);
        done = co_await display.fill_rect(-5, -5, 7, 6, green);
        CHECK(panel.pixel(1, 0) == green);
        CHECK(panel.pixel(2, 0) == 0);
        CHECK(panel.pixel(0, 1) == 0);
        panel.pixels_sent = 0;
        for (const auto& [w, h] : {std::pair{0, 5}, {5, 0}, {-3, 5}}) done = co_await display.fill_rect(3, 3, w, h, red);
        done = co_await display.fill_rect(128, 0, 5, 5, red);
        CHECK(panel.pixels_sent == 0);
        done = co_await display.fill(blue);
        CHECK(panel.pixels_sent == 128 * 160);
        display.rotation(1);
        done = co_await display.fill(green);
        CHECK(panel.pixels_sent == 2 * 128 * 160);
        for (int i = 0; i < 128 * 160; ++i) REQUIRE(panel.pixel(i % 128, i / 128) == green);
    };
    CHECK(run(body()));
    CHECK(panel.faults.empty());
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: turned by quarters, inverted and with other colours") {
    sim::St7735Device panel{0, 5, 6};
    auto body = [&]() -> Coro<> {
        Spi bus{0, bus_pins};
        St7735 display{bus, {.cs = 5, .dc = 6, .rotation = 1}};
        ColorFrame<20, 9> frame;
        draw(frame);
        CHECK(display.width() == 160);
        CHECK(display.height() == 128);
        const auto corner_and_direction = [&]() -> std::array<int, 3> {
            for (int i = 0; i < 128 * 160; ++i) {
                const int x = i % 128, y = i / 128;
                if (panel.pixel(x, y) != red) continue;
                panel.on = true;
                return {x, y, panel.pixel(x + 1, y) == red ? 1 : 0};
            }
            return {};
        };
        // Red: two pixels beside each other, the left one at (150, 3).
        for (const auto& [turns, x, y] :
             {std::tuple{1, 124, 150}, {2, 27, 156}, {3, 3, 8}, {4, 100, 3}, {5, 124, 150}, {-1, 3, 8}}) {
            CAPTURE(turns);
            display.rotation(turns);
            const bool is_wide = turns % 2 != 0;
            const int left = is_wide ? 150 : turns == 2 ? 99 : 100;
            CHECK(display.width() == (is_wide ? 160 : 128));
            Result<void> done = co_await display.fill(0);
            done = co_await display.fill_rect(left, 3, 2, 1, red);
            const auto [red_x, red_y, is_across] = corner_and_direction();
            CHECK(is_across == (is_wide ? 0 : 1));
            CHECK(red_x == x);
            CHECK(red_y == y);
        }
        display.rotation(0);
        Result<void> shown = co_await display.show(frame, 50, 60);
        CHECK(is_shown(frame, panel, 50, 60));
        panel.pixels_sent = 0;
        display.invert(true);
        shown = co_await display.show(frame, 50, 60);
        CHECK(panel.pixels_sent == 0);
        CHECK(panel.inverted);
        CHECK(panel.pixel(0, 0) == 0xffff);
        display.invert(false);
        shown = co_await display.show(frame, 50, 60);
        CHECK(is_shown(frame, panel, 50, 60));
        display.rotation(2);
        shown = co_await display.show(frame, 50, 60);
        CHECK(panel.pixels_sent == 20 * 9);
    };
    CHECK(run(body()));
    auto exchanged = [&]() -> Coro<> {
        Spi bus{0, bus_pins};
        St7735 display{bus, {.cs = 5, .dc = 6, .bgr = true}};
        const Result<void> done = co_await display.fill(red);
        CHECK(done);
        CHECK(panel.pixel(5, 5) == blue);
    };
    CHECK(run(exchanged()));
    CHECK(panel.faults.empty());
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: it is reset, by its pin if it has one, and left alone for its times") {
    sim::St7735Device panel{0, 5, 6};
    auto body = [&](unsigned reset) -> Coro<> {
        Spi bus{0, bus_pins};
        St7735 display{bus, {.cs = 5, .dc = 6, .reset = reset}};
        if (reset != MipiDisplay::no_pin) CHECK_FALSE(sim::level(reset));
        const Result<void> done = co_await display.fill(0);
        CHECK(done);
        if (reset != MipiDisplay::no_pin) CHECK(sim::level(reset));
    };
    CHECK(run(body(MipiDisplay::no_pin)));
    CHECK(sim::now() > 360ms + 2 * 26ms);
    CHECK(sim::now() < 360ms + 2 * 27ms);
    CHECK(panel.faults.empty());
    sim::reset();
    sim::capture(true);
    sim::St7735Device fresh{1, 9, 6};
    CHECK(run(body(7)));
    CHECK(sim::now() > 360ms);
    CHECK(sim::edges().size() > 4);
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: the speed is that of the datasheet, or what one asks for") {
    auto body = [&]() -> Coro<> {
        Spi bus{0, bus_pins};
        ColorFrame<100, 100> frame;
        const auto micros = [&](MipiDisplay& display) -> Coro<long> {
            (void)co_await display.show(frame);
            frame.invalidate();
            const auto before = sim::now();
            (void)co_await display.show(frame);
            co_return (sim::now() - before).count();
        };
        St7735 small{bus, pins};
        Ili9341 large{bus, pins};
        St7735 slow{bus, {.cs = 5, .dc = 6, .freq = 1'000'000}};
        CHECK(large.width() == 240);
        CHECK(large.height() == 320);
        long us = co_await micros(small);  // 12.5 MHz
        CHECK(std::abs(us - 12'800) < 20);
        us = co_await micros(large);  // 8.93 MHz
        CHECK(std::abs(us - 17'920) < 20);
        us = co_await micros(slow);  // 992 kHz
        CHECK(std::abs(us - 161'280) < 120);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: what a cancelled show() has not sent comes with the next, whatever is drawn meanwhile") {
    unsigned cancelled = 0;
    static ColorFrame<128, 160> wide;
    static ColorFrame<80, 50> narrow;
    for (auto limit = 0us; limit < 60ms; limit += 1'103us) {
        CAPTURE(limit.count());
        sim::reset();
        sim::capture(true);
        sim::St7735Device panel{0, 5, 6};
        auto body = [&]() -> Coro<> {
            Spi bus{0, bus_pins};
            St7735 display{bus, pins};
            Result<void> shown = co_await display.fill(0);
            draw(wide);
            narrow.fill(0);
            shown = co_await display.show(narrow, 60, 90);
            wide.fill_rect(60, 90, 80, 50, 0);
            shown = co_await display.show(wide);
            wide.pixel(0, 0, red);
            wide.pixel(127, 80, red);
            draw(narrow);
            bool inverted = false;
            auto both = [&]() -> Coro<> {
                (void)co_await display.show(wide);
                (void)co_await display.show(narrow, 60, 90);
                display.invert(inverted = true);
                wide.fill(red);
                (void)co_await display.show(wide);
            };
            auto task = create_task(both());
            co_await sleep(limit / 2);
            wide.text("meanwhile", 20, 28, 0);
            narrow.pixel(3, 30, 0xffff);
            co_await sleep(limit - limit / 2);
            if (task.cancel()) ++cancelled;
            (void)co_await catch_cancelled(task);
            CHECK(sim::level(5));
            shown = co_await display.show(wide);
            CHECK(shown);
            CHECK(panel.inverted == inverted);
            panel.inverted = false;
            narrow.invalidate();
            shown = co_await display.show(narrow, 60, 90);
            CHECK(is_shown(narrow, panel, 60, 90));
            bool is_whole = true;
            for (int y = 0; y < 160; ++y)
                for (int x = 0; x < 128; ++x)
                    if (x < 60 || y < 90 || y >= 140) is_whole = is_whole && panel.pixel(x, y) == wide.pixel(x, y);
            CHECK(is_whole);
        };
        CHECK(run(body()));
        CHECK(panel.faults.empty());
    }
    CHECK(cancelled >= 40);
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: of a narrow rectangle the rows that were sent are not sent again") {
    sim::St7735Device panel{0, 5, 6};
    for (auto limit = 10us; limit < 1500us; limit += 37us) {
        auto body = [&]() -> Coro<> {
            Spi bus{0, bus_pins};
            St7735 display{bus, pins};
            ColorFrame<40, 50> frame;
            Result<void> shown = co_await display.show(frame);
            frame.rect(0, 0, 39, 30, red);
            panel.pixels_sent = 0;
            auto task = create_task(display.show(frame));
            co_await sleep(limit);
            task.cancel();
            (void)co_await catch_cancelled(task);
            const std::size_t rows = panel.pixels_sent / 39;
            panel.pixels_sent = 0;
            shown = co_await display.show(frame);
            CHECK(is_shown(frame, panel));
            CHECK(panel.pixels_sent / 39 <= 30 - rows + (rows == 30 ? 0 : 1));
            CHECK(panel.pixels_sent / 39 >= 30 - rows);
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: cancelled at any moment while it is set up, it begins anew when its times have passed") {
    static ColorFrame<30, 20> frame;
    draw(frame);
    for (const unsigned reset : {MipiDisplay::no_pin, 7U}) {
        for (auto limit = 0us; limit < 395ms; limit += limit > 118ms && limit < 121ms ? 97us : 7'409us) {
            CAPTURE(limit.count());
            sim::reset();
            sim::capture(true);
            sim::St7735Device panel{0, 5, 6};
            auto body = [&]() -> Coro<> {
                Spi bus{0, bus_pins};
                St7735 display{bus, {.cs = 5, .dc = 6, .reset = reset}};
                auto task = create_task(display.show(frame, 50, 60));
                co_await sleep(limit);
                task.cancel();
                (void)co_await catch_cancelled(task);
                CHECK(sim::level(5));
                const Result<void> shown = co_await display.show(frame, 50, 60);
                CHECK(shown);
                CHECK(is_shown(frame, panel, 50, 60));
                CHECK(panel.pixel(49, 60) == 0);
                CHECK(panel.pixel(127, 159) == 0);
            };
            CHECK(run(body()));
            if (reset == MipiDisplay::no_pin) CHECK(panel.faults.empty());
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: init_display() while it is set up has it set up once more") {
    static ColorFrame<30, 20> frame;
    draw(frame);
    for (auto when = 1ms; when < 420ms; when += 13ms) {
        CAPTURE(when.count());
        sim::reset();
        sim::capture(true);
        sim::St7735Device panel{0, 5, 6};
        auto body = [&]() -> Coro<> {
            Spi bus{0, bus_pins};
            St7735 display{bus, pins};
            auto task = create_task(display.show(frame, 50, 60));
            co_await sleep(when);
            panel.on = false;  // it was unplugged for a moment
            display.init_display();
            Result<void> shown = co_await task;
            shown = co_await display.show(frame, 50, 60);
            CHECK(shown);
            CHECK(is_shown(frame, panel, 50, 60));
            const auto before = sim::now();
            shown = co_await display.show(frame, 50, 60);
            CHECK(sim::now() == before);  // and not again
            CHECK(before >= when + 240ms);
        };
        CHECK(run(body()));
        CHECK(panel.faults.empty());
    }
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: settings that were cut off are sent again, also if they are back where they were") {
    sim::St7735Device panel{0, 5, 6};
    for (auto limit = 0us; limit < 900us; limit += 29us) {
        CAPTURE(limit.count());
        auto body = [&]() -> Coro<> {
            Spi bus{0, bus_pins};
            St7735 display{bus, {.cs = 5, .dc = 6, .freq = 100'000}};
            ColorFrame<2, 2> frame;
            Result<void> shown = co_await display.show(frame);
            display.rotation(2);
            display.invert(true);
            auto task = create_task(display.show(frame));
            co_await sleep(limit);
            task.cancel();
            (void)co_await catch_cancelled(task);
            display.rotation(0);
            display.invert(false);
            frame.fill(red);
            shown = co_await display.show(frame);
            CHECK_FALSE(panel.inverted);
            CHECK(is_shown(frame, panel));
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: a rotation that comes at any moment does not have windows outside") {
    static ColorFrame<160, 160> frame;
    draw(frame);
    for (auto when = 100us; when < 500ms; when += 7'001us) {
        CAPTURE(when.count());
        sim::reset();
        sim::capture(true);
        sim::St7735Device panel{0, 5, 6};
        auto body = [&]() -> Coro<> {
            Spi bus{0, bus_pins};
            St7735 display{bus, pins};
            auto task = create_task(display.show(frame));
            co_await sleep(when);
            display.rotation(1);
            display.invert(true);
            Result<void> shown = co_await task;
            display.rotation(0);
            display.invert(false);
            shown = co_await display.show(frame);
            CHECK(shown);
            CHECK(is_shown(frame, panel));
        };
        CHECK(run(body()));
        CHECK(panel.faults.empty());
    }
}

TEST_CASE_FIXTURE(Simulated, "MipiDisplay: one buffer is shown on two displays of a bus at the same time, at places of their own") {
    sim::St7735Device left{0, 5, 6}, right{0, 9, 8};
    for_each_order(
        [&] {
            auto body = [&]() -> Coro<> {
                Spi bus{0, bus_pins};
                St7735 one{bus, pins}, other{bus, {.cs = 9, .dc = 8}};
                ColorFrame<30, 9> frame;
                Result<void> ready = co_await one.fill(0);
                ready = co_await other.fill(0);
                for (int i = 0; i < 3; ++i) {
                    frame.fill(i % 2 == 0 ? red : green);
                    co_await gather(one.show(frame, 3, 4), other.show(frame, 70, 80 + i));
                    CHECK(is_shown(frame, left, 3, 4));
                    CHECK(is_shown(frame, right, 70, 80 + i));
                    CHECK(left.pixel(70, 80) == 0);
                    CHECK(right.pixel(3, 4) == 0);
                }
            };
            CHECK(run(body()));
        },
        10);
}

TEST_CASE_FIXTURE(Simulated,
                  "MipiDisplay: of several tasks each shows what it has drawn, beside others on the bus, whatever their order") {
    sim::St7735Device panel{0, 5, 6};
    sim::SpiDevice memory{0, 9};
    static ColorFrame<60, 24> frame;
    for_each_order(
        [&] {
            panel.faults.clear();
            auto body = [&]() -> Coro<> {
                Spi bus{0, bus_pins};
                St7735 display{bus, pins};
                SpiDevice other{bus, {.cs = 9}};
                memory.received.clear();
                const Result<void> ready = co_await display.fill(0);
                CHECK(ready);
                auto writer = [&](int number) -> Coro<> {
                    for (int i = 0; i < 3; ++i) {
                        frame.rect(number * 20, i * 8, 20, 8, i % 2 == 0 ? red : blue, true);
                        (void)co_await display.show(frame, 8, 9);
                        CHECK(panel.pixel(8 + number * 20 + 3, 9 + i * 8 + 3) == (i % 2 == 0 ? red : blue));
                    }
                };
                auto user = [&]() -> Coro<> {
                    const std::uint8_t byte[] = {0x2c};
                    for (int i = 0; i < 5; ++i) (void)co_await other.write(byte);
                };
                co_await gather(writer(0), user(), writer(1), writer(2));
                CHECK(is_shown(frame, panel, 8, 9));
                CHECK(memory.received.size() == 5);
            };
            CHECK(run(body()));
        },
        10);
}
