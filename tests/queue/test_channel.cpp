#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <uasync/task/select.hpp>
#include <uasync/queue/channel.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

const Result<int> shut_down = std::unexpected{Error::shut_down};
const Result<int> unavailable = std::unexpected{Error::unavailable};

template <class C>
Coro<> sends(Trace& trace, C& channel, int message) {
    const auto sent = co_await channel.send(message);
    trace("send " + std::to_string(message) + ": " + outcome(sent));
}

template <class C>
Coro<> receives(Trace& trace, C& channel, int id) {
    const auto received = co_await channel.receive();
    trace("receiver " + std::to_string(id) + ": " + outcome(received));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Channel: messages come in order; a closed one is drained and then tells so") {
    auto body = [&]() -> Coro<> {
        Channel<int, 3> channel;
        for (int i = 1; i <= 3; ++i) CHECK(channel.send_nowait(i));
        CHECK(channel.full());
        CHECK(channel.send_nowait(4) == Result<void>{std::unexpected{Error::unavailable}});
        CHECK_FALSE(channel.closed());
        channel.close();
        channel.close();
        CHECK(channel.closed());
        CHECK(channel.send_nowait(4) == Result<void>{std::unexpected{Error::shut_down}});
        const auto late = co_await channel.send(5);
        CHECK(late == Result<void>{std::unexpected{Error::shut_down}});
        int next = 1;
        while (auto message = co_await channel.receive()) CHECK(*message == next++);
        CHECK(next == 4);
        CHECK(channel.receive_nowait() == shut_down);
#if !UASYNC_BOARD
        Channel<std::string> any_number;
        for (int i = 0; i < 1000; ++i) CHECK(any_number.send_nowait(std::to_string(i)));
        CHECK(any_number.size() == 1000);
        CHECK(*any_number.receive_nowait() == "0");
#endif
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Channel: closing ends waiting receivers and senders, in order, and nobody else") {
    auto body = [&]() -> Coro<> {
        Channel<int, 1> empty;
        Channel<int, 1> full;
        for (int i = 1; i <= 2; ++i) create_task(receives(trace, empty, i));
        for (int i = 1; i <= 3; ++i) create_task(sends(trace, full, i));
        co_await sleep_ms(1);
        empty.close();
        full.close();
        co_await sleep_ms(1);
        CHECK(full.receive_nowait() == Result<int>{1});
        CHECK(full.receive_nowait() == shut_down);
    };
    CHECK(run(body()));
    trace.expect(
        {"0 send 1: ok", "1 receiver 1: shut down", "1 receiver 2: shut down", "1 send 2: shut down", "1 send 3: shut down"});
}

TEST_CASE_FIXTURE(Simulated, "Channel: closed as tasks were woken: a receiver keeps its message, a sender loses its place") {
    auto body = [&]() -> Coro<> {
        Channel<int, 2> channel;
        create_task(receives(trace, channel, 1));
        create_task(receives(trace, channel, 2));
        co_await sleep_ms(1);
        CHECK(channel.send_nowait(7));
        channel.close();
        CHECK(channel.receive_nowait() == unavailable);  // it is the first receiver's
        co_await sleep_ms(1);
        CHECK(channel.receive_nowait() == shut_down);

        Channel<int, 1> full;
        CHECK(full.send_nowait(1));
        create_task(sends(trace, full, 2));
        co_await sleep_ms(1);
        CHECK(full.receive_nowait() == Result<int>{1});
        full.close();
        co_await sleep_ms(1);
        CHECK(full.receive_nowait() == shut_down);
    };
    CHECK(run(body()));
    trace.expect({"1 receiver 1: 7", "1 receiver 2: shut down", "3 send 2: shut down"});
}

TEST_CASE_FIXTURE(Simulated,
                  "Channel: closed with a message on its way to a receiver that is then cancelled: the next one gets it") {
    auto body = [&]() -> Coro<> {
        Channel<int, 2> channel;
        auto first = create_task(receives(trace, channel, 1));
        create_task(receives(trace, channel, 2));
        co_await sleep_ms(1);
        CHECK(channel.send_nowait(7));
        first.cancel();
        channel.close();
        create_task(receives(trace, channel, 3));
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 receiver 2: 7", "1 receiver 3: shut down"});
}

// Every message that was sent is received once and in order, whoever is cancelled at whatever step, in any order of the tasks.
template <std::size_t N>
static void sweep(Simulated& fixture, unsigned victim, unsigned when) {
    fixture.for_each_order(
        [&] {
            std::vector<int> sent;
            std::vector<int> received;
            auto sender = [&](Channel<int, N>& channel, int id) -> Coro<> {
                for (int i = 0; i < 3; ++i) {
                    const auto ok = co_await channel.send(10 * id + i);
                    if (!ok) co_return;
                    sent.push_back(10 * id + i);
                }
            };
            auto receiver = [&](Channel<int, N>& channel) -> Coro<> {
                while (auto message = co_await channel.receive()) received.push_back(*message);
            };
            auto body = [&]() -> Coro<> {
                Channel<int, N> channel;
                std::vector<Task<>> tasks;
                for (int i = 0; i < 2; ++i) tasks.push_back(create_task(receiver(channel)));
                for (int i = 0; i < 2; ++i) tasks.push_back(create_task(sender(channel, i)));
                for (unsigned i = 0; i < when; ++i) co_await yield();
                tasks[victim].cancel();
                co_await sleep_ms(1);
                channel.close();
                for (auto& task : tasks) (void)co_await catch_cancelled(task);
                std::sort(sent.begin(), sent.end());  // the note of it comes a step after it
                std::sort(received.begin(), received.end());
                CHECK(sent == received);
                CHECK(channel.empty());
                if (victim < 2) CHECK(received.size() == 6);
                if (victim >= 2) CHECK(received.size() >= 3);
            };
            CHECK(run(body()));
        },
        20);
}

TEST_CASE_FIXTURE(Simulated, "Channel: whoever is cancelled at any step in any order, what was sent is received once") {
    for (unsigned victim = 0; victim < 4; ++victim) {
        for (unsigned when = 0; when < 12; ++when) {
            sweep<0>(*this, victim, when);
            sweep<1>(*this, victim, when);
            sweep<2>(*this, victim, when);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Channel: a select that another arm wins has taken nothing, at any step and in any order") {
    for (int at = 0; at < 6; ++at) {
        for_each_order([&] {
            int received = 0;
            auto selects = [&](Channel<int, 1>& a, Channel<int, 1>& b) -> Coro<> {
                while (received < 4) {
                    auto first = co_await select(a.receive(), b.receive());
                    received += first.index() == 0 ? std::get<0>(first).has_value() : std::get<1>(first).has_value();
                }
            };
            auto body = [&]() -> Coro<> {
                Channel<int, 1> a;
                Channel<int, 1> b;
                auto task = create_task(selects(a, b));
                for (int i = 0; i < at; ++i) co_await yield();
                auto one = [&](Channel<int, 1>& channel) -> Coro<> {
                    (void)co_await channel.send(1);
                    (void)co_await channel.send(2);
                };
                co_await gather(one(a), one(b));
                co_await task;
                CHECK(a.empty());
                CHECK(b.empty());
            };
            CHECK(run(body()));
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "Channel<T, 0>: a send goes on only when a receiver is there, whoever comes first") {
    auto body = [&]() -> Coro<> {
        Channel<int, 0> channel;
        CHECK(channel.full());
        CHECK(channel.send_nowait(0) == Result<void>{std::unexpected{Error::unavailable}});
        create_task(sends(trace, channel, 1));
        create_task(sends(trace, channel, 2));
        co_await sleep_ms(1);
        create_task(receives(trace, channel, 1));
        co_await sleep_ms(1);
        CHECK(channel.full());
        create_task(receives(trace, channel, 2));
        create_task(receives(trace, channel, 3));
        create_task(receives(trace, channel, 4));
        co_await sleep_ms(1);
        CHECK_FALSE(channel.full());
        CHECK(channel.send_nowait(3));
        CHECK(channel.full());  // one at a time
        create_task(sends(trace, channel, 4));
        co_await sleep_ms(1);
        channel.close();
    };
    CHECK(run(body()));
    trace.expect({"1 send 1: ok", "1 receiver 1: 1", "2 send 2: ok", "2 receiver 2: 2", "3 receiver 3: 3", "3 send 4: ok",
                  "3 receiver 4: 4"});
}

TEST_CASE_FIXTURE(Simulated, "Channel<T, 0>: a receiver that gives up is no longer there to be sent to") {
    auto body = [&]() -> Coro<> {
        Channel<int, 0> channel;
        const auto none = co_await wait_for(channel.receive(), 1ms);
        CHECK_FALSE(none);
        CHECK(channel.full());
        auto sender = create_task(sends(trace, channel, 1));
        co_await sleep_ms(1);
        CHECK_FALSE(sender.done());
        create_task(receives(trace, channel, 1));
        co_await sender;
        auto gone = create_task(receives(trace, channel, 2));
        co_await sleep_ms(1);
        CHECK(channel.send_nowait(2));
        gone.cancel();  // with the message in its hands
        co_await sleep_ms(1);
        CHECK(channel.receive_nowait() == Result<int>{2});
    };
    CHECK(run(body()));
    trace.expect({"2 send 1: ok", "2 receiver 1: 1"});
}

TEST_CASE_FIXTURE(Simulated, "Channel: destroyed while tasks wait, or were woken: each ends with Error::destroyed") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            auto channel = std::make_unique<Channel<int, 1>>();
            auto first = create_task(receives(trace, *channel, 1));
            auto second = create_task(receives(trace, *channel, 2));
            auto full = std::make_unique<Channel<int, 0>>();
            auto third = create_task(sends(trace, *full, 3));
            co_await sleep_ms(1);
            CHECK(channel->send_nowait(1));
            channel.reset();
            full.reset();
            for (auto* task : {&first, &second, &third}) {
                const auto ended = co_await catch_cancelled(*task);
                CHECK(ended == Result<void>{std::unexpected{Error::destroyed}});
            }
        };
        CHECK(run(body()));
        for (const auto& line : trace.lines()) CHECK(line.find("report") != std::string::npos);
    });
}
