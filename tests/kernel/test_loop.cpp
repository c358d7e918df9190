#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/kernel/loop.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/sync/lock.hpp>
#include <uasync/sync/thread_safe_flag.hpp>
#include <uasync/task/call.hpp>
#include <uasync/time/delay.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

// A primitive made of nothing but the loop's interface --------------------------------------------------------------------------------------

namespace {

/// Tasks wait here until they are let go, one at a time.
class Gate {
public:
    struct Awaiter {
        explicit Awaiter(Gate& g) noexcept : gate{g} {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(Frame self) const noexcept { gate.waiters_.suspend(self, "Gate::wait"); }
        void await_resume() const noexcept {}
        Gate& gate;
    };
    Awaiter wait() noexcept { return Awaiter{*this}; }
    void let_one_go() noexcept { (void)waiters_.wake_one(); }
    void fail_one(Error error) noexcept {
        if (WaitNode* node = waiters_.pop_front()) WaitLoop::wake_failing(*node, error);
    }
    bool empty() const noexcept { return waiters_.empty(); }

private:
    WaitQueue waiters_;
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "waiters are woken first in, first out, and run behind what is ready") {
    Gate gate;
    auto waiter = [&](int i) -> Coro<> {
        co_await gate.wait();
        trace("waiter", i);
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(waiter(1));
        auto b = create_task(waiter(2));
        auto c = create_task(waiter(3));
        co_await yield();
        b.cancel();
        co_await yield();
        gate.let_one_go();
        gate.let_one_go();
        CHECK(gate.empty());
        trace("let go");
        co_await yield();
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 let go", "0 waiter 1", "0 waiter 3", "0 main"});
}

TEST_CASE_FIXTURE(Simulated, "a waiter can be woken with an error instead") {
    Gate gate;
    auto waiter = [&]() -> Coro<> {
        Noted noted{trace, "waiter destroyed"};
        co_await gate.wait();
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(waiter());
        co_await yield();
        gate.fail_one(Error::destroyed);
        auto r = co_await catch_cancelled(task);
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"0 waiter destroyed", "0 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "a timer calls its function at its deadline, between steps, and not after it was stopped") {
    struct Note : LoopTimer {
        Note(Trace& t, const char* s)
            : LoopTimer{[](LoopCallback& self) noexcept { static_cast<Note&>(self).trace(static_cast<Note&>(self).text); }},
              trace{t},
              text{s} {}
        Trace& trace;
        const char* text;
    };
    Note first{trace, "first"};
    Note second{trace, "second"};
    Note stopped{trace, "stopped"};
    auto main = [&]() -> Coro<> {
        second.start(2000);
        stopped.start(1500);
        first.start(1000);
        CHECK(stopped.running());
        stopped.stop();
        CHECK_FALSE(stopped.running());
        co_await sleep_ms(3);
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"1 first", "2 second", "3 main"});
}

// Interrupts --------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "an interrupt ends the loop's sleep, and is not lost when it strikes first") {
    ThreadSafeFlag flag;
    auto main = [&]() -> Coro<> {
        for (int i = 0; i < 2; ++i) {
            co_await flag.wait();
            trace("woken");
        }
    };
    sim::at(0ms, [&] { flag.set(); });
    sim::at(7ms, [&] { flag.set(); });
    CHECK(run(main()));
    trace.expect({"0 woken", "7 woken"});
}

TEST_CASE_FIXTURE(Simulated, "tasks that interrupts wake run behind what is ready, in the order in which they were woken") {
    ThreadSafeFlag flag;
    auto waiter = [&](int i) -> Coro<> {
        co_await flag.wait();
        trace("waiter", i);
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(waiter(1));
        auto b = create_task(waiter(2));
        co_await sleep_ms(20);
    };
    sim::at(5ms, [&] {
        flag.set();
        flag.set();
    });
    CHECK(run(main()));
    trace.expect({"5 waiter 1", "5 waiter 2"});
}

// The simulation's clock and orders ------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "time stands still while tasks run, and jumps when they wait") {
    auto main = [&]() -> Coro<> {
        for (int i = 0; i < 900; ++i) co_await yield();
        CHECK(sim::now() == 0ms);
        co_await sleep(std::chrono::hours{1});
        CHECK(sim::now() == std::chrono::hours{1});
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a program that never sleeps still reaches its deadlines and its end") {
    bool ended = false;
    auto spin = [&]() -> Coro<> {
        while (true) co_await yield();
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(spin());
        co_await sleep_ms(2);
        ended = true;
    };
    CHECK(run(main()));
    CHECK(ended);
    CHECK(sim::now() >= 2ms);
    CHECK(sim::now() < 3ms);
}

TEST_CASE_FIXTURE(Simulated, "stop_at cancels main and no other task, idle or busy") {
    for (const bool busy : {false, true}) {
        CAPTURE(busy);
        for_each_order(
            [&] {
                auto works = [&]() -> Coro<> {
                    while (true) {
                        if (busy) {
                            co_await yield();
                        } else {
                            co_await sleep_ms(1000);
                        }
                    }
                };
                bool other_was_first = false;
                bool main_stopped = false;
                auto other = [&]() -> Coro<> {
                    (void)co_await catch_cancelled(works());
                    other_was_first = !main_stopped;
                };
                auto main = [&]() -> Coro<> {
                    auto task = create_task(other());
                    auto r = co_await catch_cancelled(works());
                    CHECK(r == std::unexpected{Error::cancelled});
                    main_stopped = true;
                };
                sim::stop_at(5ms);
                CHECK(run(main()));
                CHECK_FALSE(other_was_first);
                CHECK(sim::now() >= 5ms);
                CHECK(sim::now() < 6ms);
            },
            10);
    }
}

TEST_CASE_FIXTURE(Simulated, "stop_at after the end of main, or twice, does no harm") {
    auto tidy = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        co_await sleep_ms(20);
        trace("cleaned up");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(tidy());
        co_await sleep_ms(1000);
    };
    sim::stop_at(5ms);
    sim::stop_at(5ms);
    sim::stop_at(10ms);
    CHECK(run(main()) == std::unexpected{Error::cancelled});
    trace.expect({"25 cleaned up"});
}

TEST_CASE_FIXTURE(Simulated, "shuffled orders differ from seed to seed, repeat for the same seed, and 0 is first in, first out") {
    auto order_of = [&](std::uint64_t seed) {
        std::string order;
        auto child = [&](char c) -> Coro<> {
            for (int i = 0; i < 2; ++i) {
                order += c;
                co_await yield();
            }
        };
        auto main = [&]() -> Coro<> {
            for (const char c : {'a', 'b', 'c', 'd'}) auto task = create_task(child(c));
            co_await sleep_ms(1);
        };
        sim::reset();
        sim::capture(true);
        sim::shuffle(seed);
        CHECK(run(main()));
        return order;
    };
    CHECK(order_of(0) == "abcdabcd");
    std::set<std::string> orders;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const std::string order = order_of(seed);
        CHECK(order.size() == 8);
        CHECK(order == order_of(seed));
        orders.insert(order);
    }
    CHECK(orders.size() > 10);
}

