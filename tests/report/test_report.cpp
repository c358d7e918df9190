#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/report.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;

namespace {

Coro<> nothing() { co_return; }
/// Ends with Error::misuse, at once.
Coro<int> fails() {
    auto c = nothing();
    co_await c;
    co_await c;
    co_return 1;
}
#if UASYNC_EXCEPTIONS
Coro<int> throws() {
    co_await yield();
    throw std::runtime_error{"broken"};
}
#endif

struct Sensor {
    Coro<> read() const { co_return; }
};
template <class T>
Coro<> convert(T) {
    co_return;
}

}  // namespace

namespace acme {
static Coro<std::vector<int>> measure(int) { co_return {}; }
}  // namespace acme

// Who is told, and when -----------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "an error that nobody awaits reaches the handler once, by name, after all that were ready have run") {
    auto other = [&](int i) -> Coro<> {
        for (int round = 0; round < 3; ++round) {
            trace("other", i);
            co_await yield();
        }
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(other(1));
        {
            auto dropped = create_task(fails(), "bad");
        }
        auto b = create_task(other(2));
        co_await sleep_ms(1);
        trace("main");
    };
    CHECK(run(main()));
    // It fails at its second await, is unwound before the next task runs, and reported behind those that were ready then.
    trace.expect({"0 other 1", "0 other 2", "0 other 1", "0 report bad: misuse", "0 other 2", "0 other 1", "0 other 2", "1 main"});
}

