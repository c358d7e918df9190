#include <uasync/task/timeout.hpp>
#include <uasync/uasync.hpp>

#include <support/children.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::value_after;

namespace {

Clock::time_point at_ms(int ms) { return Clock::time_point{std::chrono::milliseconds{ms}}; }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "timeout: in time, too late, and without a limit") {
    auto main = [&]() -> Coro<> {
        auto enough = timeout(10ms);
        trace(outcome(co_await enough(value_after(5, 42))));
        CHECK_FALSE(enough.expired());
        auto short_one = timeout(10ms);
        trace(outcome(co_await short_one(value_after(50, 42))));
        CHECK(short_one.expired());
        CHECK(short_one.when() == at_ms(15));
        auto none = timeout(std::nullopt);
        CHECK_FALSE(none.when().has_value());
        trace(outcome(co_await none(value_after(1000, 7))));
        auto at = timeout_at(at_ms(1020));
        trace(outcome(co_await at(sleep_ms(100))));
    };
    CHECK(run(main()));
    trace.expect({"5 42", "15 timeout", "1015 7", "1020 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "timeout: counts from its creation, and one that has passed strikes at the first await that waits") {
    auto body = [&]() -> Coro<> {
        trace("begins");
        Noted noted{trace, "destroyed"};
        co_await sleep_ms(5);
    };
    auto main = [&]() -> Coro<> {
        auto limit = timeout(2ms);
        co_await sleep_ms(4);
        trace(outcome(co_await limit(body())));
        auto zero = timeout(0ms);
        trace(outcome(co_await zero(body())));
    };
    CHECK(run(main()));
    trace.expect({"4 begins", "4 destroyed", "4 timeout", "4 begins", "4 destroyed", "4 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "timeout: can be moved out, in, and away from inside") {
    auto transfer = [&](Timeout& limit, int pieces) -> Coro<int> {
        for (int i = 0; i < pieces; ++i) {
            co_await sleep_ms(8);
            limit.reschedule(Clock::now() + 10ms);
        }
        co_return pieces;
    };
    auto main = [&]() -> Coro<> {
        auto limit = timeout(10ms);
        trace(outcome(co_await limit(transfer(limit, 4))));
        auto nearer = timeout(100ms);
        auto hurry = [&]() -> Coro<> {
            nearer.reschedule(Clock::now() + 3ms);
            co_await sleep_ms(50);
        };
        trace(outcome(co_await nearer(hurry())));
        auto passed = timeout(100ms);
        auto late = [&]() -> Coro<> {
            passed.reschedule(at_ms(1));
            co_await sleep_ms(50);
        };
        trace(outcome(co_await passed(late())));
        auto away = timeout(5ms);
        auto stays = [&]() -> Coro<> {
            away.reschedule(std::nullopt);
            co_await sleep_ms(50);
        };
        trace(outcome(co_await away(stays())));
    };
    CHECK(run(main()));
    trace.expect({"32 4", "35 timeout", "35 timeout", "85 ok"});
}

TEST_CASE_FIXTURE(Simulated, "timeout: nested; the outer one that strikes first counts, and a cancellation passes through both") {
    auto inner = [&](int ms) -> Coro<> {
        auto limit = timeout(std::chrono::milliseconds{ms});
        trace(outcome(co_await limit(value_after(100, 1))));
    };
    auto main = [&]() -> Coro<> {
        auto outer = timeout(5ms);
        trace(outcome(co_await outer(inner(10))));
        auto wide = timeout(50ms);
        trace(outcome(co_await wide(inner(10))));
        auto both = [&]() -> Coro<> {
            auto limit = timeout(50ms);
            (void)co_await limit(inner(20));
            trace("not reached");
        };
        auto task = create_task(both());
        co_await sleep_ms(1);
        task.cancel();
        trace(outcome(co_await catch_cancelled(task)));
    };
    CHECK(run(main()));
    trace.expect({"5 timeout", "15 timeout", "15 ok", "16 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "timeout: one that is in use limits nothing else") {
    auto main = [&]() -> Coro<> {
        auto limit = timeout(5ms);
        auto again = [&]() -> Coro<> { trace(outcome(co_await limit(sleep_ms(1)))); };
        trace(outcome(co_await limit(again())));
        trace(outcome(co_await limit(sleep_ms(100))));  // and is in use no more
    };
    CHECK(run(main()));
    trace.expect({"0 misuse", "0 ok", "5 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "timeout: one that has struck strikes again; what is not awaited does not touch it") {
    auto main = [&]() -> Coro<> {
        auto limit = timeout(5ms);
        auto drops = [&]() -> Coro<> {
            {
                auto unused = limit(value_after(1, 1));
            }
            co_await sleep_ms(100);
        };
        trace(outcome(co_await limit(drops())));
        limit.reschedule(at_ms(50));
        CHECK(limit.when() == at_ms(5));
        trace(outcome(co_await limit(value_after(10, 1))));
        trace(outcome(co_await limit(value_after(10, 1))));
    };
    CHECK(run(main()));
    trace.expect({"5 timeout", "5 timeout", "5 timeout"});
}