// Deadlock ----------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated,
                  "a deadlock lists who waits for what, destroys the tasks in the order of their creation, and ends the run") {
    Event event;
    Lock lock;
    auto waits_for_event = [&]() -> Coro<> {
        Noted noted{trace, "event's waiter destroyed"};
        co_await event.wait();
    };
    auto waits_for_lock = [&]() -> Coro<> {
        Noted noted{trace, "lock's waiter destroyed"};
        co_await lock.acquire();
    };
    auto main = [&]() -> Coro<> {
        Noted noted{trace, "main destroyed"};
        co_await lock.acquire();
        auto a = create_task(waits_for_event(), "a");
        auto b = create_task(waits_for_lock(), "b");
        co_await a;
    };
    CHECK(run(main()) == std::unexpected{Error::deadlock});
    trace.expect({"0 main destroyed", "0 event's waiter destroyed", "0 lock's waiter destroyed"});
    CHECK(printed("deadlock"));
    CHECK(printed("'a' waits in Event::wait"));
    CHECK(printed("'b' waits in Lock::acquire"));
    CHECK(printed("waits in a task"));
    CHECK(printed("test_loop.cpp:"));
}

TEST_CASE_FIXTURE(Simulated, "tasks that await each other are a deadlock") {
    std::vector<Task<>> ring;
    ring.reserve(3);
    auto node = [&](std::size_t next) -> Coro<> {
        Noted noted{trace, "destroyed " + std::to_string(next)};
        co_await yield();
        co_await ring[next];
    };
    auto main = [&]() -> Coro<> {
        for (const std::size_t next : {1U, 2U, 0U}) ring.push_back(create_task(node(next)));
        co_await ring[0];
    };
    CHECK(run(main()) == std::unexpected{Error::deadlock});
    trace.expect({"0 destroyed 1", "0 destroyed 2", "0 destroyed 0"});
    for (const auto& task : ring) CHECK(task.error() == Error::deadlock);
    ring.clear();
}

