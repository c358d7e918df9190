// A step that does not end is told while it runs, by a timer's signal.

#include <atomic>
#include <cstdio>
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

Coro<> hog() {
    while (!caught) {
    }
    co_return;
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
    std::thread{runs}.join();  // each thread has its own timer
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