TEST_CASE_FIXTURE(Simulated, "a handle that is kept but not looked at does not keep the report back") {
    auto main = [&]() -> Coro<> {
        auto kept = create_task(fails(), "bad");
        co_await sleep_ms(1);
        trace("main");
        CHECK(kept.error() == Error::misuse);
    };
    CHECK(run(main()));
    trace.expect({"0 report bad: misuse", "1 main"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "an exception that nobody awaits reaches the handler as an exception_ptr, once") {
    auto main = [&]() -> Coro<> {
        {
            auto dropped = create_task(throws(), "bad");
        }
        auto kept = create_task(throws(), "kept");
        co_await sleep_ms(1);
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 report bad: exception broken", "0 report kept: exception broken", "1 main"});
}

TEST_CASE_FIXTURE(Simulated, "an error that is awaited when it happens is not reported") {
    auto main = [&]() -> Coro<> {
        auto bad = create_task(fails(), "bad");
        auto r = co_await catch_cancelled(bad);
        trace(outcome(r));
        auto broken = create_task(throws(), "broken");
        try {
            co_await broken;
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 misuse", "0 broken"});
}

TEST_CASE_FIXTURE(Simulated, "an error that is awaited between its happening and the report is not reported") {
    auto main = [&]() -> Coro<> {
        auto bad = create_task(fails(), "bad");
        while (!bad.done()) co_await yield();
        auto r = co_await catch_cancelled(bad);
        trace(outcome(r));
        auto broken = create_task(throws(), "broken");
        while (!broken.done()) co_await yield();
        try {
            co_await broken;
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 misuse", "0 broken"});
}

TEST_CASE_FIXTURE(Simulated, "an error that a gather awaits in between is not reported") {
    auto gathers = [](Task<int> task) -> Coro<> { co_await gather(task, nothing()); };
    auto main = [&]() -> Coro<> {
        auto bad = create_task(fails(), "bad");
        while (!bad.done()) co_await yield();
        auto r = co_await catch_cancelled(gathers(bad));
        trace(outcome(r));
        auto patient = create_task(fails(), "patient");
        while (!patient.done()) co_await yield();
        auto [result] = co_await gather(return_exceptions, patient);
        trace(outcome(result));
        auto broken = create_task(throws(), "broken");
        while (!broken.done()) co_await yield();
        try {
            co_await gathers(broken);
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 misuse", "0 misuse", "0 broken"});
}

TEST_CASE_FIXTURE(Simulated, "looking at error() or result() counts as handling it") {
    auto main = [&]() -> Coro<> {
        auto a = create_task(fails(), "a");
        while (!a.done()) co_await yield();
        CHECK(a.error() == Error::misuse);
        auto b = create_task(fails(), "b");
        while (!b.done()) co_await yield();
        CHECK(b.result() == std::unexpected{Error::misuse});
        auto c = create_task(throws(), "c");
        while (!c.done()) co_await yield();
        CHECK_THROWS_AS((void)c.result(), std::runtime_error);
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({});
}
#endif

TEST_CASE_FIXTURE(Simulated, "asking whether it is done does not count as handling it") {
    auto main = [&]() -> Coro<> {
        auto bad = create_task(fails(), "bad");
        while (!bad.done()) co_await yield();
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 report bad: misuse"});
}

TEST_CASE_FIXTURE(Simulated, "an error that was reported can still be awaited") {
    auto main = [&]() -> Coro<> {
        auto bad = create_task(fails(), "bad");
        co_await sleep_ms(1);
        auto r = co_await catch_cancelled(bad);
        trace(outcome(r));
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 report bad: misuse", "1 misuse"});
}

TEST_CASE_FIXTURE(Simulated, "a cancellation is no error to report, nor is a value") {
    auto sleeper = []() -> Coro<> { co_await sleep_ms(1000); };
    auto main = [&]() -> Coro<> {
        auto task = create_task(sleeper());
        {
            auto dropped = create_task(nothing());
        }
        co_await yield();
        task.cancel();
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({});
}

TEST_CASE_FIXTURE(Simulated, "an error passed on to a task that nobody awaits is reported under that one's name, once") {
    auto waiter = [](Task<int> task) -> Coro<> { co_await task; };
    auto main = [&]() -> Coro<> {
        auto bad = create_task(fails(), "bad");
        {
            auto dropped = create_task(waiter(bad), "waiter");
        }
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"0 report waiter: misuse"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "each of many errors is reported exactly once, in any order") {
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            for (int i = 0; i < 20; ++i) {
                auto dropped = create_task(i % 2 == 0 ? fails() : throws(), "bad");
                if (i % 3 == 0) co_await yield();
            }
            co_await sleep_ms(1);
        };
        CHECK(run(main()));
        CHECK(trace.lines().size() == 20);
    });
}
#endif

TEST_CASE_FIXTURE(Simulated, "a task with as many handles as there can be is reported, and freed with the last of them") {
    std::vector<Task<int>> handles;
    handles.reserve(15);
    auto main = [&]() -> Coro<> {
        handles.push_back(create_task(fails(), "bad"));
        while (handles.size() < 15) handles.push_back(handles.front());
        while (!handles.front().done()) co_await yield();
        handles.resize(7, handles.front());
        co_await sleep_ms(1);
        CHECK(handles.front().error() == Error::misuse);
    };
    CHECK(run(main()));
    trace.expect({"0 report bad: misuse"});
    CHECK(frame_pool_use().in_use > in_use_before());
    handles.clear();
}

// The handler -------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "set_exception_handler gives the earlier one back; null is the default, which prints") {
    const ExceptionHandler mine = [](const ErrorReport&) {};
    const ExceptionHandler fixtures = set_exception_handler(mine);
    CHECK((fixtures != nullptr));
    CHECK((set_exception_handler(nullptr) == mine));
    auto main = [&]() -> Coro<> {
        {
            auto dropped = create_task(fails(), "bad");
        }
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    CHECK((set_exception_handler(fixtures) == nullptr));
    CHECK(sim::console().starts_with("uasync: task 'bad': "));
    CHECK(sim::console().ends_with("\n"));
    CHECK(sim::console().find('\n') == sim::console().size() - 1);
    trace.expect({});
}

TEST_CASE_FIXTURE(Simulated, "a handler may create tasks and set events") {
    static Trace* noted = nullptr;
    noted = &trace;
    set_exception_handler([](const ErrorReport& report) {
        (*noted)(std::string{report.task});
        auto rescue = [](Trace& t) -> Coro<> {
            co_await sleep_ms(1);
            t("rescued");
        };
        auto dropped = create_task(rescue(*noted));
    });
    auto main = [&]() -> Coro<> {
        {
            auto dropped = create_task(fails(), "bad");
        }
        co_await sleep_ms(5);
    };
    CHECK(run(main()));
    trace.expect({"0 bad", "1 rescued"});
}

// Names -------------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "without a name a task has its coroutine function's, wherever that is declared") {
    const Sensor sensor;
    auto lambda = []() -> Coro<> { co_return; };
    auto main = [&]() -> Coro<> {
        CHECK(create_task(nothing()).name() == "nothing");
        CHECK(create_task(acme::measure(1)).name() == "measure");
        CHECK(create_task(sensor.read()).name() == "read");
        CHECK(create_task(convert(1)).name().starts_with("convert"));
        CHECK_FALSE(create_task(lambda()).name().empty());
        CHECK(create_task(nothing(), "told").name() == "told");
        co_return;
    };
    CHECK(run(main()));
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "the default report says what the exception says") {
    set_exception_handler(nullptr);
    auto throws_a_number = [&]() -> Coro<> {
        co_await yield();
        throw 7;
    };
    auto main = [&]() -> Coro<> {
        create_task(throws(), "sensor");
        create_task(throws_a_number(), "number");
        create_task(fails(), "twice");
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    CHECK(printed("uasync: task 'sensor': exception: broken\n"));
    CHECK(printed("uasync: task 'number': exception of an unknown type\n"));
    CHECK(printed("uasync: task 'twice': misuse: "));
}

TEST_CASE_FIXTURE(Simulated, "a task's exception can be had from its handle, which counts as handling it") {
    auto main = [&]() -> Coro<> {
        auto task = create_task(throws());
        CHECK(task.exception() == nullptr);
        auto well = create_task(nothing());
        auto wrong = create_task(fails());
        co_await yield();
        CHECK(wrong.exception() == nullptr);
        co_await yield();
        const std::exception_ptr exception = task.exception();
        CHECK_THROWS_WITH_AS(std::rethrow_exception(exception), "broken", std::runtime_error);
        CHECK(well.exception() == nullptr);
        CHECK(Task<int>{nullptr}.exception() == nullptr);
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({});
}
#endif
