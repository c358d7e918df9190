#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <uasync/queue/ring_queue.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

template <class Q>
Coro<> gets(Trace& trace, Q& queue, int id) {
    const int got = co_await queue.get();
    trace("getter " + std::to_string(id) + ":", got);
}

}  // namespace

#if !UASYNC_BOARD  // where an interrupt does not end the lives of messages
TEST_CASE_FIXTURE(Simulated, "RingQueue: a full one drops the newest, or the oldest, and counts") {
    auto body = [&]() -> Coro<> {
        RingQueue<int, 3> newest;
        RingQueue<std::unique_ptr<int>, 3, WhenFull::overwrite_oldest> oldest;
        for (int i = 0; i < 5; ++i) {
            CHECK(newest.full() == (i >= 3));
            CHECK(newest.put_from_isr(i) == (i < 3));
            CHECK(oldest.put_from_isr(std::make_unique<int>(i)) == (i < 3));
        }
        CHECK(newest.qsize() == 3);
        CHECK(newest.dropped() == 2);
        CHECK(oldest.dropped() == 2);
        for (int i = 0; i < 3; ++i) {
            CHECK(co_await newest.get() == i);
            const auto message = oldest.get_nowait();
            CHECK(**message == i + 2);
        }
        CHECK(newest.empty());
        CHECK(newest.get_nowait() == Result<int>{std::unexpected{Error::unavailable}});
        CHECK(oldest.put_from_isr(std::make_unique<int>(7)));  // left over
    };
    CHECK(run(body()));
}
#endif

TEST_CASE_FIXTURE(Simulated, "RingQueue: interrupts wake getters first in, first out; what one was woken for is kept for it") {
    auto body = [&]() -> Coro<> {
        RingQueue<int, 2> queue;
        sim::at(5ms, [&] {
            for (int i = 1; i <= 3; ++i) queue.put_from_isr(i);
            CHECK(queue.empty());
            CHECK_FALSE(queue.get_nowait());
            CHECK(queue.dropped() == 1);
        });
        sim::at(6ms, [&] { queue.put_from_isr(4); });
        for (int i = 1; i <= 3; ++i) create_task(gets(trace, queue, i));
        co_await sleep_ms(10);
    };
    CHECK(run(body()));
    trace.expect({"5 getter 1: 1", "5 getter 2: 2", "6 getter 3: 4"});
}

TEST_CASE_FIXTURE(Simulated,
                  "RingQueue: a message that was kept for a getter may be overwritten; it takes the oldest that is left") {
    auto body = [&]() -> Coro<> {
        RingQueue<int, 2, WhenFull::overwrite_oldest> queue;
        sim::at(5ms, [&] {
            for (int i = 1; i <= 7; ++i) queue.put_from_isr(i);
        });
        for (int i = 1; i <= 3; ++i) create_task(gets(trace, queue, i));
        co_await sleep_ms(10);
        CHECK(queue.dropped() == 5);
        CHECK(queue.put_from_isr(8));
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"5 getter 1: 6", "5 getter 2: 7", "10 getter 3: 8"});
}

TEST_CASE_FIXTURE(Simulated,
                  "RingQueue: a getter cancelled while it waits, or just as it was woken, or timed out, has taken nothing") {
    auto body = [&]() -> Coro<> {
        RingQueue<int, 4> queue;
        const auto late = co_await wait_for(queue.get(), 1ms);
        CHECK(late.error() == Error::timeout);
        auto first = create_task(gets(trace, queue, 1));
        auto second = create_task(gets(trace, queue, 2));
        create_task(gets(trace, queue, 3));
        auto fourth = create_task(gets(trace, queue, 4));
        co_await yield();
        first.cancel();
        queue.put_from_isr(1);
        second.cancel();  // woken: its message is for the third
        queue.put_from_isr(2);
        fourth.cancel();
        co_await sleep_ms(1);
        queue.put_from_isr(3);
        CHECK(co_await queue.get() == 2);
        CHECK(co_await queue.get() == 3);
    };
    CHECK(run(body()));
    trace.expect({"1 getter 3: 1"});
}

