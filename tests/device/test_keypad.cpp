#include <functional>
#include <optional>
#include <random>
#include <string>

#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

constexpr unsigned first_row = 2, first_column = 6;

/// Moves a key of a pad whose rows are GP2 to GP5 and whose columns are GP6 to GP9.
void move(char key, bool closed) {
    const auto at = static_cast<unsigned>(std::string_view{"123A456B789C*0#D"}.find(key));
    sim::wire(first_row + at / 4, first_column + at % 4, closed);
}
void hold(char key, sim::Duration start, sim::Duration duration) {
    sim::at(start, [=] { move(key, true); });
    sim::at(start + duration, [=] { move(key, false); });
}
/// Moves a key that bounces first.
void bounce_key(char key, sim::Duration start, bool closed, int edges, sim::Duration length, std::uint64_t seed) {
    std::minstd_rand random{static_cast<std::uint_fast32_t>(seed + 1)};
    std::uniform_int_distribution<sim::Duration::rep> within{1, length.count() - 1};
    for (int edge = 0; edge < edges; ++edge) {
        const bool is_last = edge == edges - 1;
        const sim::Duration time{edge == 0 ? 0 : is_last ? length.count() : within(random)};
        sim::at(start + time, [=] { move(key, is_last || edge == 0 ? closed : edge % 2 == 0); });
    }
}

void begin_again(Trace& trace, std::uint64_t seed = 0) {
    sim::reset();
    sim::shuffle(seed);
    trace.clear();
}

Coro<> notes_keys(Trace& trace, KeypadMatrix& pad) {
    while (true) {
        const auto event = co_await catch_cancelled(pad.next_event());
        if (!event) co_return;  // the pad is gone, as the test ends
        trace(std::string{event->key == '\0' ? '?' : event->key} + (event->pressed ? " down" : " up"));
    }
}

/// Runs a pad of 4x4 keys for two seconds, and notes its events.
void watched(Trace& trace, const KeypadOptions& options = {}) {
    auto body = [&]() -> Coro<> {
        Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}, options};
        pad.start();
        auto events = create_task(notes_keys(trace, pad));
        co_await sleep_ms(2000);
        CHECK(pad.dropped() == 0);
    };
    CHECK(run(body()));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Keypad: each of 16 keys is told with its name when it goes down and up") {
    const std::string keys = "123A456B789C*0#D";
    std::string seen;
    auto body = [&]() -> Coro<> {
        Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
        pad.start();
        for (const char key : keys) {
            CHECK_FALSE(pad.pressed(key));
            move(key, true);
            KeyEvent event = co_await pad.next_event();
            CHECK(event == KeyEvent{key, true});
            CHECK(pad.pressed(key));
            move(key, false);
            event = co_await pad.next_event();
            CHECK(event == KeyEvent{key, false});
            seen += key;
        }
        CHECK_FALSE(pad.pressed('x'));
    };
    CHECK(run(body()));
    CHECK(seen == keys);
}

TEST_CASE_FIXTURE(Simulated, "Keypad: 31 edges in 5 ms are one press, whatever the times of the edges") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        begin_again(trace, seed);
        bounce_key('6', 100ms, true, 31, 5ms, seed);
        bounce_key('6', 300ms, false, 31, 5ms, seed + 500);
        auto body = [&]() -> Coro<> {
            Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
            pad.start();
            const KeyEvent down = co_await pad.next_event();
            CHECK(down == KeyEvent{'6', true});
            CHECK(sim::now() <= 115ms);
            const KeyEvent up = co_await pad.next_event();
            CHECK(up == KeyEvent{'6', false});
            CHECK(sim::now() >= 300ms);
            CHECK(sim::now() <= 315ms);
            co_await sleep_ms(100);
            CHECK_FALSE(pad.next_nowait().has_value());
        };
        CHECK(run(body()));
    }
}

TEST_CASE_FIXTURE(Simulated, "Keypad: a glitch is no press, and then it rests again") {
    hold('1', 100ms, 2ms);
    watched(trace);
    trace.expect({});
    int edges_of_row = 0;
    for (const sim::Edge& edge : sim::edges()) edges_of_row += edge.pin == first_row && edge.time > 130ms && edge.time < 2s ? 1 : 0;
    CHECK(edges_of_row == 0);
}

