// RingQueue filled by other threads. Nothing here depends on how long something takes.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/queue/ring_queue.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

TEST_CASE("linux: a thread's messages arrive in order, each once; a wake-up is never lost") {
    constexpr int rounds = 20'000;
    RingQueue<int, 4> queue;
    std::thread producer{[&] {
        for (int i = 0; i < rounds; ++i) {
            while (!queue.put_from_isr(i)) std::this_thread::yield();
        }
    }};
    auto body = [&]() -> Coro<int> {
        int wrong = 0;
        for (int i = 0; i < rounds; ++i) {
            const int got = co_await queue.get();
            wrong += got == i ? 0 : 1;
        }
        co_return wrong;
    };
    CHECK(run(body()) == Result<int>{0});
    producer.join();
    CHECK(queue.empty());
}

TEST_CASE("linux: the getter sleeps before each message of a thread that waits for the answer: 5,000 hand-shakes") {
    constexpr int rounds = 5'000;
    RingQueue<std::string, 1> queue;
    std::atomic<int> answered{0};
    std::thread producer{[&] {
        for (int i = 1; i <= rounds; ++i) {
            queue.put_from_isr(std::to_string(i));
            for (int seen = answered; seen != i; seen = answered) answered.wait(seen);
        }
    }};
    auto body = [&]() -> Coro<int> {
        for (int i = 1; i <= rounds; ++i) {
            const std::string got = co_await queue.get();
            CHECK_MESSAGE(got == std::to_string(i), i);
            answered = i;
            answered.notify_one();
        }
        co_return answered;
    };
    CHECK(run(body()) == Result<int>{rounds});
    producer.join();
}

template <WhenFull when_full>
static void many_threads() {
    constexpr int threads = 3;
    constexpr int each = 4'000;
    RingQueue<int, 8, when_full> queue;
    std::atomic<int> running{threads};
    std::vector<std::thread> producers;
    for (int t = 0; t < threads; ++t) {
        producers.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) queue.put_from_isr(t * each + i);
            if (--running == 0) {
                while (!queue.put_from_isr(-1) && when_full == WhenFull::drop_newest) std::this_thread::yield();
            }
        });
    }
    std::vector<int> last(threads, -1);
    std::uint32_t got = 0;
    bool ended = false;
    auto take = [&](int message) {
        if (message == -1) {
            ended = true;
            return;
        }
        ++got;
        int& before = last[static_cast<std::size_t>(message / each)];
        CHECK_MESSAGE(before < message, "each thread's messages keep their order");
        before = message;
    };
    auto consume = [&]() -> Coro<> {
        while (!ended) {
            const int message = co_await queue.get();
            take(message);
        }
    };
    // Getters are cancelled all the time, at whatever moment of a put.
    auto body = [&]() -> Coro<> {
        while (!ended) {
            auto task = create_task(consume());
            auto other = create_task(consume());
            for (int i = 0; i < 3 && !ended; ++i) co_await yield();
            task.cancel();
            other.cancel();
            (void)co_await catch_cancelled(task);
            (void)co_await catch_cancelled(other);
        }
    };
    CHECK(run(body()));
    for (auto& producer : producers) producer.join();
    while (auto rest = queue.get_nowait()) take(*rest);
    // Tries of the last message that found no place are counted as well; then it went in, or overwrote one.
    if (when_full == WhenFull::overwrite_oldest) CHECK(got + queue.dropped() == threads * each);
    if (when_full == WhenFull::drop_newest) CHECK(got + queue.dropped() >= threads * each);
}

TEST_CASE("linux: many threads fill one ring while its getters are cancelled: nothing is lost but what it counts") {
    SUBCASE("drop newest") { many_threads<WhenFull::drop_newest>(); }
    SUBCASE("overwrite oldest") { many_threads<WhenFull::overwrite_oldest>(); }
}
