#include <memory>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/time/delay.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

Coro<> waits(Trace& trace, Delay& delay, int id) {
    co_await delay.wait();
    trace("goes on", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Delay: fires once, so long after the trigger, and calls its callback") {
    auto body = [&]() -> Coro<> {
        Delay delay{20ms, [&] { trace("fires"); }};
        CHECK_FALSE(delay.running());
        co_await sleep_ms(5);
        delay.trigger();
        CHECK(delay.running());
        CHECK_FALSE(delay.fired());
        co_await sleep_ms(100);
        CHECK_FALSE(delay.running());
        CHECK(delay.fired());
        delay.trigger(3ms);
        CHECK_FALSE(delay.fired());
        co_await sleep_ms(100);
    };
    CHECK(run(body()));
    trace.expect({"25 fires", "108 fires"});
}

TEST_CASE_FIXTURE(Simulated, "Delay: each trigger begins anew, later or earlier, with its own duration or the default") {
    auto body = [&]() -> Coro<> {
        Delay delay{10ms, [&] { trace("fires"); }};
        for (int i = 0; i < 5; ++i) {  // a watchdog that is fed
            delay.trigger();
            co_await sleep_ms(9);
        }
        delay.trigger(100ms);
        co_await sleep_ms(50);
        delay.trigger();  // brought forward
        co_await sleep_ms(100);
        Delay second;
        second.trigger();
        co_await second.wait();
        trace("a second by default");
    };
    CHECK(run(body()));
    trace.expect({"105 fires", "1195 a second by default"});
}

TEST_CASE_FIXTURE(Simulated, "Delay: stopped it does not fire, its waiters wait on, and it can be triggered again") {
    auto body = [&]() -> Coro<> {
        Delay delay{10ms, [&] { trace("fires"); }};
        auto task = create_task(waits(trace, delay, 1));
        delay.trigger();
        co_await sleep_ms(5);
        delay.stop();
        delay.stop();
        CHECK_FALSE(delay.running());
        co_await sleep_ms(50);
        CHECK_FALSE(task.done());
        delay.trigger(1ms);
        co_await task;
        delay.stop();
        CHECK_FALSE(delay.fired());
    };
    CHECK(run(body()));
    trace.expect({"56 fires", "56 goes on 1"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Delay: any number of tasks wait, first in, first out; once it has fired nobody waits, until clear or trigger") {
    auto body = [&]() -> Coro<> {
        Delay delay{10ms};
        auto a = create_task(waits(trace, delay, 1));
        auto b = create_task(waits(trace, delay, 2));
        auto c = create_task(waits(trace, delay, 3));
        delay.trigger();
        co_await c;
        co_await delay.wait();
        trace("straight on");
        delay.clear();
        auto result = co_await wait_for(delay.wait(), 5ms);
        trace(outcome(result));
        delay.trigger(1ms);
        result = co_await wait_for(delay.wait(), 5ms);
        trace(outcome(result));
    };
    CHECK(run(body()));
    trace.expect({"10 goes on 1", "10 goes on 2", "10 goes on 3", "10 straight on", "15 timeout", "16 ok"});
}

TEST_CASE_FIXTURE(Simulated, "Delay: zero and less fire as soon as the running task waits") {
    auto other = [&]() -> Coro<> {
        trace("other");
        co_return;
    };
    auto body = [&]() -> Coro<> {
        Delay delay{0ms, [&] { trace("fires"); }};
        co_await sleep_ms(1);
        create_task(other());
        delay.trigger();
        CHECK(delay.running());
        trace("triggered");
        co_await delay.wait();
        delay.trigger(-5s);
        co_await yield();
        trace("end");
    };
    CHECK(run(body()));
    trace.expect({"1 triggered", "1 fires", "1 other", "1 fires", "1 end"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Delay: a callback that returns a coroutine starts a task, which may be cancelled or outlive the Delay") {
    auto body = [&]() -> Coro<> {
        auto delay = std::make_unique<Delay>(5ms, [&]() -> Coro<> {
            Trace& notes = trace;  // the captures live in the Delay
            notes("task starts");
            co_await sleep_ms(10);
            notes("task ends");
        });
        delay->trigger();
        co_await delay->wait();
        co_await yield();
        CHECK_FALSE(delay->task().done());
        CHECK(delay->task().cancel());
        co_await sleep_ms(20);
        CHECK(delay->task().error() == Error::cancelled);
        delay->trigger();
        co_await sleep_ms(6);
        delay.reset();
        co_await sleep_ms(20);
    };
    CHECK(run(body()));
    trace.expect({"5 task starts", "30 task starts", "40 task ends"});
}

TEST_CASE_FIXTURE(Simulated, "Delay: its callback may trigger it again, stop it, or trigger another") {
    auto body = [&]() -> Coro<> {
        struct Both {
            Delay* self = nullptr;
            Delay* other = nullptr;
            int left = 3;
        } both;
        Delay other{1ms, [&] { trace("other"); }};
        Delay repeated{10ms, [&] {
                           trace("fires", both.left);
                           both.other->trigger();
                           if (--both.left > 0) both.self->trigger();
                       }};
        both.self = &repeated;
        both.other = &other;
        repeated.trigger();
        co_await sleep_ms(100);
        CHECK_FALSE(repeated.running());
    };
    CHECK(run(body()));
    trace.expect({"10 fires 3", "11 other", "20 fires 2", "21 other", "30 fires 1", "31 other"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Delay: a waiter that is cancelled, before or in the moment of firing, takes nothing from the others") {
    for (int cancel_ms = 9; cancel_ms <= 11; ++cancel_ms) {
        for_each_order([&] {
            auto body = [&]() -> Coro<> {
                Delay delay{10ms};
                Trace unused;
                auto a = create_task(waits(unused, delay, 1));
                auto b = create_task(waits(unused, delay, 2));
                delay.trigger();
                co_await sleep_ms(cancel_ms);
                const bool asked = a.cancel();
                auto result = co_await catch_cancelled(a);
                CHECK(result == (asked ? Result<void>{std::unexpected{Error::cancelled}} : Result<void>{}));
                co_await b;
                CHECK(delay.fired());
            };
            CHECK(run(body()));
            CHECK(sim::now() == sim::Duration{std::max(cancel_ms, 10) * 1000});
        });
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "Delay: destroyed it does not fire; those who wait end with Error::destroyed, those it has woken go on") {
    auto body = [&]() -> Coro<> {
        auto delay = std::make_unique<Delay>(10ms, [&] { trace("fires"); });
        auto early = create_task(waits(trace, *delay, 1));
        delay->trigger();
        co_await sleep_ms(9);
        delay.reset();
        auto result = co_await catch_cancelled(early);
        trace(outcome(result));
        delay = std::make_unique<Delay>(10ms);
        auto woken = create_task(waits(trace, *delay, 2));
        delay->trigger();
        co_await sleep_ms(10);
        delay.reset();
        co_await woken;
    };
    CHECK(run(body()));
    CHECK(sim::now() == 19ms);
    trace.expect({"9 destroyed", "19 goes on 2"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Delay: a thousand triggers of a hundred delays fire in the order of their deadlines, equal ones as triggered") {
    std::vector<std::pair<std::int64_t, int>> fired;
    struct One {
        std::vector<std::pair<std::int64_t, int>>* fired;
        int id;
    };
    auto body = [&]() -> Coro<> {
        std::vector<std::unique_ptr<Delay>> delays;
        std::vector<std::pair<int, int>> due(100);
        for (int id = 0; id < 100; ++id) {
            const One one{&fired, id};
            delays.push_back(std::make_unique<Delay>(1s, [one] { one.fired->emplace_back(sim::now().count(), one.id); }));
        }
        for (int i = 0; i < 1000; ++i) {
            const auto id = static_cast<std::size_t>(i * 37 % 100);
            const int ms = 1 + i * 61 % 23;
            delays[id]->trigger(std::chrono::milliseconds{ms});
            due[id] = {ms, i};
        }
        co_await sleep_ms(100);
        CHECK(fired.size() == 100);
        for (std::size_t i = 1; i < fired.size(); ++i) {
            CHECK(due[static_cast<std::size_t>(fired[i - 1].second)] < due[static_cast<std::size_t>(fired[i].second)]);
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Delay: a global one that has fired or was stopped may be used by the next run") {
    static Delay delay{5ms};
    auto body = [&]() -> Coro<> {
        delay.trigger();
        co_await delay.wait();
        trace("fired");
        delay.trigger();
        delay.stop();
    };
    CHECK(run(body()));
    CHECK(run(body()));
    trace.expect({"5 fired", "10 fired"});
}

TEST_CASE_FIXTURE(Simulated, "Delay: one of zero that triggers itself in its callback lets others run in between, and time pass") {
    auto other = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            trace("other", i);
            co_await yield();
        }
        co_await sleep_ms(1);
    };
    auto body = [&]() -> Coro<> {
        struct {
            Delay* delay = nullptr;
            int fired = 0;
        } self;
        Delay delay{0ms, [&self, &notes = trace] {
                        if (++self.fired <= 3) notes("fires", self.fired);
                        self.delay->trigger();
                    }};
        self.delay = &delay;
        delay.trigger();
        co_await create_task(other());
        CHECK(delay.running());
        CHECK(self.fired > 1000);  // as long as nothing else happens, the virtual clock waits that often before it moves
        delay.stop();
    };
    CHECK(run(body()));
    CHECK(sim::now() >= 1ms);
    CHECK(sim::now() < 2ms);
#if UASYNC_BOARD  // not before the next microsecond
    trace.expect({"0 fires 1", "0 other 0", "0 other 1", "0 other 2", "0.001 fires 2", "0.002 fires 3"});
#else
    trace.expect({"0 fires 1", "0 other 0", "0 fires 2", "0 other 1", "0 fires 3", "0 other 2"});
#endif
}

TEST_CASE_FIXTURE(Simulated, "Delay: two of zero that trigger each other, and all that were due with them, take turns") {
    auto body = [&]() -> Coro<> {
        struct {
            Delay* a = nullptr;
            Delay* b = nullptr;
        } both;
        Delay a{0ms, [&both, &notes = trace] {
                    notes("a");
                    both.b->trigger();
                }};
        Delay b{0ms, [&both, &notes = trace] {
                    notes("b");
                    both.a->trigger();
                }};
        Delay due{5ms, [&] { trace("due"); }};
        Delay due_too{5ms, [&] { trace("due too"); }};
        both.a = &a;
        both.b = &b;
        due.trigger();
        a.trigger(5ms);
        due_too.trigger();
        co_await sleep_ms(5);
        trace("main");
        co_await yield();
        trace("main");
        b.stop();
        a.stop();
    };
    CHECK(run(body()));
#if UASYNC_BOARD
    trace.expect({"5 due", "5 a", "5 due too", "5 main", "5 main"});
#else
    trace.expect({"5 due", "5 a", "5 due too", "5 main", "5 b", "5 main"});
#endif
}
