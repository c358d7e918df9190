#include <optional>
#include <string>

#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

#include <device/contacts.hpp>
#include <support/explored.hpp>
#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

constexpr unsigned number = 15;
Pin pulled_up() { return Pin{number, Pin::in, Pin::pull_up}; }

const char* name_of(ButtonEvent event) {
    switch (event) {
        case ButtonEvent::press: return "press";
        case ButtonEvent::release: return "release";
        case ButtonEvent::click: return "click";
        case ButtonEvent::double_click: return "double click";
        case ButtonEvent::long_press: return "long press";
    }
    return "?";
}

Coro<> notes_events(Trace& trace, Pushbutton& button) {
    while (true) {
        const auto event = co_await catch_cancelled(button.next_event());
        if (!event) co_return;  // the button is gone, as the test ends
        trace(name_of(*event));
    }
}
Coro<> notes_clicks(Trace& trace, Pushbutton& button) {
    while (true) {
        const auto click = co_await catch_cancelled(button.wait_for_click());
        if (!click) co_return;
        trace("seen a click");
    }
}

/// Runs a button for three seconds and notes its events.
void watched(Trace& trace, ButtonOptions options = {}) {
    auto body = [&]() -> Coro<> {
        Pushbutton button{pulled_up(), options};
        button.start();
        auto events = create_task(notes_events(trace, button));
        co_await sleep_ms(3000);
        CHECK(button.dropped() == 0);
    };
    CHECK(run(body()));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Pushbutton: a short press is press, release and click") {
    sim::press(number, 100ms, 80ms);
    watched(trace);
    trace.expect({"110 press", "190 release", "190 click"});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: 31 edges in 5 ms are one press, whatever the times of the edges") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        for_each_order(
            [&] {
                bouncing_press(number, 100ms, 80ms, 31, 5ms, seed);
                bouncing_press(number, 1000ms, 1200ms, 31, 5ms, seed);
                watched(trace);
                trace.expect({"110 press", "190 release", "190 click", "1010 press", "2000 long press", "2210 release"});
            },
            3);
    }
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: a second press soon after a click is a double click; a third begins anew") {
    for (const auto time : {100ms, 300ms, 500ms, 1500ms}) sim::press(number, time, 80ms);
    watched(trace);
    trace.expect({"110 press", "190 release", "190 click", "310 press", "310 double click", "390 release", "510 press",
                  "590 release", "590 click", "1510 press", "1590 release", "1590 click"});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: a suppressed click comes when it cannot become a double click any more") {
    for (const auto time : {100ms, 1000ms, 1200ms}) sim::press(number, time, 80ms);
    watched(trace, {.suppress_click = true});
    trace.expect(
        {"110 press", "190 release", "580 click", "1010 press", "1090 release", "1210 press", "1210 double click", "1290 release"});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: long and soon are reckoned from the first edges, not from when they have settled") {
    struct Case {
        sim::Duration held, pause;
        bool is_long, is_double;
    };
    for (const Case& c : {Case{999'999us, 1s, false, false}, Case{1'000'001us, 1s, true, false}, Case{80ms, 399'999us, false, true},
                          Case{80ms, 400'001us, false, false}}) {
        CAPTURE(c.held.count());
        CAPTURE(c.pause.count());
        for_each_order(
            [&] {
                sim::press(number, 100ms, c.held);
                sim::press(number, 100ms + c.held + c.pause, 80ms);
                watched(trace);
                bool is_long = false;
                bool is_double = false;
                for (const std::string& line : trace.lines()) {
                    is_long |= line.ends_with("long press");
                    is_double |= line.ends_with("double click");
                }
                CHECK(is_long == c.is_long);
                CHECK(is_double == c.is_double);
            },
            5);
    }
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: a glitch ends neither a long press nor the time for a double click") {
    sim::press(number, 100ms, 2000ms);
    sim::at(500ms, [] { sim::release(number); });
    sim::at(505ms, [] { sim::drive(number, false); });
    sim::at(1095ms, [] { sim::release(number); });  // still bouncing when the time is up
    sim::at(1097ms, [] { sim::drive(number, false); });
    watched(trace);
    trace.expect({"110 press", "1105 long press", "2110 release"});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: without long presses and double clicks, each press ends with a click at once") {
    for (const auto time : {100ms, 300ms}) sim::press(number, time, 80ms);
    sim::press(number, 500ms, 2000ms);
    watched(trace, {.long_press = 0ms, .double_click = 0ms, .suppress_click = true});
    trace.expect({"110 press", "190 release", "190 click", "310 press", "390 release", "390 click", "510 press", "2510 release",
                  "2510 click"});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: a double click that is held is no long press") {
    sim::press(number, 100ms, 80ms);
    sim::press(number, 300ms, 2000ms);
    watched(trace);
    trace.expect({"110 press", "190 release", "190 click", "310 press", "310 double click", "2310 release"});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: each kind of event wakes those who wait for it") {
    sim::press(number, 100ms, 80ms);
    sim::press(number, 300ms, 80ms);
    sim::press(number, 1000ms, 1500ms);
    auto body = [&]() -> Coro<> {
        Pushbutton button{pulled_up()};
        button.start();
        auto clicks = create_task(notes_clicks(trace, button));
        CHECK_FALSE(button.pressed());
        co_await button.wait_for_press();
        trace("press");
        CHECK(button.pressed());
        co_await button.wait_for_release();
        trace("release");
        CHECK_FALSE(button.pressed());
        co_await button.wait_for_double_click();
        trace("double click");
        co_await button.wait_for_long_press();
        trace("long press");
    };
    CHECK(run(body()));
    trace.expect({"110 press", "190 release", "190 seen a click", "310 double click", "2000 long press"});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: events are kept while nobody takes them; those beyond 16 are dropped and counted") {
    for (int press = 0; press < 7; ++press) sim::press(number, press * 1s, 100ms);
    auto body = [&]() -> Coro<> {
        Pushbutton button{pulled_up()};
        button.start();
        co_await sleep_ms(8000);
        CHECK(button.dropped() == 5);  // of 21
        for (int press = 0; press < 5; ++press) {
            for (const ButtonEvent expected : {ButtonEvent::press, ButtonEvent::release, ButtonEvent::click}) {
                const ButtonEvent event = co_await button.next_event();
                CHECK(event == expected);
            }
        }
        button.clear_events();  // one is left
        const auto none = co_await wait_for(button.next_event(), 1s);
        CHECK_FALSE(none.has_value());
        CHECK(sim::now() == 9s);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: an edge just before the interrupt is armed is seen") {
    auto body = [&]() -> Coro<> {
        Pushbutton button{pulled_up()};
        button.start();
        sim::strike([] { sim::drive(number, false); });
        const ButtonEvent event = co_await button.next_event();
        CHECK(event == ButtonEvent::press);
        CHECK(sim::now() == 10ms);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: a wait before start() is misuse, and so is one while another task has the pin") {
    auto body = [&]() -> Coro<> {
        Pushbutton button{pulled_up()};
        const auto event = co_await catch_cancelled(button.next_event());
        CHECK_FALSE(event.has_value());
        CHECK(event.error() == Error::misuse);
        const auto press = co_await catch_cancelled(button.wait_for_press());
        CHECK(press == misuse);
        button.start();
        CHECK(button.started());
        const auto none = co_await wait_for(button.next_event(), 1ms);
        CHECK(none.error() == Error::timeout);
        const auto other = co_await catch_cancelled(pulled_up().wait_for_any_edge());
        CHECK(other == misuse);  // the button was first
        CHECK(button.started());
    };
    CHECK(run(body()));
    auto taken = [&]() -> Coro<> {
        auto waits = []() -> Coro<> { co_await pulled_up().wait_for_any_edge(); };
        auto first = create_task(waits());
        co_await sleep_ms(1);
        {
            Pushbutton button{pulled_up()};
            button.start();
            co_await sleep_ms(1);
            CHECK_FALSE(button.started());
            const auto press = co_await catch_cancelled(button.wait_for_press());
            CHECK(press == misuse);
        }
        first.cancel();
    };
    CHECK(run(taken()));
    trace.expect({std::string{"2 report Pushbutton: "} + to_string(Error::misuse)});
}

TEST_CASE_FIXTURE(Simulated, "Pushbutton: waits end with Error::destroyed when it is destroyed, in whatever state") {
    for (const auto when : {50ms, 105ms, 150ms, 185ms, 200ms, 305ms, 350ms}) {
        CAPTURE(when.count());
        for_each_order(
            [&] {
                sim::press(number, 100ms, 80ms);
                sim::press(number, 300ms, 2000ms);
                auto body = [&]() -> Coro<> {
                    std::optional<Pushbutton> button{std::in_place, pulled_up(), ButtonOptions{.suppress_click = true}};
                    button->start();
                    auto waits = [&]() -> Coro<> { co_await button->wait_for_long_press(); };
                    auto waiting = create_task(waits());
                    auto events = create_task(notes_events(trace, *button));
                    co_await sleep(when);
                    button.reset();
                    trace.clear();
                    const auto ended = co_await catch_cancelled(waiting);
                    CHECK(ended == destroyed);
                    co_await events;
                    co_await sleep_ms(2000);
                };
                CHECK(run(body()));
                trace.expect({});
            },
            5);
    }
}

TEST_CASE_FIXTURE(Simulated, "explored: Pushbutton: cancelled at any moment, no event is lost and none comes twice") {
    struct World {
        Pushbutton button{Pin{number, Pin::in, Pin::pull_up}, {.settle = 2ms, .long_press = 0ms, .double_click = 0ms}};
        Sequence<8> taken;
    };
    explored(
        [](Exploration& x) {
            auto& world = x.state<World>();
            world.button.start();
            auto takes = [&world]() -> Coro<> {
                for (int event = 0; event < 2; ++event) world.taken.add(static_cast<int>(co_await world.button.next_event()));
            };
            x.background("a", takes);
            x.background("b", takes);
            x.task("press", []() -> Coro<> {
                co_await sleep_ms(1);
                sim::drive(number, false);
                co_await sleep_ms(5);
                sim::release(number);
                co_await sleep_ms(5);
            });
            x.check("what was taken and what is left are the events in order", [&world] {
                while (const auto event = world.button.next_nowait()) world.taken.add(static_cast<int>(*event));
                Sequence<8> all;
                for (const ButtonEvent event : {ButtonEvent::press, ButtonEvent::release, ButtonEvent::click})
                    all.add(static_cast<int>(event));
                return world.taken == all && world.button.dropped() == 0;
            });
        },
        {"a", "b"}, {.time_passes = false});
}
