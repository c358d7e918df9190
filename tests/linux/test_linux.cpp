// The Linux port, with real threads and signals. Nothing here depends on how long something takes.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

const Result<void> cancelled = std::unexpected{Error::cancelled};

std::size_t open_files() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}));
}

/// How a child process ended, and what it wrote to standard error.
struct Ended {
    int status;
    std::string errors;
};

/// Runs `body` in a child process, which ends with `body`'s result if it returns.
Ended in_child(const std::function<int()>& body) {
    int ends[2];
    if (pipe(ends) != 0) return {-1, "pipe"};
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGINT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        _exit(body());
    }
    close(ends[1]);
    std::string errors;
    char buffer[256];
    for (ssize_t size = 0; (size = read(ends[0], buffer, sizeof buffer)) > 0;)
        errors.append(buffer, static_cast<std::size_t>(size));
    close(ends[0]);
    int status = -1;
    waitpid(child, &status, 0);
    return {status, errors};
}

Coro<> spin(const std::atomic<bool>& stop) {
    while (!stop) co_await yield();
}

Coro<> sleeps_for_ever() {
    while (true) co_await sleep(1h);
}

}  // namespace

TEST_CASE("linux: a flag set by another thread wakes its waiter every time: 10,000 hand-shakes") {
    constexpr int rounds = 10'000;
    ThreadSafeFlag flag;
    std::atomic<int> answered{0};
    std::thread other{[&] {
        for (int i = 1; i <= rounds; ++i) {
            flag.set();
            for (int seen = answered; seen != i; seen = answered) answered.wait(seen);
        }
    }};
    auto body = [&]() -> Coro<int> {
        for (int i = 1; i <= rounds; ++i) {
            co_await flag.wait();
            answered = i;
            answered.notify_one();
        }
        co_return answered;
    };
    CHECK(run(body()) == Result<int>{rounds});
    other.join();
    CHECK_FALSE(flag.is_set());
}

TEST_CASE("linux: hand-shakes with a thread that answers at once, so that the set strikes at every moment of the wait") {
    constexpr int rounds = 10'000;
    ThreadSafeFlag flag;
    std::atomic<int> asked{0};
    std::thread other{[&] {
        for (int i = 1; i <= rounds; ++i) {
            while (asked != i) std::this_thread::yield();
            flag.set();
        }
    }};
    auto body = [&]() -> Coro<int> {
        int i = 0;
        while (i < rounds) {
            asked = ++i;
            for (int skip = 0; skip < i % 7; ++skip) co_await yield();
            co_await flag.wait();
        }
        co_return i;
    };
    CHECK(run(body()) == Result<int>{rounds});
    other.join();
}

TEST_CASE("linux: many threads set one flag; what they did before is seen by the task that the last set wakes") {
    constexpr int threads = 4;
    constexpr int each = 2'500;
    ThreadSafeFlag flag;
    std::atomic<int> done{0};
    std::vector<std::thread> others;
    for (int i = 0; i < threads; ++i) {
        others.emplace_back([&] {
            for (int n = 0; n < each; ++n) {
                ++done;
                flag.set();
            }
        });
    }
    auto body = [&]() -> Coro<int> {
        while (done < threads * each) co_await flag.wait();
        co_return done;
    };
    CHECK(run(body()) == Result<int>{threads * each});
    for (auto& other : others) other.join();
}

TEST_CASE("linux: data written before the set may be read after the wait without further care") {
    ThreadSafeFlag full;
    ThreadSafeFlag empty;
    int mailbox = 0;  // not atomic: the flags order the accesses
    std::thread producer{[&] {
        auto body = [&]() -> Coro<> {
            for (int i = 1; i <= 1000; ++i) {
                mailbox = i;
                full.set();
                co_await empty.wait();
            }
        };
        CHECK(run(body()));
    }};
    auto body = [&]() -> Coro<int> {
        int wrong = 0;
        for (int i = 1; i <= 1000; ++i) {
            co_await full.wait();
            wrong += mailbox == i ? 0 : 1;
            empty.set();
        }
        co_return wrong;
    };
    CHECK(run(body()) == Result<int>{0});
    producer.join();
}

TEST_CASE("linux: several waiters of one flag are all served by as many sets from a thread") {
    constexpr int waiters = 50;
    ThreadSafeFlag flag;
    std::atomic<int> served{0};
    auto waits = [&]() -> Coro<> {
        co_await flag.wait();
        ++served;
        served.notify_one();
    };
    std::thread other{[&] {
        for (int i = 0; i < waiters; ++i) {
            flag.set();
            for (int seen = served; seen <= i; seen = served) served.wait(seen);
        }
    }};
    auto body = [&]() -> Coro<> {
        std::vector<Coro<>> all;
        for (int i = 0; i < waiters; ++i) all.push_back(waits());
        (void)co_await gather(std::move(all));
    };
    CHECK(run(body()));
    other.join();
    CHECK(served == waiters);
}

