#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/task/defer.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(Simulated, "run gives the coroutine's value") {
    auto number = []() -> Coro<int> {
        co_await sleep_ms(1);
        co_return 7;
    };
    auto nothing = []() -> Coro<> { co_return; };
    CHECK(run(number()) == 7);
    CHECK(run(nothing()));
}

TEST_CASE_FIXTURE(Simulated, "a result that can only be moved is moved out") {
    auto pointer = []() -> Coro<std::unique_ptr<int>> {
        co_await sleep_ms(1);
        co_return std::make_unique<int>(7);
    };
    auto result = run(pointer());
    REQUIRE(result);
    CHECK(**result == 7);
}

TEST_CASE_FIXTURE(Simulated, "run can be called again; time goes on") {
    auto main = [&]() -> Coro<> {
        co_await sleep_ms(10);
        trace("woke");
    };
    CHECK(run(main()));
    CHECK(run(main()));
    trace.expect({"10 woke", "20 woke"});
}

TEST_CASE_FIXTURE(Simulated, "run inside run is an error, and the outer loop goes on") {
    auto inner = [&]([[maybe_unused]] Noted noted) -> Coro<int> {
        trace("not reached");
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        auto r = run(inner(Noted{trace, "inner destroyed"}));
        trace(outcome(r));
        co_await sleep_ms(1);
        trace("outer");
    };
    CHECK(run(main()));
    REQUIRE(trace.lines().size() == 4);
    CHECK(trace.lines()[0] == "0 inner destroyed");
    CHECK(trace.lines()[1].ends_with(": run inside run"));
    CHECK(trace.lines()[2] == "0 run inside run");
    CHECK(trace.lines()[3] == "1 outer");
}

