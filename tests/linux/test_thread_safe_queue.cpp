// ThreadSafeQueue between loops and threads. Nothing here depends on how long something takes.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/queue/thread_safe_queue.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

TEST_CASE("linux: ThreadSafeQueue: two loops put, two get, each message comes once, a putter's in order") {
    constexpr int each = 5'000;
    ThreadSafeQueue<int, 4> queue;
    std::atomic<int> putting{2};
    auto puts = [&](int who) -> Coro<> {
        for (int i = 0; i < each; ++i) {
            const Result<void> put = co_await queue.put(who * each + i);
            CHECK(put.has_value());
        }
        if (--putting == 0) queue.close();
    };
    struct Got {
        int count = 0;
        int wrong = 0;
        long long sum = 0;
    };
    std::vector<Got> got(2);
    auto gets = [&](Got& mine) -> Coro<> {
        int last[2] = {-1, -1};
        while (true) {
            const Result<int> message = co_await queue.get();
            if (!message.has_value()) {
                CHECK(message.error() == Error::shut_down);
                break;
            }
            int& before = last[*message / each];
            mine.wrong += before < *message ? 0 : 1;
            before = *message;
            ++mine.count;
            mine.sum += *message;
        }
    };
    std::vector<std::thread> threads;
    for (int who = 0; who < 2; ++who) threads.emplace_back([&, who] { CHECK(run(puts(who))); });
    threads.emplace_back([&] { CHECK(run(gets(got[1]))); });
    CHECK(run(gets(got[0])));
    for (auto& thread : threads) thread.join();
    CHECK(got[0].count + got[1].count == 2 * each);
    CHECK(got[0].wrong + got[1].wrong == 0);
    CHECK(got[0].sum + got[1].sum == (2LL * each) * (2 * each - 1) / 2);
}

TEST_CASE("linux: ThreadSafeQueue: waiters are cancelled all the time, and no message is lost or comes twice") {
    constexpr int messages = 4'000;
    ThreadSafeQueue<int, 2> queue;
    std::thread other{[&] {
        int next = 0;
        auto puts = [&]() -> Coro<> {
            while (next < messages) {
                const Result<void> put = co_await queue.put(next);
                if (put.has_value()) ++next;
            }
        };
        auto body = [&]() -> Coro<> {
            int round = 0;
            while (next < messages) {
                ++round;
                auto task = create_task(puts());
                for (int i = 0; i < round % 5 && next < messages; ++i) co_await yield();
                task.cancel();
                (void)co_await catch_cancelled(task);
            }
        };
        CHECK(run(body()));
        queue.close();
    }};
    std::vector<int> got;
    bool closed = false;
    auto gets = [&]() -> Coro<> {
        while (!closed) {
            const Result<int> message = co_await queue.get();
            if (message.has_value()) {
                got.push_back(*message);
            } else {
                closed = true;
            }
        }
    };
    auto body = [&]() -> Coro<> {
        int round = 0;
        while (!closed) {
            ++round;
            auto first = create_task(gets());
            auto second = create_task(gets());
            for (int i = 0; i < round % 7 && !closed; ++i) co_await yield();
            first.cancel();
            second.cancel();
            (void)co_await catch_cancelled(first);
            (void)co_await catch_cancelled(second);
        }
    };
    CHECK(run(body()));
    other.join();
    int wrong = 0;
    for (int i = 0; i < static_cast<int>(got.size()); ++i) wrong += got[static_cast<std::size_t>(i)] == i ? 0 : 1;
    CHECK(got.size() == messages);
    CHECK(wrong == 0);
}

TEST_CASE("linux: ThreadSafeQueue: plain threads block in it, on either side, until it is closed") {
    constexpr int messages = 3'000;
    ThreadSafeQueue<std::string, 1> to;
    ThreadSafeQueue<std::string, 1> back;
    std::thread plain{[&] {
        while (true) {
            auto message = to.get_blocking();
            if (!message.has_value()) break;
            if (!back.put_blocking(*message + "!").has_value()) break;
        }
        back.close();
    }};
    auto body = [&]() -> Coro<int> {
        int right = 0;
        for (int i = 0; i < messages; ++i) {
            (void)co_await to.put(std::to_string(i));
            const Result<std::string> answer = co_await back.get();
            if (answer == std::to_string(i) + "!") ++right;
        }
        to.close();
        const Result<std::string> last = co_await back.get();
        CHECK(last == Result<std::string>{std::unexpected{Error::shut_down}});
        co_return right;
    };
    CHECK(run(body()) == Result<int>{messages});
    plain.join();
    CHECK(to.put_blocking("late") == Result<void>{std::unexpected{Error::shut_down}});
}

TEST_CASE("linux: ThreadSafeQueue: closing wakes who waits in other loops") {
    ThreadSafeQueue<int, 1> empty;
    ThreadSafeQueue<int, 1> full;
    CHECK(full.put_nowait(1).has_value());
    std::atomic<int> waiting{0};
    std::atomic<int> shut_down{0};
    auto gets = [&]() -> Coro<> {
        ++waiting;
        const Result<int> message = co_await empty.get();
        if (message == Result<int>{std::unexpected{Error::shut_down}}) ++shut_down;
    };
    auto puts = [&]() -> Coro<> {
        ++waiting;
        const Result<void> put = co_await full.put(2);
        if (put == Result<void>{std::unexpected{Error::shut_down}}) ++shut_down;
    };
    std::vector<std::thread> threads;
    threads.emplace_back([&] { CHECK(run(gets())); });
    threads.emplace_back([&] { CHECK(run(puts())); });
    while (waiting != 2) std::this_thread::yield();
    empty.close();
    full.close();
    for (auto& thread : threads) thread.join();
    CHECK(shut_down == 2);
    CHECK(full.get_nowait() == Result<int>{1});
}

TEST_CASE("linux: a thread that blocks has the message that a cancelled getter was promised") {
    ThreadSafeQueue<int, 2> queue;
    int got = 0;
    auto gets = [&]() -> Coro<> { (void)co_await queue.get(); };
    auto main = [&]() -> Coro<> {
        auto getter = create_task(gets());
        co_await yield();
        std::thread thread{[&] { got = queue.get_blocking().value_or(-1); }};
        std::this_thread::sleep_for(20ms);  // it blocks by now, mostly
        CHECK(queue.put_nowait(5));
        std::this_thread::sleep_for(20ms);  // it has seen that the message is promised, and blocks again, mostly
        CHECK(getter.cancel());
        (void)co_await catch_cancelled(getter);
        thread.join();
    };
    CHECK(run(main()));
    CHECK(got == 5);
}