TEST_CASE("linux: a waiter that is cancelled while a thread sets the flag has taken it or left it") {
    constexpr int rounds = 2'000;
    ThreadSafeFlag flag;
    std::atomic<int> asked{0};
    std::atomic<int> set{0};
    std::thread other{[&] {
        for (int i = 1; i <= rounds; ++i) {
            while (asked != i) std::this_thread::yield();
            flag.set();
            set = i;
        }
    }};
    auto waits = [&]() -> Coro<> { co_await flag.wait(); };
    auto body = [&]() -> Coro<int> {
        int wrong = 0;
        for (int i = 1; i <= rounds; ++i) {
            auto task = create_task(waits());
            co_await yield();
            asked = i;
            for (int skip = 0; skip < i % 5; ++skip) co_await yield();
            while (i % 3 == 0 && set != i) std::this_thread::yield();  // it was woken, and its turn has not come
            task.cancel();
            auto result = co_await catch_cancelled(task);
            while (set != i) std::this_thread::yield();
            wrong += flag.is_set() == !result.has_value() ? 0 : 1;
            flag.clear();
        }
        co_return wrong;
    };
    CHECK(run(body()) == Result<int>{0});
    other.join();
}

TEST_CASE("linux: handles of a task are copied and asked while a thread wakes it") {
    constexpr int rounds = 1'000;
    ThreadSafeFlag flag;
    std::atomic<int> asked{0};
    std::thread other{[&] {
        for (int i = 1; i <= rounds; ++i) {
            while (asked != i) std::this_thread::yield();
            flag.set();
        }
    }};
    auto waits = [&]() -> Coro<int> {
        co_await flag.wait();
        co_return 1;
    };
    auto body = [&]() -> Coro<int> {
        int sum = 0;
        for (int i = 1; i <= rounds; ++i) {
            auto task = create_task(waits());
            co_await yield();
            asked = i;
            while (!task.done()) {
                const auto copy = task;
                (void)copy.error();
                std::this_thread::yield();
                co_await yield();
            }
            sum += *task.result();
        }
        co_return sum;
    };
    CHECK(run(body()) == Result<int>{rounds});
    other.join();
}