TEST_CASE_FIXTURE(Simulated, "running a coroutine that was moved from is misuse") {
    auto main = []() -> Coro<int> { co_return 1; };
    auto c = main();
    auto thief = std::move(c);
    CHECK(run(std::move(c)) == std::unexpected{Error::misuse});
    CHECK(run(std::move(thief)) == 1);
    trace.expect({"0 report ?: misuse"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "an exception that leaves main leaves run, whose caller has it: it is not reported too") {
    auto async_main = []() -> Coro<> {
        co_await sleep_ms(1);
        throw std::runtime_error{"broken"};
    };
    CHECK_THROWS_WITH_AS((void)run(async_main()), "broken", std::runtime_error);
    trace.expect({});
    auto throws = []() -> Coro<> {
        throw std::runtime_error{"task"};
        co_return;
    };
    auto main = [&]() -> Coro<> {  // another task's, in the same pass, is
        create_task(throws(), "task");
        co_await yield();
        throw std::runtime_error{"broken"};
    };
    CHECK_THROWS_WITH_AS((void)run(main()), "broken", std::runtime_error);
    trace.expect({"1 report task: exception task"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "an error that ends main is run's result, and is reported once") {
    auto nothing = []() -> Coro<> { co_return; };
    auto main = [&]() -> Coro<> {
        auto c = nothing();
        co_await c;
        co_await c;
    };
    CHECK(run(main()) == std::unexpected{Error::misuse});
    REQUIRE(trace.lines().size() == 1);
    CHECK(trace.lines().front().ends_with(": misuse"));
}

TEST_CASE_FIXTURE(Simulated, "a cancelled main ends the run as cancelled, without a report") {
    auto main = [&]() -> Coro<> {
        Noted noted{trace, "main destroyed"};
        co_await sleep_ms(1000);
    };
    sim::stop_at(5ms);
    CHECK(run(main()) == std::unexpected{Error::cancelled});
    trace.expect({"5 main destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "main may catch its cancellation and end in good order") {
    auto work = []() -> Coro<> { co_await sleep_ms(1000); };
    auto main = [&]() -> Coro<int> {
        auto r = co_await catch_cancelled(work());
        trace(outcome(r));
        co_await sleep_ms(2);
        co_return 7;
    };
    sim::stop_at(5ms);
    CHECK(run(main()) == 7);
    trace.expect({"5 cancelled"});
    CHECK(sim::now() == 7ms);
}

// The end of main -----------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "when main ends, tasks that run for ever are cancelled in the order of their creation") {
    auto for_ever = [&](const char* name, int ms) -> Coro<> {
        Noted noted{trace, name};
        while (true) co_await sleep_ms(ms);
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(for_ever("a", 3));
        auto b = create_task(for_ever("b", 5));
        {
            auto c = create_task(for_ever("c", 7));
        }
        co_await sleep_ms(4);
        trace("main ends");
    };
    CHECK(run(main()));
    trace.expect({"4 main ends", "4 a", "4 b", "4 c"});
}

TEST_CASE_FIXTURE(Simulated, "when main ends, a task that never sleeps is cancelled too") {
    auto spin = [&]() -> Coro<> {
        Noted noted{trace, "spin destroyed"};
        while (true) co_await yield();
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(spin());
        co_await yield();
    };
    CHECK(run(main()));
    trace.expect({"0 spin destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "a task that never had its first turn when main ends is destroyed unrun") {
    auto child = [&]([[maybe_unused]] Noted noted) -> Coro<> {
        trace("not reached");
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child(Noted{trace, "parameter destroyed"}));
        co_return;
    };
    CHECK(run(main()));
    trace.expect({"0 parameter destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "a task that cleans up with awaits is waited for") {
    auto work = []() -> Coro<> { co_await sleep_ms(1000); };
    auto tidy = [&](std::string name, int ms) -> Coro<> {
        auto r = co_await catch_cancelled(work());
        trace(name + " " + outcome(r));
        co_await sleep_ms(ms);
        trace(name + " cleaned up");
    };
    auto main = [&]() -> Coro<> {
        auto slow = create_task(tidy("slow", 20));
        auto fast = create_task(tidy("fast", 5));
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"1 slow cancelled", "1 fast cancelled", "6 fast cleaned up", "21 slow cleaned up"});
}

TEST_CASE_FIXTURE(Simulated, "a task that swallows the cancellation at the end goes on until it ends by itself") {
    auto work = []() -> Coro<> { co_await sleep_ms(1000); };
    auto stubborn = [&]() -> Coro<> {
        (void)co_await catch_cancelled(work());
        for (int i = 0; i < 3; ++i) {
            co_await sleep_ms(10);
            trace("stubborn", i);
        }
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(stubborn());
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"11 stubborn 0", "21 stubborn 1", "31 stubborn 2"});
}

TEST_CASE_FIXTURE(Simulated, "a task created during the clean-up at the end runs, and ends with the run") {
    auto for_ever = [&]() -> Coro<> {
        Noted noted{trace, "late task destroyed"};
        for (int i = 0; i < 1000; ++i) co_await sleep_ms(1000);
        trace("the end did not reach it");
    };
    auto work = []() -> Coro<> { co_await sleep_ms(1000); };
    auto tidy = [&]() -> Coro<> {
        (void)co_await catch_cancelled(work());
        auto late = create_task(for_ever());
        co_await sleep_ms(1);
        trace("cleaned up");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(tidy());
        co_await yield();
    };
    CHECK(run(main()));
    CHECK(sim::now() < 10ms);
}

TEST_CASE_FIXTURE(Simulated, "an error in the last moment is still reported") {
    auto nothing = []() -> Coro<> { co_return; };
    auto work = []() -> Coro<> { co_await sleep_ms(1000); };
    auto fails_in_clean_up = [&]() -> Coro<> {
        (void)co_await catch_cancelled(work());
        auto c = nothing();
        co_await c;
        co_await c;
    };
    auto main = [&]() -> Coro<> {
        {
            auto task = create_task(fails_in_clean_up(), "late");
        }
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"1 report late: misuse"});
}

TEST_CASE_FIXTURE(Simulated, "tasks that await each other in a ring do not keep run from returning") {
    std::vector<Task<>> ring;
    ring.reserve(3);
    auto node = [&](std::size_t next) -> Coro<> {
        co_await yield();
        co_await ring[next];
    };
    auto main = [&]() -> Coro<> {
        for (const std::size_t next : {1U, 2U, 0U}) ring.push_back(create_task(node(next)));
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    CHECK_FALSE(printed("deadlock"));
    for (const auto& task : ring) CHECK(task.error() == Error::cancelled);
    ring.clear();
}

TEST_CASE_FIXTURE(Simulated,
                  "at the end a clean-up that follows another task's error, or one in it that is caught, is not cut short") {
    auto cleans = [&]() -> Coro<> {
        auto cleaned = co_await catch_cancelled(sleep_ms(5));
        trace(cleaned ? "cleaned" : "cut short");
    };
    auto fails_late = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        co_await sleep_ms(1);
        co_await detail::FailAwaiter{Error::unavailable};
    };
    auto awaits = [&]() -> Coro<> {
        auto task = create_task(fails_late());
        trace(outcome(co_await catch_cancelled(task)));  // the cancellation was forwarded, and this is what became of it
        co_await cleans();
    };
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            create_task(awaits());
            co_await sleep_ms(1);
        };
        CHECK(run(main()));
        trace.expect({"2 unavailable", "7 cleaned"});
    });
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            auto works = [&]() -> Coro<> {
                auto clean_up = [&]() -> Coro<> {
                    auto task = create_task(fails_late());  // begins cancelled
                    trace(outcome(co_await catch_cancelled(task)));
                    Event* event = new Event;
                    sim::at(3ms, [event] { delete event; });
                    trace(outcome(co_await catch_cancelled(event->wait())));
                    co_await cleans();
                };
                co_await defer(sleep_ms(1000), clean_up);
            };
            create_task(works());
            co_await sleep_ms(1);
        };
        CHECK(run(main()));
        trace.expect({"1 cancelled", "3 destroyed", "8 cleaned"});
    });
}

TEST_CASE_FIXTURE(Simulated, "nothing is left over, in whichever order tasks end") {
    for_each_order([&] {
        auto work = []() -> Coro<> { co_await sleep_ms(1000); };
        auto tidy = [&](int ms) -> Coro<> {
            (void)co_await catch_cancelled(work());
            co_await sleep_ms(ms);
        };
        auto main = [&]() -> Coro<int> {
            for (int i = 0; i < 20; ++i) {
                auto a = create_task(tidy(i % 3));
                auto b = create_task(work());
            }
            co_await sleep_ms(1);
            co_return 1;
        };
        CHECK(run(main()) == 1);
        CHECK(sim::now() == 3ms);
    });
}
