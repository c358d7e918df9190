#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <uasync/queue/broadcast.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

const Result<void> destroyed = std::unexpected{Error::destroyed};

template <class B>
Coro<> listens(Trace& trace, B& broadcast, int id) {
    auto subscriber = broadcast.subscribe();
    while (true) {
        const int got = co_await subscriber.get();
        trace("listener " + std::to_string(id) + ":", got);
    }
}

template <class S>
Coro<> gets(Trace& trace, S& subscriber, int id) {
    const int got = co_await subscriber.get();
    trace("getter " + std::to_string(id) + ":", got);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Broadcast: every subscriber gets every message from its subscription on") {
    auto body = [&]() -> Coro<> {
        Broadcast<int, 4> broadcast;
        broadcast.publish(0);  // nobody is there
        auto first = create_task(listens(trace, broadcast, 1));
        co_await sleep_ms(1);
        broadcast.publish(1);
        broadcast.publish(2);
        auto second = create_task(listens(trace, broadcast, 2));
        co_await sleep_ms(1);
        broadcast.publish(3);
        co_await sleep_ms(1);
        first.cancel();
        co_await sleep_ms(1);
        broadcast.publish(4);
        co_await sleep_ms(1);
        second.cancel();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 listener 1: 1", "1 listener 1: 2", "2 listener 1: 3", "2 listener 2: 3", "4 listener 2: 4"});
}

TEST_CASE_FIXTURE(Simulated, "Broadcast: who is too slow loses the oldest and is told how many; the others lose nothing") {
    auto body = [&]() -> Coro<> {
        Broadcast<std::string, 3> broadcast;
        auto slow = broadcast.subscribe();
        auto fast = broadcast.subscribe();
        for (int i = 1; i <= 8; ++i) {
            broadcast.publish(std::to_string(i));
            CHECK(fast.get_nowait() == Result<std::string>{std::to_string(i)});
        }
        CHECK(fast.lagged() == 0);
        CHECK(slow.qsize() == 3);
        CHECK(slow.lagged() == 5);
        CHECK(slow.lagged() == 0);
        for (int i = 6; i <= 8; ++i) {
            const std::string got = co_await slow.get();
            CHECK(got == std::to_string(i));
        }
        CHECK(slow.empty());
        CHECK_FALSE(slow.get_nowait());
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Broadcast: a task that was woken and then overtaken gets the oldest that is left") {
    auto body = [&]() -> Coro<> {
        Broadcast<int, 1> broadcast;
        auto subscriber = broadcast.subscribe();
        create_task(gets(trace, subscriber, 1));
        create_task(gets(trace, subscriber, 2));
        co_await sleep_ms(1);
        for (int i = 1; i <= 3; ++i) broadcast.publish(i);
        co_await sleep_ms(1);
        CHECK(subscriber.lagged() == 2);
        broadcast.publish(4);
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 getter 1: 3", "2 getter 2: 4"});
}

TEST_CASE_FIXTURE(Simulated, "Broadcast: a getter cancelled as it waits, or just as it was woken, leaves the message to the next") {
    auto body = [&]() -> Coro<> {
        Broadcast<int, 4> broadcast;
        auto subscriber = broadcast.subscribe();
        auto first = create_task(gets(trace, subscriber, 1));
        auto second = create_task(gets(trace, subscriber, 2));
        create_task(gets(trace, subscriber, 3));
        co_await sleep_ms(1);
        first.cancel();
        broadcast.publish(1);
        second.cancel();
        broadcast.publish(2);
        co_await sleep_ms(1);
        CHECK(subscriber.get_nowait() == Result<int>{2});
    };
    CHECK(run(body()));
    trace.expect({"1 getter 3: 1"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Broadcast, Lag::wait: publishing waits for the slowest, also if that one goes, and for nobody without any") {
    auto body = [&]() -> Coro<> {
        Broadcast<int, 2, Lag::wait> broadcast;
        for (int i = 0; i < 10; ++i) CHECK(broadcast.publish_nowait(i));
        std::optional<Broadcast<int, 2, Lag::wait>::Subscriber> slow;
        slow.emplace(broadcast);
        auto fast = broadcast.subscribe();
        auto publishes = [&](int message) -> Coro<> {
            co_await broadcast.publish(message);
            trace("published", message);
        };
        for (int i = 1; i <= 5; ++i) create_task(publishes(i));
        co_await sleep_ms(1);
        CHECK(broadcast.publish_nowait(9) == Result<void>{std::unexpected{Error::unavailable}});
        CHECK(co_await fast.get() == 1);
        CHECK(co_await fast.get() == 2);
        co_await sleep_ms(1);
        CHECK(fast.empty());
        CHECK(co_await slow->get() == 1);
        co_await sleep_ms(1);
        CHECK(co_await fast.get() == 3);
        co_await sleep_ms(1);
        slow.reset();
        co_await sleep_ms(1);
        CHECK(co_await fast.get() == 4);
        CHECK(co_await fast.get() == 5);
        CHECK(fast.lagged() == 0);
    };
    CHECK(run(body()));
    trace.expect({"0 published 1", "0 published 2", "2 published 3", "4 published 4", "4 published 5"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Broadcast, Lag::wait: whoever is cancelled at any step in any order, each subscriber gets all, once, in order") {
    for (unsigned victim = 0; victim < 4; ++victim) {
        for (unsigned when = 0; when < 12; ++when) {
            for_each_order(
                [&] {
                    std::vector<int> published;
                    std::vector<int> got[2];
                    auto body = [&]() -> Coro<> {
                        Broadcast<int, 2, Lag::wait> broadcast;
                        auto publishes = [&](int id) -> Coro<> {
                            for (int i = 0; i < 4; ++i) {
                                co_await broadcast.publish(10 * id + i);
                                published.push_back(10 * id + i);
                            }
                        };
                        auto hears = [&](unsigned id) -> Coro<> {
                            auto subscriber = broadcast.subscribe();
                            while (true) {
                                const int message = co_await subscriber.get();
                                got[id].push_back(message);
                                if (id == 1) co_await yield();
                            }
                        };
                        std::vector<Task<>> tasks;
                        for (unsigned i = 0; i < 2; ++i) tasks.push_back(create_task(hears(i)));
                        co_await sleep_ms(1);
                        for (int i = 0; i < 2; ++i) tasks.push_back(create_task(publishes(i)));
                        for (unsigned i = 0; i < when; ++i) co_await yield();
                        tasks[victim].cancel();
                        co_await sleep_ms(1);
                        for (unsigned i = 0; i < 2; ++i) {
                            tasks[i].cancel();
                            if (i != victim) CHECK(got[i] == published);
                        }
                        if (victim < 2) CHECK(published.size() == 8);
                        if (victim >= 2) CHECK(published.size() >= 4);
                        co_await sleep_ms(1);
                        CHECK(broadcast.publish_nowait(0));
                    };
                    CHECK(run(body()));
                },
                10);
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "Broadcast: destroyed under its subscribers, or a subscriber under its tasks: each ends with Error::destroyed") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            auto broadcast = std::make_unique<Broadcast<int, 1, Lag::wait>>();
            using Subscriber = Broadcast<int, 1, Lag::wait>::Subscriber;
            auto one = std::make_unique<Subscriber>(*broadcast);
            Subscriber other{*broadcast};
            auto full = std::make_unique<Broadcast<int, 1, Lag::wait>>();
            const auto slow = full->subscribe();
            CHECK(full->publish_nowait(1));
            auto publishes = [&]() -> Coro<> { co_await full->publish(2); };
            std::vector<Task<>> tasks;
            tasks.push_back(create_task(publishes()));
            for (int i = 0; i < 2; ++i) {
                tasks.push_back(create_task(gets(trace, *one, 1)));
                tasks.push_back(create_task(gets(trace, other, 2)));
            }
            co_await sleep_ms(1);
            CHECK(broadcast->publish_nowait(1));  // one of each was woken
            one.reset();
            broadcast.reset();
            full.reset();
            for (auto& task : tasks) {
                const auto ended = co_await catch_cancelled(task);
                CHECK(ended == destroyed);
            }
            const auto late = co_await catch_cancelled(other.get());
            CHECK(late.error() == Error::destroyed);
        };
        CHECK(run(body()));
        for (const auto& line : trace.lines()) CHECK(line.find("getter") == std::string::npos);
    });
}
