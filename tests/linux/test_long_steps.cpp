// A step that does not end is told while it runs, by a timer's signal.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

// The tutorial's program that starves its other task.
namespace starving {
// Its main has no return, which only a main may lack.
// clang-format off
#define main not_defined(); void starve
// clang-format on
#include "../../examples/02b_starving.cpp"
#undef main
}  // namespace starving

namespace {

std::atomic<bool> caught = false;
std::atomic<int> ended = 0;
std::atomic<const char*> name = nullptr;
std::atomic<long long> ran = 0;

void note(const LongStep& step) {
    if (step.address == nullptr) {
        ++ended;
        return;
    }
    ran = step.ran.count();
    name = step.task.data();
    caught = true;
}

/// Until it is told, or for longer than it takes to tell.
void works() {
    const auto start = std::chrono::steady_clock::now();
    while (!caught && std::chrono::steady_clock::now() - start < 2s) {
    }
}
Coro<> hog() {
    works();
    co_return;
}

/// How many timers this process has, where Linux tells.
std::size_t timers() {
    std::ifstream file{"/proc/self/timers"};
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) count += line.starts_with("ID: ") ? 1 : 0;
    return count;
}

std::atomic<int> signals = 0;
void (*handler_before)(int, siginfo_t*, void*) = nullptr;

/// Counts the timer's signals, from now on.
void count_signals() {
    struct sigaction action{};
    sigaction(SIGRTMIN, nullptr, &action);
    handler_before = action.sa_sigaction;
    action.sa_sigaction = [](int number, siginfo_t* info, void* context) {
        ++signals;
        handler_before(number, info, context);
    };
    sigaction(SIGRTMIN, &action, nullptr);
}

void block_signal(bool block) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    pthread_sigmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, nullptr);
}

}  // namespace

TEST_CASE("report_long_steps: a step that does not end is told while it runs, and again when it has ended") {
    const auto runs = [] {
        caught = false;
        ended = 0;
        CHECK(run([]() -> Coro<> {
            report_long_steps(5ms, note);
            co_await sleep_ms(1);
            co_await create_task(hog(), "hog");
            report_long_steps(0ms);
        }()));
        CHECK(std::string{name} == "hog");
        CHECK(ran >= 5000);
        CHECK(ended == 1);
    };
    runs();
    const std::size_t before = timers();
    std::thread{runs}.join();  // each thread has its own timer
    CHECK(timers() == before);
}

TEST_CASE("report_long_steps: the signal leaves errno alone") {
    int seen = -1;
    caught = false;
    CHECK(run([](int& error) -> Coro<> {
        report_long_steps(1ms, [](const LongStep& step) {
            errno = EBUSY;
            note(step);
        });
        co_await yield();
        errno = 0;
        works();
        error = errno;
        report_long_steps(0ms);
    }(seen)));
    CHECK(caught);
    CHECK(seen == 0);
}

TEST_CASE("report_long_steps: a new limit counts at once") {
    caught = false;
    CHECK(run([]() -> Coro<> {
        report_long_steps(1h, note);
        report_long_steps(2ms, note);
        co_await create_task(hog(), "hog");
        report_long_steps(0ms);
    }()));
    CHECK(caught);
}

TEST_CASE("report_long_steps: a step that has just begun when the timer fires is not told") {
    ran = 1000;
    CHECK(run([]() -> Coro<> {
        report_long_steps(1ms, [](const LongStep& step) { ran = std::min<long long>(ran, step.ran.count()); });
        // Short steps, unless the machine has something else to do meanwhile.
        for (const auto end = std::chrono::steady_clock::now() + 5ms; std::chrono::steady_clock::now() < end;) co_await yield();
        report_long_steps(0ms);
    }()));
    CHECK(ran == 1000);
}

TEST_CASE("report_long_steps: steps are told while they run also after the timer has fired between two steps") {
    caught = false;
    CHECK(run([]() -> Coro<> {
        report_long_steps(1ms, [](const LongStep& step) {
            if (step.address == nullptr) block_signal(false);  // here no step runs
            note(step);
        });
        co_await yield();
        block_signal(true);
        for (const auto end = std::chrono::steady_clock::now() + 2ms; std::chrono::steady_clock::now() < end;) {
        }
        co_await yield();
        works();
        report_long_steps(0ms);
    }()));
    CHECK(caught);
}

TEST_CASE("report_long_steps: the timer rests while the loop sleeps") {
    int fewest = 1;
    CHECK(run([](int& least) -> Coro<> {
        report_long_steps(1ms, note);
        co_await yield();
        count_signals();
        // On a machine that does other things, a step may be long.
        for (int tries = 0; tries < 20 && least != 0; ++tries) {
            signals = 0;
            co_await sleep_ms(3);
            least = std::min<int>(least, signals);
        }
        report_long_steps(0ms);
    }(fewest)));
    CHECK(fewest == 0);
}

TEST_CASE("report_long_steps: names who starves the others in the tutorial's step 2b") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        (void)std::freopen("/dev/null", "w", stdout);
        report_long_steps(10ms, [](const LongStep& step) {
            print_long_step(step);
            _exit(7);
        });
        starving::starve();
        _exit(0);
    }
    close(ends[1]);
    std::string text;
    char piece[256];
    for (ssize_t n = 0; (n = read(ends[0], piece, sizeof piece)) > 0;) text.append(piece, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 7);
    CHECK(text.starts_with("uasync: task 'async_main' has run for "));
    CHECK(text.find(" ms without an await, at 0x") != std::string::npos);
}