TEST_CASE_FIXTURE(Simulated, "a gather, catches and a flag may take part in a deadlock, whoever was created first") {
    Event event;
    ThreadSafeFlag flag;
    auto waits = [&](const char* name) -> Coro<> {
        Noted noted{trace, name};
        co_await event.wait();
    };
    auto waits_for_flag = [&]() -> Coro<> {
        Noted noted{trace, "flag's waiter"};
        co_await flag.wait();
    };
    auto gathers = [&](Task<> earlier) -> Coro<> {
        Noted noted{trace, "gatherer"};
        co_await gather(earlier, waits("child of the gather"));
    };
    auto main = [&]() -> Coro<> {
        Noted noted{trace, "main"};
        auto earlier = create_task(waits("earlier"));
        auto gatherer = create_task(gathers(earlier));
        auto of_flag = create_task(waits_for_flag());
        (void)co_await catch_cancelled(gatherer);
    };
    CHECK(run(main()) == std::unexpected{Error::deadlock});
    trace.expect({"0 main", "0 earlier", "0 gatherer", "0 flag's waiter", "0 child of the gather"});
}

TEST_CASE_FIXTURE(Simulated, "a wait_for that is pending is no deadlock: its limit ends it") {
    Event event;
    auto main = [&]() -> Coro<> {
        auto r = co_await wait_for(event.wait(), 1h);
        trace(outcome(r));
        co_await event.wait();
    };
    CHECK(run(main()) == std::unexpected{Error::deadlock});
    trace.expect({"3600000 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "destructors in a deadlock may wake, cancel and create tasks: those end too") {
    Event event;
    Event never_set;
    ThreadSafeFlag flag;
    std::optional<Task<>> victim;
    auto late = [&]() -> Coro<> {
        trace("not reached");
        co_return;
    };
    auto create = [&] { auto task = create_task(late()); };
    struct Busy {
        Busy(Event& e, ThreadSafeFlag& f, std::optional<Task<>>& v, decltype(create)& c) : event{e}, flag{f}, victim{v}, make{c} {}
        ~Busy() {
            flag.set();
            event.set();
            if (victim) victim->cancel();
            make();
        }
        Event& event;
        ThreadSafeFlag& flag;
        std::optional<Task<>>& victim;
        decltype(create)& make;
    };
    auto busy = [&]() -> Coro<> {
        Busy b{event, flag, victim, create};
        co_await never_set.wait();
    };
    auto waits_for_event = [&]() -> Coro<> {
        co_await event.wait();
        trace("not reached");
    };
    auto waits_for_flag = [&]() -> Coro<> {
        co_await flag.wait();
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(busy());
        auto b = create_task(waits_for_event());
        auto c = create_task(waits_for_flag());
        victim = create_task(waits_for_event());
        co_await never_set.wait();
    };
    CHECK(run(main()) == std::unexpected{Error::deadlock});
    CHECK(victim->error() == Error::deadlock);
    victim.reset();
    trace.expect({});
}

TEST_CASE_FIXTURE(Simulated, "after a deadlock the next run works") {
    auto stuck = []() -> Coro<int> {
        Event event;
        co_await event.wait();
        co_return 1;
    };
    auto fine = []() -> Coro<int> {
        co_await sleep_ms(1);
        co_return 7;
    };
    CHECK(run(stuck()) == std::unexpected{Error::deadlock});
    CHECK(run(fine()) == 7);
}

TEST_CASE_FIXTURE(Simulated, "a deadlock in the clean-up at the end of main ends the run; main's result stays") {
    Event event;
    auto stubborn = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        Noted noted{trace, "stubborn destroyed"};
        co_await event.wait();
    };
    auto main = [&]() -> Coro<int> {
        auto task = create_task(stubborn(), "stubborn");
        co_await sleep_ms(1);
        co_return 7;
    };
    CHECK(run(main()) == 7);
    REQUIRE(trace.lines().size() == 1);
    CHECK(trace.lines().front().ends_with("stubborn destroyed"));
    CHECK(printed("'stubborn' waits in Event::wait"));
}

TEST_CASE_FIXTURE(Simulated,
                  "a timer that its function starts for a time that has passed is called in the next pass, not in this one") {
    struct Eager : LoopTimer {
        explicit Eager(Trace& t)
            : LoopTimer{[](LoopCallback& self) noexcept {
                  auto& timer = static_cast<Eager&>(self);
                  timer.trace("timer", ++timer.fired);
                  timer.start(timer.fired == 1 ? 0 : timer.fired == 2 ? 500 : 1'000'000);
              }},
              trace{t} {}
        Trace& trace;
        int fired = 0;
    };
    struct Note : LoopTimer {
        explicit Note(Trace& t)
            : LoopTimer{[](LoopCallback& self) noexcept { static_cast<Note&>(self).trace("due too"); }}, trace{t} {}
        Trace& trace;
    };
    Eager eager{trace};
    Note due_too{trace};
    auto main = [&]() -> Coro<> {
        eager.start(1000);
        due_too.start(1000);
        co_await sleep_ms(1);
        for (int i = 0; i < 3; ++i) {
            trace("main");
            co_await yield();
        }
        CHECK(eager.running());
        eager.stop();
    };
    CHECK(run(main()));
#if UASYNC_BOARD  // not before the next microsecond
    trace.expect({"1 timer 1", "1 due too", "1 main", "1 main", "1 main"});
#else
    trace.expect({"1 timer 1", "1 due too", "1 main", "1 timer 2", "1 main", "1 timer 3", "1 main"});
#endif
}

TEST_CASE_FIXTURE(Simulated, "functions that have themselves called again starve neither tasks nor timers") {
    Callback* again = nullptr;
    int called = 0;
    struct Context {
        Callback** callback;
        int* called;
    } context{&again, &called};
    Callback callback{[](void* argument) {
                          auto& self = *static_cast<Context*>(argument);
                          if (++*self.called < 5000) running_loop().call_soon_threadsafe(**self.callback);
                      },
                      &context};
    again = &callback;
    int soon = 0;
    struct Soon {
        int* count;
        void operator()() const {
            if (++*count < 5000) running_loop().call_soon(*this);
        }
    };
    auto ready = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) co_await yield();
        trace("ready");
        CHECK(called < 10);
        CHECK(soon < 10);
    };
    auto main = [&]() -> Coro<> {
        running_loop().call_soon_threadsafe(callback);
        running_loop().call_soon(Soon{&soon});
        auto task = create_task(ready());
        co_await sleep(100us);
        CHECK(called < 5000);
        CHECK(soon < 5000);
        co_await sleep_ms(100);
        CHECK(called == 5000);
        CHECK(soon == 5000);
    };
    CHECK(run(main()));
    trace.expect({"0 ready"});
}

