#include <optional>

#include <uasync/board.hpp>
#include <uasync/sim/watchdog.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

/// How often the watchdog has reset the chip since the last time.
class Resets {
public:
    unsigned operator()() { return sim::watchdog_resets() - std::exchange(before_, sim::watchdog_resets()); }

private:
    unsigned before_ = sim::watchdog_resets();
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Watchdog: it resets the chip unless it is fed in time") {
    Resets resets;
    auto body = [&]() -> Coro<> {
        Watchdog watchdog{1s};
        co_await sleep(999ms);
        CHECK(resets() == 0);
        watchdog.feed();
        co_await sleep(999ms);
        CHECK(resets() == 0);
        co_await sleep(2ms);
        CHECK(resets() == 1);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Watchdog: a task feeds it until the object is gone") {
    Resets resets;
    auto body = [&]() -> Coro<> {
        std::optional<Watchdog> watchdog;
        watchdog.emplace(100ms);
        CHECK_FALSE(watchdog->started());
        watchdog->start();
        watchdog->start();
        CHECK(watchdog->started());
        co_await sleep(10s);
        CHECK(resets() == 0);
        watchdog.reset();
        co_await sleep(101ms);
        CHECK(resets() == 1);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Watchdog: times beyond what the chip has become the nearest possible ones") {
    Resets resets;
    auto body = [&]() -> Coro<> {
        Watchdog longest{1h};
        co_await sleep(8'388ms);
        CHECK(resets() == 0);
        co_await sleep(1ms);
        CHECK(resets() == 1);
        longest.feed();
        Watchdog usual;
        co_await sleep(4'999ms);
        CHECK(resets() == 0);
        co_await sleep(2ms);
        CHECK(resets() == 1);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Watchdog: it does not keep a program alive that hangs") {
    auto body = [&]() -> Coro<> {
        Watchdog watchdog{1s};
        Event nobody_sets;
        co_await nobody_sets.wait();
    };
    CHECK(run(body()).error() == Error::deadlock);
}

TEST_CASE_FIXTURE(Simulated, "Watchdog: it needs no loop, and counts between two") {
    Resets resets;
    const Watchdog watchdog{1s};
    auto body = [&]() -> Coro<> { co_await sleep(600ms); };
    CHECK(run(body()));
    CHECK(resets() == 0);
    CHECK(run(body()));
    CHECK(resets() == 1);
    for (int i = 0; i < 5; ++i) CHECK(run(body()));
    CHECK(resets() == 3);
    watchdog.feed();
    CHECK(run(body()));
    CHECK(resets() == 0);
    sim::reset();  // begins anew, without a watchdog
    sim::capture(true);
    for (int i = 0; i < 20; ++i) CHECK(run(body()));
    CHECK(resets() == 0);
    const Watchdog other{1s};
    sim::reset();
    sim::capture(true);
    for (int i = 0; i < 20; ++i) CHECK(run(body()));
    const Watchdog another{1s};
    CHECK(run(body()));
    CHECK(resets() == 0);
}

TEST_CASE_FIXTURE(Simulated, "Watchdog: why the program has started can be asked") {
    CHECK(reset_cause() == ResetCause::power_on);
    sim::set_reset_cause(true);
    CHECK(reset_cause() == ResetCause::watchdog);
    sim::set_reset_cause(false);
}
