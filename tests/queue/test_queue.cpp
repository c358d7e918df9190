#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::cancelled;
using uasync::test::destroyed;
using uasync::test::Simulated;
using uasync::test::Trace;
using uasync::test::was_destroyed;

namespace {

template <class T, std::size_t N>
Coro<> puts(Trace& trace, Queue<T, N>& queue, int message) {
    co_await queue.put(message);
    trace("put", message);
}

template <class T, std::size_t N>
Coro<> gets(Trace& trace, Queue<T, N>& queue) {
    const int message = co_await queue.get();
    trace("got", message);
}

/// Counts how many there are: whatever is constructed must be destroyed, once. `full` leaves out those that were moved from.
class Counted {
public:
    explicit Counted(int number) noexcept : number_{number} {
        ++alive;
        ++full;
    }
    Counted(Counted&& other) noexcept : number_{std::exchange(other.number_, -1)} { ++alive; }
    Counted& operator=(Counted&&) = delete;
    ~Counted() {
        --alive;
        if (number_ != -1) --full;
    }
    int number() const { return number_; }

    static inline int alive = 0;
    static inline int full = 0;

private:
    int number_;
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Queue: messages come out in the order in which they went in, and its size is told") {
    auto body = [&]() -> Coro<> {
        Queue<int, 3> queue;
        static_assert(Queue<int, 3>::maxsize() == 3);
        CHECK(queue.empty());
        CHECK_FALSE(queue.full());
        co_await queue.put(1);
        co_await queue.put(2);
        CHECK(queue.qsize() == 2);
        CHECK_FALSE(queue.full());
        co_await queue.put(3);
        CHECK(queue.full());
        CHECK(queue.put_nowait(4) == Result<void>{std::unexpected{Error::unavailable}});
        CHECK(co_await queue.get() == 1);
        CHECK(queue.get_nowait() == Result<int>{2});
        CHECK(co_await queue.get() == 3);
        CHECK(queue.empty());
        CHECK(queue.get_nowait() == Result<int>{std::unexpected{Error::unavailable}});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Queue: putting and getting without need to wait does not give the turn away") {
    auto notes = [&]() -> Coro<> {
        trace("other");
        co_return;
    };
    auto body = [&]() -> Coro<> {
        Queue<int, 1> queue;
        create_task(notes());
        for (int i = 0; i < 3; ++i) {
            co_await queue.put(i);
            const int got = co_await queue.get();
            trace("got", got);
        }
        co_await yield();
    };
    CHECK(run(body()));
    trace.expect({"0 got 0", "0 got 1", "0 got 2", "0 other"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: wraps around at every size and offset") {
    auto body = [&]() -> Coro<> {
        Queue<int, 5> queue;
        int in = 0;
        int out = 0;
        for (int round = 0; round < 30; ++round) {
            const int batch = round % 5 + 1;
            for (int i = 0; i < batch; ++i) CHECK(queue.put_nowait(in++));
            for (int i = 0; i < batch; ++i) CHECK(queue.get_nowait() == Result<int>{out++});
            CHECK(queue.empty());
        }
        Queue<int, 1> one;
        for (int i = 0; i < 5; ++i) {
            CHECK(one.put_nowait(i));
            CHECK(one.full());
            CHECK(one.get_nowait() == Result<int>{i});
        }
        co_return;
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Queue: the largest one counts right at its end") {
    auto queue = std::make_unique<Queue<char, 65535>>();
    auto body = [&]() -> Coro<> {
        for (int round = 0; round < 2; ++round) {
            for (int i = 0; i < 65535; ++i) CHECK_MESSAGE(queue->put_nowait(static_cast<char>(i % 100)).has_value(), i);
            CHECK(queue->full());
            CHECK_FALSE(queue->put_nowait('x'));
            int wrong = 0;
            for (int i = 0; i < 65535; ++i) wrong += queue->get_nowait() == Result<char>{static_cast<char>(i % 100)} ? 0 : 1;
            CHECK(wrong == 0);
            CHECK(queue->empty());
            CHECK(queue->put_nowait('y'));
            CHECK(queue->get_nowait());
        }
        co_return;
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Queue: waiting getters are served first in, first out") {
    auto body = [&]() -> Coro<> {
        Queue<int, 4> queue;
        std::vector<Task<>> tasks;
        for (int i = 0; i < 3; ++i) tasks.push_back(create_task(gets(trace, queue)));
        co_await sleep_ms(1);
        co_await queue.put(10);
        co_await queue.put(20);
        co_await sleep_ms(1);
        CHECK_FALSE(tasks[2].done());
        co_await queue.put(30);
        co_await tasks[2];
    };
    CHECK(run(body()));
    trace.expect({"1 got 10", "1 got 20", "2 got 30"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: waiting putters are served first in, first out, and block while it is full") {
    auto body = [&]() -> Coro<> {
        Queue<int, 1> queue;
        for (int i = 1; i <= 4; ++i) create_task(puts(trace, queue, i));
        co_await sleep_ms(1);
        for (int i = 1; i <= 4; ++i) {
            CHECK(queue.full());
            const int got = co_await queue.get();
            trace("got", got);
            co_await sleep_ms(1);
        }
        CHECK(queue.empty());
    };
    CHECK(run(body()));
    trace.expect({"0 put 1", "1 got 1", "1 put 2", "2 got 2", "2 put 3", "3 got 3", "3 put 4", "4 got 4"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: a message that a getter was woken for is kept for it, and so is a putter's place") {
    auto body = [&]() -> Coro<> {
        Queue<int, 2> queue;
        auto getter = create_task(gets(trace, queue));
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(1));
        CHECK(queue.empty());
        CHECK(queue.qsize() == 0);
        CHECK_FALSE(queue.get_nowait());
        CHECK(queue.put_nowait(2));
        CHECK(queue.qsize() == 1);
        CHECK(queue.full());
        CHECK_FALSE(queue.put_nowait(3));
        co_await getter;
        CHECK(queue.qsize() == 1);

        CHECK(queue.put_nowait(4));
        auto putter = create_task(puts(trace, queue, 5));
        co_await sleep_ms(1);
        CHECK(queue.get_nowait() == Result<int>{2});
        CHECK(queue.full());  // with the place that is the putter's
        CHECK_FALSE(queue.put_nowait(6));
        CHECK(queue.qsize() == 1);
        co_await putter;
        CHECK(queue.get_nowait() == Result<int>{4});
        CHECK(queue.get_nowait() == Result<int>{5});
    };
    CHECK(run(body()));
    trace.expect({"1 got 1", "2 put 5"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: a getter that comes after the message was kept for another waits its turn") {
    auto body = [&]() -> Coro<> {
        Queue<int, 2> queue;
        auto first = create_task(gets(trace, queue));
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(1));
        auto r = co_await wait_for(queue.get(), 1ms);  // overtakes nobody
        CHECK(r == Result<int>{std::unexpected{Error::timeout}});
        CHECK(first.done());
    };
    CHECK(run(body()));
    trace.expect({"1 got 1"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: a getter cancelled while it waits, or just as it was woken, has taken nothing") {
    auto body = [&]() -> Coro<> {
        Queue<int, 2> queue;
        auto first = create_task(gets(trace, queue));
        auto second = create_task(gets(trace, queue));
        auto third = create_task(gets(trace, queue));
        co_await sleep_ms(1);
        first.cancel();  // waits
        CHECK(queue.put_nowait(1));
        second.cancel();  // was woken
        co_await third;
        auto result = co_await catch_cancelled(first);
        CHECK(result == cancelled);
        result = co_await catch_cancelled(second);
        CHECK(result == cancelled);

        auto last = create_task(gets(trace, queue));
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(2));
        last.cancel();
        CHECK(queue.empty());
        co_await sleep_ms(1);
        CHECK(queue.qsize() == 1);  // there again for everybody
        CHECK(queue.get_nowait() == Result<int>{2});
    };
    CHECK(run(body()));
    trace.expect({"1 got 1"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: a putter cancelled while it waits, or just as it was given a place, has put nothing") {
    auto body = [&]() -> Coro<> {
        Queue<int, 1> queue;
        CHECK(queue.put_nowait(0));
        auto first = create_task(puts(trace, queue, 1));
        auto second = create_task(puts(trace, queue, 2));
        auto third = create_task(puts(trace, queue, 3));
        co_await sleep_ms(1);
        first.cancel();
        CHECK(queue.get_nowait() == Result<int>{0});
        second.cancel();
        co_await third;
        CHECK(queue.get_nowait() == Result<int>{3});

        CHECK(queue.put_nowait(4));
        auto last = create_task(puts(trace, queue, 5));
        co_await sleep_ms(1);
        CHECK(queue.get_nowait() == Result<int>{4});
        last.cancel();
        CHECK(queue.full());
        co_await sleep_ms(1);
        CHECK_FALSE(queue.full());
        CHECK(queue.empty());
        CHECK(queue.put_nowait(6));
    };
    CHECK(run(body()));
    trace.expect({"1 put 3"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: a timeout at the very moment of the put takes the message or leaves it") {
    for (int at_ms = 4; at_ms <= 6; ++at_ms) {
        for_each_order([&] {
            auto tries = [&](Queue<int, 1>& queue, bool& has) -> Coro<> {
                auto result = co_await wait_for(queue.get(), 5ms);
                has = result.has_value();
                if (!has) CHECK(result.error() == Error::timeout);
            };
            auto body = [&]() -> Coro<> {
                Queue<int, 1> queue;
                bool has = false;
                auto task = create_task(tries(queue, has));
                co_await sleep_ms(at_ms);
                co_await queue.put(1);
                co_await task;
                CHECK(queue.qsize() == (has ? 0U : 1U));
                if (at_ms < 5) CHECK(has);
                if (at_ms > 5) CHECK_FALSE(has);
            };
            CHECK(run(body()));
        });
    }
}

// Many producers and consumers, of whom any is cancelled at any step, in many orders, against a plain std::deque: what went in comes out
// once and in that order; a put that did not return has put nothing.
template <std::size_t N>
static void sweep(Simulated& fixture, unsigned producers, unsigned consumers, unsigned victim, unsigned when) {
    fixture.for_each_order(
        [&] {
            constexpr int each = 3;
            std::deque<int> model;
            unsigned got = 0;
            auto produce = [&](Queue<int, N>& queue, int id) -> Coro<> {
                for (int i = 0; i < each; ++i) {
                    co_await queue.put(10 * id + i);
                    model.push_back(10 * id + i);
                }
            };
            const auto take = [&](int message) {
                ++got;
                CHECK_FALSE(model.empty());
                if (model.empty()) return;
                CHECK(message == model.front());
                model.pop_front();
            };
            auto consume = [&](Queue<int, N>& queue) -> Coro<> {
                while (true) {
                    const int message = co_await queue.get();
                    take(message);
                }
            };
            auto body = [&]() -> Coro<> {
                Queue<int, N> queue;
                std::vector<Task<>> tasks;
                for (unsigned i = 0; i < consumers; ++i) tasks.push_back(create_task(consume(queue)));
                for (unsigned i = 0; i < producers; ++i) tasks.push_back(create_task(produce(queue, static_cast<int>(i))));
                for (unsigned i = 0; i < when; ++i) co_await yield();
                tasks[victim].cancel();
                co_await sleep_ms(1);  // all that can go on has
                for (unsigned i = 0; i < consumers; ++i) tasks[i].cancel();
                co_await sleep_ms(1);
                while (!queue.empty()) {  // without consumers, what is left comes out here
                    const int message = co_await queue.get();
                    take(message);
                    co_await sleep_ms(1);
                }
                CHECK(model.empty());
                unsigned finished = 0;
                for (unsigned i = 0; i < producers; ++i) {
                    CHECK(tasks[consumers + i].done());
                    if (tasks[consumers + i].error() == Error::none) ++finished;
                }
                CHECK(finished >= producers - 1);
                CHECK(got >= finished * each);
                CHECK(got <= producers * each);
            };
            CHECK(run(body()));
        },
        100);
}

TEST_CASE_FIXTURE(Simulated,
                  "Queue: whoever is cancelled at any step in any order, every message comes out once and in order (N = 1)") {
    for (unsigned victim = 0; victim < 5; ++victim) {
        for (unsigned when = 0; when < 12; ++when) sweep<1>(*this, 3, 2, victim, when);
    }
}

TEST_CASE_FIXTURE(Simulated, "Queue: the same with N = 2 and a single consumer") {
    for (unsigned victim = 0; victim < 4; ++victim) {
        for (unsigned when = 0; when < 10; ++when) sweep<2>(*this, 3, 1, victim, when);
    }
}

TEST_CASE_FIXTURE(Simulated, "Queue: the same with N = 3 and more consumers than producers") {
    for (unsigned victim = 0; victim < 5; ++victim) {
        for (unsigned when = 0; when < 10; ++when) sweep<3>(*this, 1, 4, victim, when);
    }
}

TEST_CASE_FIXTURE(Simulated, "Queue: the k-th waiting getter is cancelled before and after any number of puts") {
    for (unsigned k = 0; k < 4; ++k) {
        for (unsigned puts_before = 0; puts_before <= 4; ++puts_before) {
            for_each_order(
                [&] {
                    std::vector<int> got;
                    auto one = [&](Queue<int, 8>& queue) -> Coro<> {
                        const int message = co_await queue.get();
                        got.push_back(message);
                    };
                    auto body = [&]() -> Coro<> {
                        Queue<int, 8> queue;
                        std::vector<Task<>> tasks;
                        for (int i = 0; i < 4; ++i) tasks.push_back(create_task(one(queue)));
                        co_await sleep_ms(1);
                        for (unsigned i = 0; i < puts_before; ++i) CHECK(queue.put_nowait(static_cast<int>(i)));
                        CHECK(tasks[k].cancel());
                        for (unsigned i = puts_before; i < 4; ++i) CHECK(queue.put_nowait(static_cast<int>(i)));
                        co_await sleep_ms(1);
                        CHECK(got == std::vector<int>{0, 1, 2});
                        CHECK(queue.qsize() == 1);
                        CHECK(queue.get_nowait() == Result<int>{3});
                    };
                    CHECK(run(body()));
                },
                20);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Queue: the k-th waiting putter is cancelled before and after any number of gets") {
    for (unsigned k = 0; k < 4; ++k) {
        for (unsigned gets_before = 0; gets_before <= 4; ++gets_before) {
            for_each_order(
                [&] {
                    std::vector<int> put;
                    std::vector<int> got;
                    auto one = [&](Queue<int, 4>& queue, int message) -> Coro<> {
                        co_await queue.put(message);
                        put.push_back(message);
                    };
                    auto body = [&]() -> Coro<> {
                        Queue<int, 4> queue;
                        for (int i = 0; i < 4; ++i) CHECK(queue.put_nowait(-1));
                        std::vector<Task<>> tasks;
                        for (int i = 0; i < 4; ++i) tasks.push_back(create_task(one(queue, i)));
                        co_await sleep_ms(1);
                        for (unsigned i = 0; i < gets_before; ++i) CHECK(queue.get_nowait());
                        CHECK(tasks[k].cancel());
                        for (unsigned i = gets_before; i < 4; ++i) CHECK(queue.get_nowait());
                        co_await sleep_ms(1);
                        CHECK(put.size() == 3);
                        while (!queue.empty()) got.push_back(*queue.get_nowait());
                        CHECK(got == put);
                    };
                    CHECK(run(body()));
                },
                20);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Queue: messages may be move-only and without default") {
    auto body = [&]() -> Coro<> {
        Queue<std::unique_ptr<int>, 2> queue;
        co_await queue.put(std::make_unique<int>(7));
        CHECK(queue.put_nowait(std::make_unique<int>(8)));
        auto first = co_await queue.get();
        CHECK(*first == 7);
        auto second = queue.get_nowait();
        CHECK(**second == 8);
        struct NoDefault {
            explicit NoDefault(int n) noexcept : number{n} {}
            int number;
        };
        Queue<NoDefault, 2> others;
        co_await others.put(NoDefault{3});
        auto other = co_await others.get();
        CHECK(other.number == 3);
        struct alignas(32) Aligned {
            explicit Aligned(int n) noexcept : number{n} {}
            int number;
        };
        auto aligned = std::make_unique<Queue<Aligned, 3>>();
        CHECK(aligned->put_nowait(Aligned{5}));
        CHECK(aligned->get_nowait()->number == 5);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "Queue: every message that was made is destroyed once: taken, dropped, left over, or with a cancelled putter") {
    Counted::alive = Counted::full = 0;
    auto puts_one = [&](Queue<Counted, 2>& queue, int number) -> Coro<> { co_await queue.put(Counted{number}); };
    auto gets_one = [&](Queue<Counted, 2>& queue) -> Coro<> {
        const Counted message = co_await queue.get();
        trace("got", message.number());
    };
    auto body = [&]() -> Coro<> {
        {
            Queue<Counted, 2> queue;
            CHECK(Counted::full == 0);
            co_await queue.put(Counted{1});
            CHECK(Counted::full == 1);
            CHECK(queue.put_nowait(Counted{2}));
            CHECK(Counted::full == 2);
            CHECK_FALSE(queue.put_nowait(Counted{3}));
            CHECK(Counted::full == 2);
            auto waiting = create_task(puts_one(queue, 4));
            auto cancelled_one = create_task(puts_one(queue, 5));
            co_await yield();
            CHECK(Counted::full == 4);
            cancelled_one.cancel();
            co_await yield();
            CHECK(Counted::full == 3);
            {
                const Counted first = co_await queue.get();
                CHECK(first.number() == 1);
            }
            CHECK(Counted::full == 2);
            co_await waiting;
            CHECK(Counted::full == 2);
            auto getter = create_task(gets_one(queue));
            co_await getter;
            CHECK(Counted::full == 1);
        }
        CHECK(Counted::full == 0);
        CHECK(Counted::alive == 0);
    };
    CHECK(run(body()));
    trace.expect({"0 got 2"});
}

TEST_CASE_FIXTURE(Simulated, "Queue: destroyed while getters wait: each ends with Error::destroyed and is reported by name") {
    auto body = [&]() -> Coro<> {
        auto queue = std::make_unique<Queue<int, 2>>();
        create_task(gets(trace, *queue), "first");
        create_task(gets(trace, *queue), "second");
        co_await sleep_ms(1);
        queue.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 report first" + was_destroyed, "1 report second" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated,
                  "Queue: destroyed while putters wait: they end with Error::destroyed, and every message is destroyed") {
    Counted::alive = 0;
    auto puts_one = [&](Queue<Counted, 1>& queue, int number) -> Coro<> {
        co_await queue.put(Counted{number});
        trace("put", number);
    };
    auto body = [&]() -> Coro<> {
        auto queue = std::make_unique<Queue<Counted, 1>>();
        create_task(puts_one(*queue, 1), "first");
        create_task(puts_one(*queue, 2), "second");
        create_task(puts_one(*queue, 3), "third");
        co_await sleep_ms(1);
        queue.reset();
        co_await sleep_ms(1);
        CHECK(Counted::alive == 0);
    };
    CHECK(run(body()));
    trace.expect({"0 put 1", "1 report second" + was_destroyed, "1 report third" + was_destroyed});
}

TEST_CASE_FIXTURE(Simulated, "Queue: destroyed just after a getter was woken for a message") {
    for_each_order([&] {
        Counted::alive = 0;
        auto gets_one = [&](Queue<Counted, 2>& queue) -> Coro<> {
            const Counted message = co_await queue.get();
            trace("got", message.number());
        };
        auto body = [&]() -> Coro<> {
            auto queue = std::make_unique<Queue<Counted, 2>>();
            auto first = create_task(gets_one(*queue));
            auto second = create_task(gets_one(*queue));
            auto third = create_task(gets_one(*queue));
            co_await sleep_ms(1);
            CHECK(queue->put_nowait(Counted{1}));
            CHECK(queue->put_nowait(Counted{2}));
            third.cancel();
            queue.reset();
            CHECK(Counted::alive == 0);
            auto result = co_await catch_cancelled(first);
            CHECK(result == destroyed);
            result = co_await catch_cancelled(second);
            CHECK(result == destroyed);
            result = co_await catch_cancelled(third);
            CHECK(result == cancelled);
        };
        CHECK(run(body()));
        CHECK(Counted::alive == 0);
        for (const std::string& line : trace.lines()) CHECK(line.find("got") == std::string::npos);
    });
}

TEST_CASE_FIXTURE(Simulated, "Queue: destroyed just after a putter was given a place") {
    for_each_order([&] {
        Counted::alive = 0;
        auto puts_one = [&](Queue<Counted, 1>& queue, int number) -> Coro<> {
            co_await queue.put(Counted{number});
            trace("put", number);
        };
        auto body = [&]() -> Coro<> {
            auto queue = std::make_unique<Queue<Counted, 1>>();
            CHECK(queue->put_nowait(Counted{1}));
            auto first = create_task(puts_one(*queue, 2));
            auto second = create_task(puts_one(*queue, 3));
            co_await sleep_ms(1);
            CHECK(queue->get_nowait());
            queue.reset();
            auto result = co_await catch_cancelled(first);
            CHECK(result == destroyed);
            result = co_await catch_cancelled(second);
            CHECK(result == destroyed);
            CHECK(Counted::alive == 0);
        };
        CHECK(run(body()));
        for (const std::string& line : trace.lines()) CHECK(line.find("put") == std::string::npos);
    });
}

TEST_CASE_FIXTURE(Simulated,
                  "Queue: destroyed just after a getter and a putter were cancelled with a message and a place in hand") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            auto one = std::make_unique<Queue<int, 1>>();
            auto getter = create_task(gets(trace, *one));
            co_await sleep_ms(1);
            CHECK(one->put_nowait(1));
            getter.cancel();
            one.reset();

            auto other = std::make_unique<Queue<int, 1>>();
            CHECK(other->put_nowait(1));
            auto putter = create_task(puts(trace, *other, 2));
            co_await sleep_ms(1);
            CHECK(other->get_nowait());
            putter.cancel();
            other.reset();
            auto result = co_await catch_cancelled(getter);
            CHECK(result == cancelled);
            result = co_await catch_cancelled(putter);
            CHECK(result == cancelled);
        };
        CHECK(run(body()));
        CHECK(trace.lines().empty());
    });
}

TEST_CASE_FIXTURE(Simulated, "Queue: main's frame owns it and ends just after it has put for a waiting task") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            Queue<int, 1> queue;
            create_task(gets(trace, queue), "getter");
            co_await sleep_ms(1);
            co_await queue.put(1);
        };
        CHECK(run(body()));
        CHECK(trace.lines() == std::vector<std::string>{"1 report getter" + was_destroyed});
    });
}

TEST_CASE_FIXTURE(Simulated, "Queue: a pipeline of queues hands everything through in order") {
    for_each_order(
        [&] {
            auto source = [&](Queue<int, 1>& out) -> Coro<> {
                for (int i = 0; i < 50; ++i) co_await out.put(i);
            };
            auto stage = [&](Queue<int, 1>& in, Queue<int, 3>& out) -> Coro<> {
                for (int i = 0; i < 50; ++i) {
                    const int message = co_await in.get();
                    co_await out.put(message * 2);
                }
            };
            auto sink = [&](Queue<int, 3>& in) -> Coro<int> {
                int wrong = 0;
                for (int i = 0; i < 50; ++i) {
                    const int message = co_await in.get();
                    wrong += message == 2 * i ? 0 : 1;
                }
                co_return wrong;
            };
            auto body = [&]() -> Coro<int> {
                Queue<int, 1> first;
                Queue<int, 3> second;
                create_task(source(first));
                create_task(stage(first, second));
                co_return co_await sink(second);
            };
            CHECK(run(body()) == Result<int>{0});
        },
        30);
}
