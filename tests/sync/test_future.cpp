#include <uasync/sync/future.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;

namespace {

const Result<void> misuse = std::unexpected{Error::misuse};

Coro<int> value_of(Future<int>& future) { co_return co_await future; }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Future: wakes all waiters in order, and gives the value to whoever comes later") {
    auto main = [&]() -> Coro<> {
        Future<int> future;
        auto waits = [&](int id) -> Coro<> {
            const int value = co_await future;
            trace("waiter", id);
            CHECK(value == 42);
        };
        create_task(waits(1));
        create_task(waits(2));
        CHECK(outcome(future.result()) == "unavailable");
        CHECK_FALSE(future.done());
        co_await sleep_ms(3);
        CHECK(future.set_result(42));
        CHECK(future.set_result(43) == misuse);
        CHECK(future.set_error(Error::timeout) == misuse);
        CHECK_FALSE(future.cancel());
        CHECK(future.done());
        co_await waits(3);  // does not wait
        co_await yield();
        CHECK(outcome(future.result()) == "42");
    };
    CHECK(run(main()));
    trace.expect({"3 waiter 3", "3 waiter 1", "3 waiter 2"});
}

TEST_CASE_FIXTURE(Simulated, "Future: an error unwinds the waiters; a cancellation too") {
    auto main = [&]() -> Coro<> {
        Future<int> failed;
        Future<int> cancelled;
        auto breaks = [&]() -> Coro<> {
            co_await sleep_ms(1);
            CHECK(failed.set_error(Error::unavailable));
            CHECK(cancelled.cancel());
        };
        create_task(breaks());
        trace(outcome(co_await catch_cancelled(value_of(failed))));
        trace(outcome(co_await catch_cancelled(value_of(failed))));
        trace(outcome(co_await catch_cancelled(value_of(cancelled))));
        CHECK(cancelled.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"1 unavailable", "1 unavailable", "1 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "Future: an error that nobody looked at is reported when it goes, a cancellation is not") {
    auto main = [&]() -> Coro<> {
        {
            Future<int> failed;
            CHECK(failed.set_error(Error::timeout));
            Future<int> looked_at;
            CHECK(looked_at.set_error(Error::timeout));
            CHECK(looked_at.error() == Error::timeout);
            Future<int> cancelled;
            CHECK(cancelled.cancel());
        }
        trace("gone");
        co_return;
    };
    CHECK(run(main()));
    trace.expect({"0 report a future: timeout", "0 gone"});
}

TEST_CASE_FIXTURE(Simulated, "Future: a waiter that is cancelled, before and just as the value comes, leaves it to the others") {
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            Future<std::string> future;
            int got = 0;
            auto waits = [&]() -> Coro<> {
                CHECK(co_await future == "text");
                ++got;
            };
            std::array tasks{create_task(waits()), create_task(waits()), create_task(waits())};
            co_await sleep_ms(1);
            tasks[0].cancel();
            CHECK(future.set_result("text"));
            tasks[1].cancel();
            co_await sleep_ms(1);
            CHECK(got == 1);
            CHECK(tasks[1].error() == Error::cancelled);
        };
        CHECK(run(main()));
    });
}

TEST_CASE_FIXTURE(Simulated, "Future: destroying it ends those who wait and those who have not run yet") {
    auto main = [&]() -> Coro<> {
        std::optional<Future<int>> waited;
        std::optional<Future<int>> set;
        waited.emplace();
        set.emplace();
        auto first = create_task(value_of(*waited));
        auto second = create_task(value_of(*set));
        co_await sleep_ms(1);
        CHECK(set->set_result(1));
        waited.reset();
        set.reset();
        auto [a, b] = co_await gather(return_exceptions, first, second);
        trace(outcome(a));
        trace(outcome(b));
    };
    CHECK(run(main()));
    trace.expect({"1 destroyed", "1 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "Future: one that goes after its waiters were cancelled or told an error does not touch them") {
    auto main = [&]() -> Coro<> {
        std::optional<Future<int>> future;
        for (const bool fails : {false, true}) {
            future.emplace();
            auto waits = [&]() -> Coro<> {
                trace(outcome(co_await catch_cancelled(value_of(*future))));
                future.reset();
                co_await yield();
                trace("goes on");
            };
            auto task = create_task(waits());
            co_await yield();
            CHECK((fails ? future->set_error(Error::unavailable) : future->set_result(1)));
            if (!fails) task.cancel();
            co_await task;
        }
    };
    CHECK(run(main()));
    trace.expect({"0 cancelled", "0 goes on", "0 unavailable", "0 goes on"});
}

TEST_CASE_FIXTURE(Simulated, "Promise: brings the value, or breaks") {
    auto keeps = [](Promise<int> promise) -> Coro<> {
        co_await sleep_ms(2);
        CHECK(promise.set_result(42));
        CHECK(promise.set_result(43) == misuse);
    };
    auto breaks = [](Promise<int>) -> Coro<> { co_await sleep_ms(3); };
    auto main = [&]() -> Coro<> {
        Future<int> kept;
        Future<int> broken;
        create_task(keeps(Promise{kept}));
        create_task(breaks(Promise{broken}));
        trace(outcome(co_await catch_cancelled(value_of(kept))));
        trace(outcome(co_await catch_cancelled(value_of(broken))));
        std::optional<Future<int>> gone;
        gone.emplace();
        Promise orphan{*gone};
        gone.reset();
        CHECK(outcome(orphan.set_result(1)) == "destroyed");
        Future<int> twice;
        Promise first{twice};
        Promise second{twice};  // too many
        CHECK(outcome(second.set_result(1)) == "destroyed");
        CHECK(first.set_result(1));
        Future<> nothing;
        Promise moved{nothing};
        Promise to{std::move(moved)};
        CHECK(to.set_result());
        co_await nothing;
    };
    CHECK(run(main()));
    trace.expect({"2 42", "3 destroyed"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "Future: an exception is thrown where the value is asked for, and reported if nobody does") {
    auto main = [&]() -> Coro<> {
        Future<int> future;
        auto sets = [&]() -> Coro<> {
            co_await sleep_ms(1);
            CHECK(future.set_exception(std::make_exception_ptr(std::runtime_error{"set"})));
        };
        create_task(sets());
        std::string caught;
        try {
            co_await future;
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        trace(caught);
        CHECK_THROWS_WITH((void)future.result(), "set");
        Future<int> unseen;
        CHECK(unseen.set_exception(std::make_exception_ptr(std::runtime_error{"unseen"})));
    };
    CHECK(run(main()));
    trace.expect({"1 set", "1 report a future: exception unseen"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "Future: a promise that has gone is forgotten: a further one finds it done") {
    Future<int> future;
    {
        Promise first{future};
        CHECK(first.set_result(1));
    }
    Promise second{future};
    CHECK(second.set_result(2) == Result<void>{std::unexpected{Error::misuse}});
    CHECK(future.result() == Result<int>{1});
}

TEST_CASE_FIXTURE(Simulated, "Future: one that goes with the frame of its waiter, cancelled as it was woken, ends no other wait") {
    Future<int>* future = nullptr;
    auto owns = [&]() -> Coro<> {
        Future<int> own;
        future = &own;
        (void)co_await own;
    };
    auto waits = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(owns());
        trace(outcome(r));
        co_await yield();
        trace("goes on");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(waits());
        co_await yield();
        CHECK(future->set_result(1));
        CHECK(task.cancel());
        co_await task;
    };
    CHECK(run(main()));
    trace.expect({"0 cancelled", "0 goes on"});
}
