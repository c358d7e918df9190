#include <uasync/uasync.hpp>
#include <uasync/task/select.hpp>

#include <support/children.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::name;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::value_after;

TEST_CASE_FIXTURE(Simulated, "select: the first wins, the others are cancelled and have ended") {
    auto slow = [&]() -> Coro<> {
        Noted noted{trace, "slow destroyed"};
        co_await sleep_ms(100);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto first = co_await select(slow(), value_after(5, 42), sleep_ms(7));
        trace("winner", static_cast<int>(first.index()));
        trace("value", std::get<1>(first));
    };
    CHECK(run(main()));
    trace.expect({"5 slow destroyed", "5 winner 1", "5 value 42"});
}

TEST_CASE_FIXTURE(Simulated, "select: a message that a loser was handed stays in the queue") {
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            Queue<int, 2> left;
            Queue<int, 2> right;
            int received = 0;
            auto sends = [&]() -> Coro<> {
                co_await sleep_ms(1);
                co_await left.put(1);
                co_await right.put(2);  // in the same step: the other arm is handed its message too
            };
            create_task(sends());
            auto first = co_await select(left.get(), right.get());
            received += first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
            CHECK(left.qsize() + right.qsize() == 1);
            auto second = co_await select(left.get(), right.get());
            received += second.index() == 0 ? std::get<0>(second) : std::get<1>(second);
            CHECK(received == 3);
        };
        CHECK(run(main()));
    });
}

