#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::misuse;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

Coro<> reads(Trace& trace, RwLock& lock, int id, int ms) {
    auto guard = co_await lock.scoped_read();
    trace("reads", id);
    co_await sleep_ms(ms);
    trace("read", id);
}
Coro<> writes(Trace& trace, RwLock& lock, int id, int ms) {
    auto guard = co_await lock.scoped_write();
    trace("writes", id);
    co_await sleep_ms(ms);
    trace("wrote", id);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "RwLock: readers together, a writer alone, none of them overtaken; neighbours read together") {
    auto body = [&]() -> Coro<> {
        RwLock lock;
        co_await gather(reads(trace, lock, 1, 5), reads(trace, lock, 2, 3), writes(trace, lock, 3, 2), reads(trace, lock, 4, 4),
                        reads(trace, lock, 5, 1), writes(trace, lock, 6, 1), reads(trace, lock, 7, 1));
        CHECK(lock.readers() == 0);
        CHECK_FALSE(lock.writing());
    };
    CHECK(run(body()));
    trace.expect({"0 reads 1", "0 reads 2", "3 read 2", "5 read 1", "5 writes 3", "7 wrote 3", "7 reads 4", "7 reads 5", "8 read 5",
                  "11 read 4", "11 writes 6", "12 wrote 6", "12 reads 7", "13 read 7"});
}

TEST_CASE_FIXTURE(Simulated, "RwLock: free, it is acquired without giving the turn away; what is not held is not released") {
    auto body = [&]() -> Coro<> {
        auto notes = [&]() -> Coro<> {
            trace("other");
            co_return;
        };
        RwLock lock;
        create_task(notes());
        CHECK(lock.release_read() == misuse);
        CHECK(lock.release_write() == misuse);
        co_await lock.acquire_read();
        co_await lock.acquire_read();
        CHECK(lock.readers() == 2);
        CHECK(lock.release_write() == misuse);
        CHECK(lock.release_read());
        CHECK(lock.release_read());
        CHECK(lock.release_read() == misuse);
        co_await lock.acquire_write();
        CHECK(lock.writing());
        CHECK(lock.readers() == 0);
        CHECK(lock.release_read() == misuse);
        CHECK(lock.release_write());
        trace("straight on");
        co_await lock.acquire_write();
        auto reader = create_task(reads(trace, lock, 1, 0));
        co_await sleep_ms(1);
        CHECK(lock.release_write());
        CHECK(lock.release_read() == misuse);  // on its way to the reader
        CHECK(lock.release_write() == misuse);
        auto late = co_await wait_for(lock.acquire_write(), 0ms);
        CHECK(late.error() == Error::timeout);
        co_await reader;
        CHECK(lock.release_read() == misuse);
    };
    CHECK(run(body()));
    trace.expect({"0 straight on", "0 other", "1 reads 1", "1 read 1"});
}

TEST_CASE_FIXTURE(Simulated, "RwLock: a waiting writer that is cancelled lets in at once the readers behind it") {
    auto body = [&]() -> Coro<> {
        RwLock lock;
        co_await lock.acquire_read();
        auto writer = create_task(writes(trace, lock, 1, 0));
        auto second = create_task(reads(trace, lock, 2, 1));
        auto third = create_task(reads(trace, lock, 3, 1));
        auto fourth = create_task(writes(trace, lock, 4, 1));
        co_await sleep_ms(1);
        writer.cancel();
        CHECK(lock.readers() == 1);
        auto result = co_await catch_cancelled(writer);
        CHECK(result == cancelled);
        co_await gather(second, third);
        CHECK(lock.readers() == 1);
        CHECK(lock.release_read());
        co_await fourth;
        auto limited = [&]() -> Coro<> {
            auto late = co_await wait_for(lock.scoped_write(), 2ms);
            trace("late", late.has_value());
        };
        co_await lock.acquire_read();
        auto timed = create_task(limited());
        co_await yield();
        co_await reads(trace, lock, 5, 0);
        CHECK(lock.release_read());
        co_await timed;
    };
    CHECK(run(body()));
    trace.expect(
        {"1 reads 2", "1 reads 3", "2 read 2", "2 read 3", "2 writes 4", "3 wrote 4", "5 reads 5", "5 late 0", "5 read 5"});
}