TEST_CASE_FIXTURE(Simulated, "a flag that is set in the step in which a timer falls due: the flag's waiter first") {
    using Order = std::vector<std::string>;
    Order order;
    ThreadSafeFlag flag;
    Delay delay{0ms};
    auto waits = [&]() -> Coro<> {
        co_await flag.wait();
        order.emplace_back("flag");
    };
    auto sleeps = [&]() -> Coro<> {
        co_await sleep_ms(5);
        order.emplace_back("timer");
    };
    auto waits_for_delay = [&]() -> Coro<> {
        co_await delay.wait();
        order.emplace_back("delay");
    };
    for (const bool busy : {false, true}) {  // by an interrupt
        CAPTURE(busy);
        sim::reset();
        sim::capture(true);
        order.clear();
        sim::at(5ms, [&] { flag.set(); });
        auto main = [&]() -> Coro<> {
            auto a = create_task(sleeps());
            auto b = create_task(waits());
            while (busy && sim::now() < 5ms) co_await yield();
            co_await a;
            co_await b;
        };
        CHECK(run(main()));
        CHECK(order == Order{"flag", "timer"});
    }
    order.clear();
    auto main = [&]() -> Coro<> {  // by a task
        auto a = create_task(waits_for_delay());
        auto b = create_task(waits());
        co_await yield();
        delay.trigger();
        flag.set();
        co_await a;
        co_await b;
    };
    CHECK(run(main()));
    CHECK(order == Order{"flag", "delay"});
}

TEST_CASE_FIXTURE(Simulated,
                  "an interrupt that strikes just before a cancelled task is unlinked wakes it: it gives back what it got") {
    ThreadSafeFlag flag;
    auto waits = [&](const char* name) -> Coro<> {
        Noted noted{trace, std::string{name} + " ends"};
        co_await flag.wait();
        trace(name);
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(waits("a"));
        auto b = create_task(waits("b"));
        auto c = create_task(waits("c"));
        co_await yield();
        sim::strike([&] { flag.set(); });
        CHECK(a.cancel());
        trace("cancelled");
        co_await sleep_ms(1);
        CHECK(a.error() == Error::cancelled);
        CHECK(b.done());
        CHECK_FALSE(c.done());
        sim::strike([&] {
            flag.set();
            flag.set();
        });
        CHECK(c.cancel());
        co_await sleep_ms(1);
        CHECK(c.error() == Error::cancelled);
        co_await flag.wait();  // the last set found nobody, and the one of the cancelled waiter came back
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 cancelled", "0 a ends", "0 b", "0 b ends", "1 c ends", "2 main"});
}

TEST_CASE_FIXTURE(Simulated, "who is woken in the step in which an await fails comes after that, also where nobody else is ready") {
    ThreadSafeFlag flag;
    auto waits = [&]() -> Coro<> {
        co_await flag.wait();
        trace("waiter");
    };
    auto main = [&]() -> Coro<> {
        auto waiter = create_task(waits());
        co_await yield();
        flag.set();
        auto r = co_await catch_cancelled(pass_cancelled());
        trace("failed: " + outcome(r));
        co_await waiter;
    };
    CHECK(run(main()));
    trace.expect({"0 failed: cancelled", "0 waiter"});
}