// Interrupts at any moment, getters cancelled at any step, against a model: nothing is lost but what `dropped` counts.
template <WhenFull when_full>
static void sweep(Simulated& fixture) {
    for (unsigned victim = 0; victim < 3; ++victim) {
        for (int when = 0; when < 12; ++when) {
            fixture.for_each_order(
                [&] {
                    RingQueue<int, 2, when_full> queue;
                    std::deque<int> model;
                    int put = 0;
                    int got = 0;
                    auto strike = [&] {
                        const bool full = queue.full();
                        if (full && when_full == WhenFull::overwrite_oldest) model.pop_front();
                        if (!full || when_full == WhenFull::overwrite_oldest) model.push_back(put);
                        CHECK(queue.put_from_isr(put++) != full);
                    };
                    auto consume = [&]() -> Coro<> {
                        while (true) {
                            const int message = co_await queue.get();
                            ++got;
                            CHECK(message == model.front());
                            model.pop_front();
                            co_await sleep(3us);
                        }
                    };
                    for (int i = 0; i < 10; ++i) sim::at(sim::Duration{i * 4 / 3}, strike);
                    auto body = [&]() -> Coro<> {
                        std::vector<Task<>> tasks;
                        for (int i = 0; i < 3; ++i) tasks.push_back(create_task(consume()));
                        co_await sleep(sim::Duration{when});
                        tasks[victim].cancel();
                        co_await sleep_ms(1);
                        CHECK(queue.empty());
                        CHECK(model.empty());
                        CHECK(got + static_cast<int>(queue.dropped()) == put);
                    };
                    CHECK(run(body()));
                },
                10);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "RingQueue: at any moment and in any order, nothing is lost but what it counts") {
    SUBCASE("drop newest") { sweep<WhenFull::drop_newest>(*this); }
    SUBCASE("overwrite oldest") { sweep<WhenFull::overwrite_oldest>(*this); }
}

TEST_CASE_FIXTURE(Simulated, "RingQueue: destroyed while getters wait, or were woken: each ends with Error::destroyed") {
    auto body = [&]() -> Coro<> {
        auto queue = std::make_unique<RingQueue<int, 2>>();
        create_task(gets(trace, *queue, 1), "first");
        create_task(gets(trace, *queue, 2), "second");
        co_await sleep_ms(1);
        queue->put_from_isr(1);
        queue.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    const std::string destroyed = to_string(Error::destroyed);
    trace.expect({"1 report second: " + destroyed, "1 report first: " + destroyed});  // the first was in the inbox
}

TEST_CASE_FIXTURE(Simulated,
                  "RingQueue: one message, two getters, the woken one cancelled: the other gets it without a further put") {
    for (int how = 0; how < 3; ++how) {
        CAPTURE(how);
        sim::reset();
        sim::capture(true);
        trace.clear();
        auto body = [&]() -> Coro<> {
            RingQueue<int, 4> queue;
            auto first = create_task(gets(trace, queue, 1));
            auto second = create_task(gets(trace, queue, 2));
            co_await yield();
            if (how == 0) {  // by a task
                queue.put_from_isr(7);
                first.cancel();
            } else if (how == 1) {  // by an interrupt, while the cancelled one is being unlinked
                sim::strike([&] { queue.put_from_isr(7); });
                first.cancel();
            } else {  // by an interrupt, in the moment in which the cancelled one gives back what it got
                queue.put_from_isr(7);
                first.cancel();
                sim::strike([&] { queue.put_from_isr(8); });
            }
            co_await sleep_ms(1);
            CHECK(first.error() == Error::cancelled);
            CHECK(second.done());
            CHECK(queue.qsize() == (how == 2 ? 1 : 0));
        };
        CHECK(run(body()));
        trace.expect({"0 getter 2: 7"});
    }
}