TEST_CASE_FIXTURE(Simulated, "RwLock: cancelled just as they were let in, the others go in") {
    auto body = [&]() -> Coro<> {
        RwLock lock;
        co_await lock.acquire_write();
        auto first = create_task(reads(trace, lock, 1, 5));
        auto second = create_task(reads(trace, lock, 2, 5));
        auto third = create_task(writes(trace, lock, 3, 5));
        auto fourth = create_task(reads(trace, lock, 4, 5));
        co_await sleep_ms(1);
        CHECK(lock.release_write());
        first.cancel();
        second.cancel();
        co_await sleep_ms(1);
        third.cancel();
        co_await fourth;
        CHECK(lock.readers() == 0);
        co_await lock.acquire_read();
        auto fifth = create_task(writes(trace, lock, 5, 5));
        co_await yield();
        CHECK(lock.release_read());
        fifth.cancel();
        auto result = co_await catch_cancelled(fifth);
        CHECK(result == cancelled);
        CHECK_FALSE(lock.writing());
        co_await lock.acquire_write();
    };
    CHECK(run(body()));
    trace.expect({"1 writes 3", "2 reads 4", "7 read 4"});
}

TEST_CASE_FIXTURE(Simulated,
                  "RwLock: in any order and with any two cancellations, readers and writers exclude each other, and it ends free") {
    constexpr unsigned count = 6;
    for (unsigned kinds = 0; kinds < 1U << count; kinds += 5) {
        for (unsigned when = 0; when < 9; when += 2) {
            for_each_order(
                [&] {
                    int readers = 0;
                    int writers = 0;
                    unsigned served = 0;
                    struct Inside {
                        explicit Inside(int& inside) : count_{inside} { ++count_; }
                        ~Inside() { --count_; }
                        int& count_;
                    };
                    auto one = [&](RwLock& lock, bool writer) -> Coro<> {
                        co_await yield();
                        std::optional<RwLock::Guard> guard;
                        if (writer) {
                            guard.emplace(co_await lock.scoped_write());
                        } else {
                            guard.emplace(co_await lock.scoped_read());
                        }
                        const Inside inside{writer ? writers : readers};
                        ++served;
                        co_await yield();
                        CHECK(writers <= 1);
                        CHECK((writers == 0 || readers == 0));
                        co_await yield();
                    };
                    auto body = [&]() -> Coro<> {
                        RwLock lock;
                        std::vector<Task<>> tasks;
                        for (unsigned i = 0; i < count; ++i) tasks.push_back(create_task(one(lock, (kinds >> i & 1U) != 0)));
                        for (unsigned i = 0; i < when; ++i) co_await yield();
                        tasks[when % count].cancel();
                        tasks[(when + kinds) % count].cancel();
                        for (auto& task : tasks) (void)co_await catch_cancelled(task);
                        CHECK(lock.readers() == 0);
                        CHECK_FALSE(lock.writing());
                        auto guard = co_await wait_for(lock.scoped_write(), 1ms);
                        CHECK(guard);
                    };
                    CHECK(run(body()));
                    CHECK(served >= count - 2);
                },
                6);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "RwLock: destroyed under waiters, those let in included, and none goes in meanwhile") {
    for (int way = 0; way < 4; ++way) {
        CAPTURE(way);
        for_each_order(
            [&] {
                auto body = [&]() -> Coro<> {
                    auto lock = std::make_unique<RwLock>();
                    co_await lock->acquire_write();
                    auto first = create_task(reads(trace, *lock, 1, 0));
                    auto second = create_task(writes(trace, *lock, 2, 0));
                    auto third = create_task(reads(trace, *lock, 3, 0));
                    co_await sleep_ms(1);
                    if (way == 1 || way == 3) CHECK(lock->release_write());
                    if (way >= 2) second.cancel();
                    lock.reset();
                    auto result = co_await catch_cancelled(first);
                    CHECK(result == destroyed);
                    result = co_await catch_cancelled(second);
                    CHECK(result == (way >= 2 ? cancelled : destroyed));
                    result = co_await catch_cancelled(third);
                    CHECK(result == destroyed);
                };
                CHECK(run(body()));
                for (const std::string& line : trace.lines()) CHECK(line.find("report") != std::string::npos);
            },
            10);
    }
    auto leaves = [&]() -> Coro<> {
        RwLock lock;
        co_await lock.acquire_read();
        create_task(writes(trace, lock, 1, 0), "first");
        create_task(reads(trace, lock, 2, 0), "second");
        co_await yield();
    };
    sim::reset();
    trace.clear();
    CHECK(run(leaves()));
    trace.expect({"0 report first" + was_destroyed, "0 report second" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated, "RwLock: a guard moves; a reader that wants to write waits for ever, and the simulation tells") {
    auto body = [&]() -> Coro<> {
        RwLock lock;
        auto guard = co_await lock.scoped_read();
        {
            const RwLock::Guard moved{std::move(guard)};
            CHECK(lock.readers() == 1);
        }
        CHECK(lock.readers() == 0);
        co_await lock.acquire_read();
        auto task = create_task(reads(trace, lock, 1, 0));
        co_await lock.acquire_write();
    };
    CHECK(run(body()) == Result<void>{std::unexpected{Error::deadlock}});
    CHECK(printed("waits in RwLock::acquire_write"));
}