TEST_CASE("linux: loops in several threads at once do not know of each other") {
    auto count = [](Queue<int, 2>& queue, int messages) -> Coro<int> {
        int sum = 0;
        for (int i = 0; i < messages; ++i) {
            const int message = co_await queue.get();
            sum += message;
        }
        co_return sum;
    };
    auto feed = [](Queue<int, 2>& queue, int messages) -> Coro<> {
        for (int i = 1; i <= messages; ++i) {
            co_await queue.put(i);
            if (i % 100 == 0) co_await sleep(1us);
        }
    };
    auto body = [&]() -> Coro<int> {
        Queue<int, 2> queue;
        create_task(feed(queue, 1000));
        co_return co_await count(queue, 1000);
    };
    std::vector<std::thread> threads;
    std::vector<Result<int>> sums(4);
    for (auto& sum : sums) threads.emplace_back([&] { sum = run(body()); });
    const Result<int> own = run(body());
    for (auto& thread : threads) thread.join();
    CHECK(own == Result<int>{500'500});
    for (auto& sum : sums) CHECK(sum == Result<int>{500'500});
}

TEST_CASE("linux: two loops wake each other through flags") {
    constexpr int rounds = 2'000;
    ThreadSafeFlag ping;
    ThreadSafeFlag pong;
    auto plays = [](ThreadSafeFlag& mine, ThreadSafeFlag& theirs) -> Coro<int> {
        int count = 0;
        for (; count < rounds; ++count) {
            co_await mine.wait();
            theirs.set();
        }
        co_return count;
    };
    Result<int> other = 0;
    std::thread thread{[&] { other = run(plays(pong, ping)); }};
    ping.set();
    CHECK(run(plays(ping, pong)) == Result<int>{rounds});
    thread.join();
    CHECK(other == Result<int>{rounds});
}

TEST_CASE("linux: run after run, in main and in threads, gives everything back") {
    auto body = []() -> Coro<int> {
        co_await sleep(1us);
        co_return 7;
    };
    CHECK(run(body()) == Result<int>{7});
    const std::size_t before = open_files();  // with those of one loop, which are kept for the next
    for (int i = 0; i < 20; ++i) {
        CHECK(run(body()) == Result<int>{7});
        Result<int> other = 0;
        std::thread{[&] { other = run(body()); }}.join();
        CHECK(other == Result<int>{7});
        CHECK(run(body()) == Result<int>{7});
    }
    CHECK(open_files() == before);
}

TEST_CASE("linux: run inside a running loop is Error::nested_run, and the outer one goes on") {
    bool ran = false;
    auto inner = [&]() -> Coro<> {
        ran = true;
        co_return;
    };
    std::vector<std::string> reports;
    static std::vector<std::string>* told = nullptr;
    told = &reports;
    set_exception_handler([](const ErrorReport& report) { told->push_back(to_string(report.error)); });
    auto body = [&]() -> Coro<int> {
        const auto result = run(inner());
        CHECK(result == Result<void>{std::unexpected{Error::nested_run}});
        co_await yield();
        co_return 1;
    };
    CHECK(run(body()) == Result<int>{1});
    set_exception_handler(nullptr);
    CHECK_FALSE(ran);
    CHECK(reports.size() == 1);
}

TEST_CASE("linux: the exception handler is the thread's own") {
    static std::atomic<int> mine;
    static std::atomic<int> theirs;
    mine = theirs = 0;
    auto body = []() -> Coro<> {
        auto event = std::make_unique<Event>();
        auto waits = [&]() -> Coro<> { co_await event->wait(); };
        create_task(waits(), "left alone");
        co_await yield();
        event.reset();
        co_await yield();
        co_await yield();
    };
    set_exception_handler([](const ErrorReport&) { ++mine; });
    std::thread other{[&] {
        set_exception_handler([](const ErrorReport&) { ++theirs; });
        CHECK(run(body()));
    }};
    CHECK(run(body()));
    other.join();
    set_exception_handler(nullptr);
    CHECK(mine == 1);
    CHECK(theirs == 1);
}

TEST_CASE("linux: an exception that leaves main leaves run, and the thread may run again") {
    auto throws = []() -> Coro<int> {
        co_await yield();
        throw std::runtime_error{"from main"};
    };
    auto body = []() -> Coro<int> { co_return 3; };
    set_exception_handler([](const ErrorReport&) {});
    CHECK_THROWS_WITH_AS((void)run(throws()), "from main", std::runtime_error);
    set_exception_handler(nullptr);
    CHECK(run(body()) == Result<int>{3});
}

TEST_CASE("linux: a busy loop still sees flags that a thread sets, and timers") {
    std::atomic<bool> stop{false};
    ThreadSafeFlag flag;
    std::thread other{[&] { flag.set(); }};
    auto body = [&]() -> Coro<> {
        auto first = create_task(spin(stop));
        auto second = create_task(spin(stop));
        co_await flag.wait();
        co_await sleep(100us);
        auto late = co_await wait_for(flag.wait(), 100us);
        CHECK(late == Result<void>{std::unexpected{Error::timeout}});
        CHECK_FALSE(first.done());
        stop = true;
        co_await first;
        co_await second;
    };
    CHECK(run(body()));
    other.join();
}

TEST_CASE("linux: a sleep does not end early, and equal deadlines end in order") {
    std::vector<int> order;
    auto sleeps = [&](Clock::time_point until, int id) -> Coro<> {
        co_await sleep_until(until);
        CHECK(Clock::now() >= until);
        order.push_back(id);
    };
    auto body = [&]() -> Coro<> {
        const auto until = Clock::now() + 2ms;
        co_await gather(sleeps(until, 1), sleeps(until, 2), sleeps(until - 1ms, 0), sleeps(until, 3));
    };
    CHECK(run(body()));
    CHECK(order == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("linux: a timeout hits its own task and no other, however busy the loop is") {
    std::atomic<bool> stop{false};
    auto body = [&]() -> Coro<> {
        std::vector<Task<>> busy;
        for (int i = 0; i < 3; ++i) busy.push_back(create_task(spin(stop)));
        Event never_set;
        for (int us = 0; us < 50; ++us) {
            auto result = co_await wait_for(never_set.wait(), std::chrono::microseconds{us});
            CHECK(result == Result<void>{std::unexpected{Error::timeout}});
        }
        for (auto& task : busy) CHECK_FALSE(task.done());
        stop = true;
        for (auto& task : busy) co_await task;
    };
    CHECK(run(body()));
}

TEST_CASE("linux: SIGINT cancels the main task, whose clean-up runs; then the next run works") {
    std::vector<std::string> seen;
    struct Last {
        explicit Last(std::vector<std::string>& list) : list_{list} {}
        ~Last() { list_.push_back("destructor"); }
        std::vector<std::string>& list_;
    };
    auto waits = [&]() -> Coro<> {
        const Last last{seen};
        co_await sleeps_for_ever();
    };
    auto body = [&]() -> Coro<> {
        const Last last{seen};
        auto other = create_task(waits());
        co_await yield();
        std::raise(SIGINT);
        auto result = co_await catch_cancelled(sleeps_for_ever());
        CHECK(result == cancelled);
        seen.push_back("caught");
        co_await sleep(1us);
        co_await pass_cancelled();
    };
    const auto result = run(body());
    CHECK(result == cancelled);
    CHECK(seen == std::vector<std::string>{"caught", "destructor", "destructor"});

    auto again = []() -> Coro<int> { co_return 1; };
    CHECK(run(again()) == Result<int>{1});
}

TEST_CASE("linux: SIGINT ends a loop that sleeps and one that is busy, from another thread") {
    for (const bool busy : {false, true}) {
        std::atomic<bool> no{false};
        std::atomic<bool> started{false};
        std::thread other{[&] {
            while (!started) std::this_thread::yield();
            kill(getpid(), SIGINT);
        }};
        auto body = [&]() -> Coro<> {
            if (busy) create_task(spin(no));
            started = true;
            co_await sleeps_for_ever();
        };
        CHECK(run(body()) == cancelled);
        other.join();
    }
}

TEST_CASE("linux: SIGINT cancels only the main task of a program whose tasks are all busy") {
    std::atomic<bool> no{false};
    bool other_went_on = false;
    auto other = [&]() -> Coro<> {
        for (int i = 0; i < 500; ++i) co_await yield();
        other_went_on = true;
    };
    auto body = [&]() -> Coro<> {
        auto task = create_task(other());
        std::raise(SIGINT);
        auto result = co_await catch_cancelled(spin(no));
        CHECK(result == cancelled);
        CHECK_FALSE(task.done());
        co_await task;
    };
    CHECK(run(body()));
    CHECK(other_went_on);
}

TEST_CASE("linux: after the run, SIGINT is what it was before") {
    static int count = 0;
    count = 0;
    struct sigaction earlier{};
    struct sigaction own{};
    own.sa_handler = [](int) { ++count; };
    sigaction(SIGINT, &own, &earlier);
    auto body = []() -> Coro<> { co_return; };
    CHECK(run(body()));
    std::raise(SIGINT);
    CHECK(count == 1);
    sigaction(SIGINT, &earlier, nullptr);
}

TEST_CASE("linux: of two loops, SIGINT is for the one that began first") {
    ThreadSafeFlag ready;
    ThreadSafeFlag quit;
    std::atomic<bool> go{false};
    Result<void> second = cancelled;
    std::thread other{[&] {
        go.wait(false);
        auto body = [&]() -> Coro<> {
            ready.set();
            co_await quit.wait();
        };
        second = run(body());
    }};
    auto body = [&]() -> Coro<> {
        go = true;
        go.notify_one();
        co_await ready.wait();
        kill(getpid(), SIGINT);
        co_await sleeps_for_ever();
    };
    CHECK(run(body()) == cancelled);
    quit.set();
    other.join();
    CHECK(second == Result<void>{});
}

// Child processes last, and only while no other thread is there.

TEST_CASE("linux: a second SIGINT ends a program whose main does not end") {
    const Ended ended = in_child([] {
        auto body = []() -> Coro<> {
            std::raise(SIGINT);
            (void)co_await catch_cancelled(sleeps_for_ever());
            std::raise(SIGINT);
            co_await sleeps_for_ever();
        };
        (void)run(body());
        return 42;
    });
    CHECK(WIFSIGNALED(ended.status));
    CHECK(WTERMSIG(ended.status) == SIGINT);
}

TEST_CASE("linux: what cannot go on says why on standard error and ends the program with 1") {
    const Ended no_loop = in_child([] {
        create_task(sleeps_for_ever());
        return 42;
    });
    CHECK(WIFEXITED(no_loop.status));
    CHECK(WEXITSTATUS(no_loop.status) == 1);
    CHECK(no_loop.errors == "uasync: no running loop: this needs one, so call it inside of run(), or after making an EventLoop\n");

    const Ended pin = in_child([] {
        const Pin no_such_pin{30, Pin::out};
        return 42;
    });
    CHECK(WEXITSTATUS(pin.status) == 1);
    CHECK(pin.errors == "uasync: there is no such pin: GP0 to GP29 exist\n");
}

TEST_CASE("linux: what was printed is out before the program ends in a fatal error") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const Ended ended = in_child([&] {
        dup2(ends[1], STDOUT_FILENO);
        auto body = []() -> Coro<> {
            print("{} words\n", 2);
            const Pin no_such_pin{99, Pin::out};
            co_return;
        };
        (void)run(body());
        return 42;
    });
    close(ends[1]);
    char buffer[64];
    const ssize_t size = read(ends[0], buffer, sizeof buffer);
    close(ends[0]);
    CHECK(WEXITSTATUS(ended.status) == 1);
    CHECK(std::string(buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0))).find("2 words\n") != std::string::npos);
}