TEST_CASE_FIXTURE(Simulated, "Keypad: at rest nothing moves; while a key is held, one row is low at a time") {
    hold('5', 500ms, 100ms);
    watched(trace);
    trace.expect({"507.5 5 down", "607.5 5 up"});
    bool is_low[30] = {};
    for (const sim::Edge& edge : sim::edges()) {
        is_low[edge.pin] = !edge.level;
        if (edge.time == 0ms || edge.time == 2s || edge.time == 500ms) continue;
        CHECK(edge.time > 500ms);
        CHECK(edge.time <= 615ms);
        int low = 0;
        for (unsigned row = first_row; row < first_row + 4; ++row) low += is_low[row] ? 1 : 0;
        if (edge.time < 610ms) CHECK(low <= 1);
    }
}

TEST_CASE_FIXTURE(Simulated, "Keypad: keys in one row, or in one column, are told however many they are") {
    for (const char key : {'4', '5', '6', 'B'}) hold(key, 100ms, 200ms);
    for (const char key : {'2', '5', '8', '0'}) hold(key, 500ms, 200ms);
    watched(trace);
    trace.expect(
        {"107.5 4 down", "107.5 5 down", "107.5 6 down", "107.5 B down", "307.5 4 up", "307.5 5 up", "307.5 6 up", "307.5 B up",  //
         "506.25 2 down", "507.5 5 down", "508.75 8 down", "510 0 down", "705 0 up", "706.25 2 up", "707.5 5 up", "708.75 8 up"});
}

TEST_CASE_FIXTURE(Simulated, "Keypad: keys in rows and columns of their own are told, four at once") {
    for (const char key : {'1', '5', '9', 'D'}) hold(key, 100ms, 200ms);
    watched(trace);
    trace.expect(
        {"106.25 1 down", "107.5 5 down", "108.75 9 down", "110 D down", "305 D up", "306.25 1 up", "307.5 5 up", "308.75 9 up"});
}

