// Steps that take too long, where the program moves the clock: they are told when they end.

#include <algorithm>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace uasync::sim::detail {
void pass_time(Time moment);
}

namespace {

/// Takes time, as only a program on a board does.
void works(std::chrono::milliseconds time) { sim::detail::pass_time(static_cast<Time>((sim::now() + time).count())); }

std::vector<std::string> told;
void keep(const LongStep& step) {
    told.push_back(std::string{step.task} + " " + std::to_string(step.ran.count()) + (step.address != nullptr ? " runs" : ""));
}

void expect(const std::vector<std::string>& lines) {
    CHECK(told.size() == lines.size());
    for (std::size_t i = 0; i < std::min(told.size(), lines.size()); ++i) CHECK(told[i] == lines[i]);
}

class LongSteps : public Simulated {
public:
    LongSteps() { told.clear(); }
    ~LongSteps() { report_long_steps(0ms); }
};

/// As a task of that name, as lambdas are named differently by each compiler.
Coro<> named(Coro<> body) { co_await create_task(std::move(body), "body"); }

Coro<> hog() {
    co_await yield();
    works(12ms);
    co_await yield();
    works(3ms);
}

}  // namespace

TEST_CASE_FIXTURE(LongSteps, "report_long_steps: tells each step that takes as long as the limit, with its task") {
    auto main = [&]() -> Coro<> {
        report_long_steps(10ms, keep);
        create_task(hog());
        co_await create_task(hog(), "named");
        works(9ms);
        co_await yield();
        works(10ms);
        co_await sleep_ms(1000);
        works(11ms);
    };
    CHECK(run(named(main())));
    expect({"hog 12000", "named 12000", "body 10000", "body 11000"});
}

TEST_CASE_FIXTURE(LongSteps,
                  "report_long_steps: begins with the step that calls it, or before the run, and ends with a limit of zero") {
    auto main = [&]() -> Coro<> {
        works(20ms);
        co_await yield();
        works(30ms);
        report_long_steps(5ms, keep);  // counts from here
        works(6ms);
        co_await yield();
        report_long_steps(0ms);
        works(40ms);
        co_await yield();
        report_long_steps(-5ms, keep);
        works(50ms);
    };
    report_long_steps(15ms, keep);
    CHECK(run(named(main())));
    expect({"body 20000", "body 6000"});
}

TEST_CASE_FIXTURE(LongSteps, "report_long_steps: a step in which its task ends, and a function that the loop calls") {
    auto main = [&]() -> Coro<> {
        report_long_steps(1ms, keep);
        create_task(
            []() -> Coro<> {
                works(2ms);
                co_return;
            }(),
            "ends");
        Callback callback{[](void*) { works(3ms); }};
        running_loop().call_soon_threadsafe(callback);
        co_await sleep_ms(10);
    };
    CHECK(run(named(main())));
    expect({"ends 2000", "call_soon_threadsafe 3000"});
}

TEST_CASE_FIXTURE(LongSteps, "report_long_steps: without a handler it is a line on the console, also beside levels") {
    auto main = [&]() -> Coro<> {
        report_long_steps(500us);
        create_task(hog(), Priority{2}, "hog");
        co_await sleep_ms(1);
        sim::detail::pass_time(static_cast<Time>((sim::now() + 700us).count()));
    };
    CHECK(run(named(main())));
    CHECK(printed("uasync: task 'hog' ran for 12 ms without an await\n"));
    CHECK(printed("uasync: task 'hog' ran for 3 ms without an await\n"));
    CHECK(printed("ran for 700 us without an await\n"));
    sim::capture(true);
    print_long_step({"hog", 12'345us, reinterpret_cast<const void*>(0x1000241a)});
    CHECK(printed("uasync: task 'hog' has run for 12 ms without an await, at 0x1000241a\n"));
    print_long_step({std::string(200, 'x'), 1000us, nullptr});  // a name that would leave no room for the rest
    CHECK(printed("uasync: task '" + std::string(64, 'x') + "' ran for 1 ms without an await\n"));
}

TEST_CASE_FIXTURE(LongSteps, "report_long_steps: is that of a loop that somebody else drives, too") {
    EventLoop loop;
    report_long_steps(10ms, keep);
    loop.create_task(hog());
    loop.run_ready();
    works(100ms);  // that is the other's
    loop.run_ready();
    loop.run_ready();
    expect({"hog 12000"});
}
