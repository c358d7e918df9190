#include <optional>

#include <uasync/device/ssd1306.hpp>
#include <uasync/sim/ssd1306_device.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

constexpr I2c::Options bus_pins{.scl = 5, .sda = 4};

/// Whether one sees on the panel what was drawn.
bool is_shown(const Ssd1306Display& display, const sim::Ssd1306Device& panel) {
    for (int y = 0; y < display.height(); ++y)
        for (int x = 0; x < display.width(); ++x)
            if (display.pixel(x, y) != panel.is_lit(x, y)) return false;
    return true;
}

void draw(FrameBuffer& to) {
    to.text("Weather", 4, 3);
    to.line(0, 31, 127, 0);
    to.rect(100, 20, 28, 12);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Ssd1306: one sees what was drawn, on panels of 64 and of 32 rows and upside down") {
    sim::Ssd1306Device high{0}, low{0, 32, 0x3d}, turned{1};
    auto body = [&]() -> Coro<> {
        I2c bus{0, bus_pins}, other{1, {.scl = 3, .sda = 2}};
        Ssd1306 display{bus};
        Ssd1306<32> small{bus, {.address = 0x3d}};
        Ssd1306<> handstand{other, {.upside_down = true}};
        CHECK(display.height() == 64);
        CHECK(small.height() == 32);
        draw(display);
        draw(small);
        draw(handstand);
        Result<void> shown = co_await display.show();
        CHECK(shown);
        shown = co_await small.show();
        CHECK(shown);
        shown = co_await handstand.show();
        CHECK(shown);
        CHECK(is_shown(display, high));
        CHECK(is_shown(small, low));
        CHECK(high.picture(4, 3, 16, 8) ==
              ".#...#..........\n"
              ".#...#..........\n"
              ".#.#.#....###...\n"
              ".#.#.#...#...#..\n"
              ".#.#.#...#####..\n"
              ".##.##...#......\n"
              ".#...#....###...\n"
              "................\n");
        for (int i = 0; i < 128 * 64; ++i) REQUIRE(turned.is_lit(127 - i % 128, 63 - i / 128) == handstand.pixel(i % 128, i / 128));
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Ssd1306: only the columns that have changed are sent") {
    sim::Ssd1306Device panel{0};
    auto body = [&]() -> Coro<> {
        I2c bus{0, bus_pins};
        Ssd1306 display{bus};
        auto sent = [&, before = std::size_t{0}]() mutable { return panel.data_bytes - std::exchange(before, panel.data_bytes); };
        Result<void> shown = co_await display.show();
        CHECK(sent() == 1024);
        CHECK(sim::now() < 28ms);
        auto before = sim::now();
        shown = co_await display.show();
        CHECK(sent() == 0);
        CHECK(sim::now() == before);
        display.pixel(64, 63, 1);
        shown = co_await display.show();
        CHECK(sent() == 1);
        CHECK(sim::now() - before < 250us);
        display.text("8", 17, 20);  // five columns of two pages
        shown = co_await display.show();
        CHECK(sent() == 10);
        CHECK(is_shown(display, panel));
        display.fill(1);
        shown = co_await display.show();
        CHECK(sent() == 1024);
        CHECK(is_shown(display, panel));
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Ssd1306: contrast, inversion and power are sent with the next picture") {
    sim::Ssd1306Device panel{0};
    auto body = [&]() -> Coro<> {
        I2c bus{0, bus_pins};
        Ssd1306 display{bus};
        display.contrast(3);
        Result<void> shown = co_await display.show();
        CHECK(panel.contrast == 3);
        CHECK(panel.on);
        display.contrast(200);
        display.invert(true);
        CHECK(panel.contrast == 3);
        const auto before = panel.data_bytes;
        shown = co_await display.show();
        CHECK(panel.data_bytes == before);
        CHECK(panel.contrast == 200);
        CHECK(panel.is_lit(0, 0));
        display.poweroff();
        display.invert(false);
        display.pixel(1, 1, 1);
        shown = co_await display.show();
        CHECK_FALSE(panel.on);
        display.poweron();
        shown = co_await display.show();
        CHECK(is_shown(display, panel));
        auto sending = create_task(display.show());
        display.contrast(1);
        co_await yield();
        co_await sleep(20us);
        display.contrast(9);  // while the other is on its way
        shown = co_await sending;
        shown = co_await display.show();
        CHECK(panel.contrast == 9);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Ssd1306: without a display it is an error, and one that comes has the whole picture") {
    for (auto when = 0us; when < 60ms; when += 487us) {
        CAPTURE(when.count());
        std::optional<sim::Ssd1306Device> panel;
        panel.emplace(0U);
        sim::reset();
        sim::capture(true);
        sim::at(when, [&] { panel.reset(); });
        auto body = [&]() -> Coro<> {
            I2c bus{0, bus_pins};
            Ssd1306 display{bus};
            draw(display);
            Result<void> shown = co_await display.show();
            display.fill(1);
            shown = co_await display.show();
            if (panel) co_return;
            CHECK(shown == std::unexpected{Error::no_acknowledgement});
            panel.emplace(0U);
            display.rect(3, 3, 50, 50, 0);
            shown = co_await display.show();
            CHECK(shown);
            CHECK(is_shown(display, *panel));
            panel.emplace(0U);
            shown = co_await display.show();  // nothing is sent, so it is not missed
            CHECK_FALSE(is_shown(display, *panel));
            display.init_display();
            shown = co_await display.show();
            CHECK(is_shown(display, *panel));
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "Ssd1306: what is drawn while it is sent, and what a cancelled show() has not sent, comes with the next") {
    unsigned cancelled = 0;
    for (auto limit = 0us; limit < 58ms; limit += 113us) {
        CAPTURE(limit.count());
        sim::Ssd1306Device panel{0};
        sim::reset();
        sim::capture(true);
        auto body = [&]() -> Coro<> {
            I2c bus{0, bus_pins};
            Ssd1306 display{bus};
            draw(display);
            bool inverted = false;
            auto both = [&]() -> Coro<> {
                (void)co_await display.show();
                display.fill(1);
                display.invert(inverted = true);
                (void)co_await display.show();
                display.invert(inverted = false);
                (void)co_await display.show();
            };
            auto task = create_task(both());
            co_await sleep(limit / 2);
            display.text("meanwhile", 20, 28, 0);
            co_await sleep(limit - limit / 2);
            if (task.cancel()) ++cancelled;
            (void)co_await catch_cancelled(task);
            const Result<void> shown = co_await display.show();
            CHECK(shown);
            CHECK(panel.on);
            CHECK(panel.inverted == inverted);
            panel.inverted = false;
            CHECK(is_shown(display, panel));
        };
        CHECK(run(body()));
    }
    CHECK(cancelled > 400);
}

TEST_CASE_FIXTURE(Simulated, "Ssd1306: of several tasks each shows what it has drawn, whatever their order") {
    sim::Ssd1306Device panel{0};
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            I2c bus{0, bus_pins};
            Ssd1306 display{bus};
            auto writer = [&](int number) -> Coro<> {
                for (int i = 0; i < 3; ++i) {
                    display.rect(number * 30, i * 8, 30, 8, 1 + i % 2, true);
                    display.pixel(number * 30 + i, 50, 1);
                    (void)co_await display.show();
                    CHECK(panel.is_lit(number * 30 + i, 50));
                }
            };
            co_await gather(writer(0), writer(1), writer(2));
            CHECK(is_shown(display, panel));
        };
        CHECK(run(body()));
    });
}