TEST_CASE_FIXTURE(
    Simulated,
    "Keypad: three corners look like four: none is told until it is sure, whichever is first and whenever the third comes") {
    const std::string corners = "1245";  // 1 2 above 4 5
    for (const char third : corners) {
        for (auto offset = 0us; offset < 5ms; offset += 311us) {
            CAPTURE(third);
            CAPTURE(offset.count());
            begin_again(trace);
            const char opposite = corners[3 - corners.find(third)];
            std::string others;
            for (const char key : corners) {
                if (key == third || key == opposite) continue;
                others += key;
                hold(key, 100ms, 400ms);
            }
            hold(third, 200ms + offset, 100ms);  // it is told neither down nor up, and `opposite` never
            watched(trace);
            REQUIRE(trace.lines().size() == 4);
            for (const char key : others) {
                int told = 0;
                for (const std::string& line : trace.lines()) {
                    if (line.find(std::string{" "} + key + " ") != std::string::npos) ++told;
                    const int time = std::stoi(line);
                    CHECK((time <= 110 || (time >= 500 && time <= 515)));
                }
                CHECK(told == 2);
            }
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Keypad: what was not sure is told when enough others are released") {
    hold('1', 100ms, 200ms);
    hold('2', 100ms, 600ms);
    hold('5', 200ms, 600ms);  // 4 may be one, too
    watched(trace);
    trace.expect({"106.25 1 down", "106.25 2 down", "307.5 5 down", "311.25 1 up", "706.25 2 up", "807.5 5 up"});
}

TEST_CASE_FIXTURE(Simulated, "Keypad: keys elsewhere are told while four corners are not sure") {
    for (const char key : {'1', '2', '5'}) hold(key, 100ms, 400ms);
    hold('D', 200ms, 100ms);
    watched(trace);
    trace.expect({"205 D down", "305 D up"});
}

TEST_CASE_FIXTURE(Simulated, "Keypad: with diodes all keys are sure") {
    // Wires have no diodes: what looks like four keys is taken for four.
    for (const char key : {'1', '2', '5'}) hold(key, 100ms, 100ms);
    watched(trace, {.has_diodes = true});
    trace.expect({"106.25 1 down", "106.25 2 down", "107.5 4 down", "107.5 5 down", "206.25 1 up", "206.25 2 up", "207.5 4 up",
                  "207.5 5 up"});
}

TEST_CASE_FIXTURE(Simulated, "Keypad: a row of one key, one of 8 by 8, other names and another settle time") {
    auto small = [&]() -> Coro<> {
        Keypad pad{{2}, {6}, {.keys = "x", .settle = 40ms}};
        pad.start();
        sim::wire(2, 6);
        const KeyEvent event = co_await pad.next_event();
        CHECK(event == KeyEvent{'x', true});
        CHECK(sim::now() == 40ms);
    };
    CHECK(run(small()));
    sim::reset();
    auto large = [&]() -> Coro<> {
        Keypad pad{{0, 1, 2, 3, 4, 5, 6, 7},
                   {8, 9, 10, 11, 12, 13, 14, 15},
                   {.keys = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+"}};
        pad.start();
        sim::wire(7, 14);
        KeyEvent event = co_await pad.next_event();
        CHECK(event == KeyEvent{'+', true});
        sim::wire(7, 15);  // has no name
        event = co_await pad.next_event();
        CHECK(event == KeyEvent{'\0', true});
        sim::wire(0, 8);
        event = co_await pad.next_event();
        CHECK(event == KeyEvent{'a', true});
    };
    CHECK(run(large()));
    sim::reset();
    auto hasty = [&]() -> Coro<> {
        Keypad pad{{2, 3}, {6, 7}, {.settle = 0ms}};
        pad.start();
        sim::wire(3, 6);
        const KeyEvent event = co_await pad.next_event();
        CHECK(event == KeyEvent{'3', true});
    };
    CHECK(run(hasty()));
}

TEST_CASE_FIXTURE(Simulated, "Keypad: events are kept while nobody takes them; those beyond 16 are dropped and counted") {
    for (int press = 0; press < 9; ++press) hold(static_cast<char>('1' + press), press * 100ms, 50ms);
    auto body = [&]() -> Coro<> {
        Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
        pad.start();
        co_await sleep_ms(2000);
        CHECK(pad.dropped() == 2);  // of 18
        const KeyEvent first = co_await pad.next_event();
        CHECK(first == KeyEvent{'1', true});
        for (int left = 15; left > 1; --left) CHECK(pad.next_nowait().has_value());
        pad.clear_events();  // one is left
        const auto none = co_await wait_for(pad.next_event(), 1s);
        CHECK_FALSE(none.has_value());
        CHECK(sim::now() == 3s);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Keypad: a key that is held before it starts, or goes down just before the interrupt is armed, is seen") {
    auto body = [&]() -> Coro<> {
        Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
        move('0', true);
        pad.start();
        KeyEvent event = co_await pad.next_event();
        CHECK(event == KeyEvent{'0', true});
        move('0', false);
        event = co_await pad.next_event();
        CHECK(event == KeyEvent{'0', false});
    };
    CHECK(run(body()));
    for (int sections = 0; sections < 6; ++sections) {  // the flag's, and those of the columns and the wait
        CAPTURE(sections);
        begin_again(trace);
        auto struck = [&]() -> Coro<> {
            Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
            pad.start();
            int left = sections;
            std::function<void()> strikes = [&] {
                if (left-- == 0) {
                    move('9', true);
                } else {
                    sim::strike(strikes);
                }
            };
            sim::strike(strikes);
            const KeyEvent event = co_await pad.next_event();
            CHECK(event == KeyEvent{'9', true});
            sim::strike(nullptr);
        };
        CHECK(run(struck()));
    }
    for (auto time = 100ms; time < 100ms + 20ms; time += 1ms) {  // in each part of the scans after the last key
        begin_again(trace);
        hold('3', 50ms, 50ms);
        hold('7', time, 50ms);
        watched(trace);
        CHECK(trace.lines().size() == 4);
    }
}

TEST_CASE_FIXTURE(Simulated, "Keypad: a key that is released between two loops is told by the second one") {
    Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
    auto presses = [&]() -> Coro<> {
        pad.start();
        move('5', true);
        const KeyEvent event = co_await pad.next_event();
        CHECK(event == KeyEvent{'5', true});
    };
    CHECK(run(presses()));
    CHECK_FALSE(pad.started());
    move('5', false);
    auto looks = [&]() -> Coro<> {
        pad.start();
        const auto event = co_await wait_for(pad.next_event(), 100ms);
        CHECK((event && *event == KeyEvent{'5', false}));
        CHECK_FALSE(pad.pressed('5'));
    };
    CHECK(run(looks()));
}

TEST_CASE_FIXTURE(Simulated, "Keypad: a row is low for 50 us at least, however short the settle time is") {
    auto body = [&]() -> Coro<> {
        Keypad pad{{2, 3}, {6, 7}, {.settle = -1s}};
        pad.start();
        co_await sleep_ms(1);
        sim::wire(3, 6);
        const KeyEvent event = co_await pad.next_event();
        CHECK(event == KeyEvent{'3', true});
        sim::Duration fell{};
        for (const sim::Edge& edge : sim::edges()) {
            if (edge.pin != 2 || edge.time <= 1ms) continue;
            if (edge.level) CHECK(edge.time - fell >= 50us);
            if (!edge.level) fell = edge.time;
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Keypad: a wait before start() is misuse, and so is one while another task has the pin of a column") {
    auto body = [&]() -> Coro<> {
        Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
        const auto event = co_await catch_cancelled(pad.next_event());
        CHECK_FALSE(event.has_value());
        CHECK(event.error() == Error::misuse);
        pad.start();
        CHECK(pad.started());
        const auto none = co_await wait_for(pad.next_event(), 1ms);
        CHECK(none.error() == Error::timeout);
        const auto other = co_await catch_cancelled(Pin{9, Pin::in, Pin::pull_up}.wait_for_any_edge());
        CHECK(other == misuse);  // the pad was first
        CHECK(pad.started());
    };
    CHECK(run(body()));
    auto taken = [&]() -> Coro<> {
        auto waits = []() -> Coro<> { co_await Pin{8, Pin::in, Pin::pull_up}.wait_for_any_edge(); };
        auto first = create_task(waits());
        co_await sleep_ms(1);
        {
            Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
            pad.start();
            co_await sleep_ms(1);
            CHECK_FALSE(pad.started());
            CHECK(sim::level(first_row));
            const auto event = co_await catch_cancelled(pad.next_event());
            CHECK_FALSE(event.has_value());
        }
        first.cancel();
    };
    CHECK(run(taken()));
    trace.expect({std::string{"2 report Keypad: "} + to_string(Error::misuse)});
}

TEST_CASE_FIXTURE(
    Simulated, "Keypad: waits end with Error::destroyed when it is destroyed, in whatever state, and its rows are inputs again") {
    for (const auto when : {50ms, 100ms, 103ms, 107ms, 150ms, 183ms, 200ms}) {
        CAPTURE(when.count());
        for_each_order(
            [&] {
                hold('5', 100ms, 80ms);
                auto body = [&]() -> Coro<> {
                    std::optional<Keypad<4, 4>> pad;
                    constexpr unsigned rows[] = {2, 3, 4, 5}, columns[] = {6, 7, 8, 9};
                    pad.emplace(rows, columns);
                    pad->start();
                    auto events = create_task(notes_keys(trace, *pad));
                    co_await sleep(when);
                    pad.reset();
                    trace.clear();
                    co_await events;
                    for (const unsigned row : rows) CHECK(sim::level(row));
                    co_await sleep_ms(200);
                };
                CHECK(run(body()));
                trace.expect({});
            },
            5);
    }
}

TEST_CASE_FIXTURE(Simulated, "explored: Keypad: cancelled at any moment, no event is lost and none comes twice") {
    struct World {
        Keypad<1, 2> pad{{2}, {6, 7}, {.settle = 2ms}};
        Sequence<8> taken;
    };
    explored(
        [](Exploration& x) {
            auto& world = x.state<World>();
            world.pad.start();
            auto takes = [&world]() -> Coro<> {
                for (int event = 0; event < 2; ++event) {
                    const KeyEvent key = co_await world.pad.next_event();
                    world.taken.add(key.key + (key.pressed ? 100 : 0));
                }
            };
            x.background("a", takes);
            x.background("b", takes);
            x.task("keys", []() -> Coro<> {
                co_await sleep_ms(1);
                sim::wire(2, 6);
                co_await sleep_ms(4);
                sim::wire(2, 6, false);
                co_await sleep_ms(4);
            });
            x.check("what was taken and what is left are the events in order", [&world] {
                while (const auto key = world.pad.next_nowait()) world.taken.add(key->key + (key->pressed ? 100 : 0));
                Sequence<8> all;
                all.add('1' + 100);
                all.add('1');
                return world.taken == all && world.pad.dropped() == 0;
            });
        },
        {"a", "b"}, {.time_passes = false});
}