TEST_CASE_FIXTURE(Simulated, "select: what is ready at once wins in the order of the arguments, and nothing else is taken") {
    auto main = [&]() -> Coro<> {
        Queue<int, 2> left;
        Queue<int, 2> right;
        co_await left.put(1);
        co_await right.put(2);
        auto first = co_await select(right.get(), left.get());
        CHECK(first.index() == 0);
        CHECK(std::get<0>(first) == 2);
        CHECK(left.qsize() == 1);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "select: a task that is done wins at once; a running one is cancelled") {
    auto main = [&]() -> Coro<> {
        auto done = create_task(value_after(0, 1));
        auto running = create_task(value_after(50, 2));
        co_await sleep_ms(1);
        auto first = co_await select(running, done);
        trace("winner", static_cast<int>(first.index()));
        CHECK(running.done());
        trace(outcome(running.result()));
    };
    CHECK(run(main()));
    trace.expect({"1 winner 1", "1 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "select: cancelling the waiter cancels every arm, innermost first") {
    auto arm = [&](const char* text) -> Coro<> {
        Noted noted{trace, text};
        co_await sleep_ms(100);
    };
    auto selects = [&]() -> Coro<> {
        Noted noted{trace, "waiter"};
        co_await select(arm("left"), arm("right"));
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(selects());
        co_await sleep_ms(3);
        task.cancel();
        trace(outcome(co_await catch_cancelled(task)));
    };
    CHECK(run(main()));
    trace.expect({"3 left", "3 right", "3 waiter", "3 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "select: a value that was won is given although a cancellation came after it, and that is not lost") {
    auto stubborn = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(100));
        co_await sleep_ms(10);  // its clean-up takes a while
    };
    auto selects = [&]() -> Coro<> {
        auto first = co_await select(value_after(1, 42), stubborn());
        trace("value", std::get<0>(first));
        co_await sleep_ms(1);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(selects());
        co_await sleep_ms(5);
        task.cancel();
        trace(outcome(co_await catch_cancelled(task)));
    };
    CHECK(run(main()));
    trace.expect({"11 value 42", "11 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "select: a winner that fails has the waiter fail in the same way") {
    auto main = [&]() -> Coro<> {
        auto sleeps = create_task(value_after(100, 1), "sleeps");
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(2);
            sleeps.cancel();
        };
        create_task(cancels());
        auto both = [&]() -> Coro<> { co_await select(sleeps, sleep_ms(50)); };
        trace(outcome(co_await catch_cancelled(both())));
    };
    CHECK(run(main()));
    trace.expect({"2 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "select: a timeout that strikes when one has won already comes too late, and stays within its await") {
    auto stubborn = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(100));
        (void)co_await catch_cancelled(sleep_ms(10));
        co_await sleep_ms(5);
    };
    auto main = [&]() -> Coro<> {
        auto won = co_await wait_for(select(value_after(1, 42), stubborn()), 5ms);
        trace("value", std::get<0>(won.value()));
        co_await sleep_ms(50);
        trace("goes on");
    };
    CHECK(run(main()));
    trace.expect({"16 value 42", "66 goes on"});
}

TEST_CASE_FIXTURE(Simulated, "select: leaves the value in a task that has other handles") {
    auto text = []() -> Coro<std::string> { co_return std::string(40, 'x'); };
    auto main = [&]() -> Coro<> {
        auto task = create_task(text());
        auto won = co_await select(task, sleep_ms(5));
        CHECK(std::get<0>(won) == co_await task);
        std::array tasks{create_task(text()), create_task(text())};
        auto [index, value] = co_await race(std::move(tasks));
        CHECK(index == 0);
        CHECK(value.size() == 40);
    };
    CHECK(run(main()));
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "select: an exception of the winner is thrown") {
    auto throws = [&]() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"won"};
    };
    auto main = [&]() -> Coro<> {
        try {
            co_await select(throws(), sleep_ms(50));
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
    };
    CHECK(run(main()));
    trace.expect({"1 won"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "select: a task that selects itself ends with misuse") {
    std::optional<Task<>> self;
    auto selects = [&]() -> Coro<> {
        co_await yield();
        co_await select(*self, sleep_ms(10));
    };
    auto main = [&]() -> Coro<> {
        self = create_task(selects());
        trace(outcome(co_await catch_cancelled(*self)));
        co_await sleep_ms(20);
        self.reset();
    };
    CHECK(run(main()));
    trace.expect({"0 misuse"});
}

TEST_CASE_FIXTURE(Simulated, "race: gives the winner's index and value") {
    auto main = [&]() -> Coro<> {
        std::array runners{value_after(9, 1), value_after(4, 2), value_after(6, 3)};
        auto won = co_await race(std::move(runners));
        trace("index", static_cast<int>(won.index));
        trace("value", won.value);
    };
    CHECK(run(main()));
    trace.expect({"4 index 1", "4 value 2"});
}

// Losers are cancelled once ------------------------------------------------------------------------------------------------------

namespace {

Coro<> cleans(uasync::test::Trace& trace, int ms) {
    (void)co_await catch_cancelled(sleep_ms(1000));
    auto cleaned = co_await catch_cancelled(sleep_ms(ms));
    trace(cleaned ? "cleaned" : "cut short");
    co_await pass_cancelled();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "select: an arm's clean-up is not cut short by the end of another, or by further cancellations") {
    for_each_order([&] {
        auto selects = [&]() -> Coro<> {
            co_await select(cleans(trace, 20), cleans(trace, 5));
            trace("not reached");
        };
        auto main = [&]() -> Coro<> {
            auto task = create_task(selects());
            co_await sleep_ms(1);
            task.cancel();
            co_await sleep_ms(9);
            task.cancel();
            trace(outcome(co_await catch_cancelled(task)));
        };
        CHECK(run(main()));
        trace.expect({"6 cleaned", "21 cleaned", "21 cancelled"});
    });
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "select: a loser that fails in its clean-up is reported, unless the program has a handle of it") {
    auto fails = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(50));
        co_await sleep_ms(1);
        throw std::runtime_error{"clean-up failed"};
    };
    auto main = [&]() -> Coro<> {
        (void)co_await select(fails(), sleep_ms(5));
        trace("first");
        auto task = create_task(fails(), "kept");
        (void)co_await select(task, sleep_ms(5));
        trace("second " + name(task.error()));
        (void)co_await select(create_task(fails(), "given"), sleep_ms(5));
    };
    CHECK(run(main()));
    trace.expect(
        {"6 report f: exception clean-up failed", "6 first", "12 second exception", "18 report given: exception clean-up failed"});
}

TEST_CASE_FIXTURE(Simulated, "select: one that had failed before, and does not win, is reported") {
    auto fails = [&]() -> Coro<> {
        throw std::runtime_error{"failed"};
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto winner = create_task([]() -> Coro<int> { co_return 1; }());
        auto loser = create_task(fails(), "loser");
        co_await yield();
        (void)co_await select(winner, std::move(loser));
        trace("selected");
    };
    CHECK(run(main()));
    trace.expect({"0 report loser: exception failed", "0 selected"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "select: a loser's clean-up is not cut short by a cancellation, a limit, a group, or another select") {
    auto selects = [&]() -> Coro<> { co_await select(sleep_ms(1), cleans(trace, 20)); };
    for_each_order([&] {
        auto main = [&]() -> Coro<> { trace(outcome(co_await wait_for(selects(), 10ms))); };
        CHECK(run(main()));
        trace.expect({"21 cleaned", "21 ok"});
    });
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            co_await select(selects(), sleep_ms(10));
            trace("outer");
        };
        CHECK(run(main()));
        trace.expect({"21 cleaned", "21 outer"});
    });
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            TaskGroup group;
            auto cancels = [&]() -> Coro<> {
                co_await sleep_ms(10);
                group.cancel();
            };
            auto body = [&]() -> Coro<> {
                group.create_task(cancels());
                co_await selects();
            };
            trace(outcome(co_await group(body())));
        };
        CHECK(run(main()));
        trace.expect({"21 cleaned", "21 ok"});
    });
}

TEST_CASE_FIXTURE(Simulated, "select: at the end of run its arms are cancelled once, by the loop") {
    for_each_order([&] {
        auto selects = [&]() -> Coro<> { co_await select(cleans(trace, 20), cleans(trace, 5)); };
        auto main = [&]() -> Coro<> {
            create_task(selects());
            co_await sleep_ms(10);
        };
        CHECK(run(main()));
        trace.expect({"15 cleaned", "30 cleaned"});
    });
}

TEST_CASE_FIXTURE(Simulated, "select: a cancellation that came round a ring and was swallowed leaves no mark for a limit around") {
    Task<> selects;
    auto swallows = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(selects);
        trace("swallows: " + outcome(r));
    };
    auto main = [&]() -> Coro<> {
        auto other = create_task(swallows());
        auto inner = [&]() -> Coro<> {
            (void)co_await select(other);
            trace("selected");
            co_await sleep_ms(100);
        };
        auto limited = [&]() -> Coro<> {
            auto r = co_await wait_for(inner(), 5ms);
            trace("limit: " + outcome(r));
        };
        selects = create_task(limited());
        co_await sleep_ms(1);
        CHECK(other.cancel());
        co_await selects;
        selects = Task<>{};
    };
    CHECK(run(main()));
    trace.expect({"1 swallows: cancelled", "1 selected", "5 limit: timeout"});
}
