// Programs that do what they must not, or what looks so: each costs the task that does it, at most, and is told in one line.

#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

Coro<> blink() {
    Pin led{25, Pin::out};
    while (true) {
        led.toggle();
        co_await sleep_ms(10);
    }
}

Coro<int> seven() {
    co_await yield();
    co_return 7;
}

// Coroutines -----------------------------------------------------------------------------------------------------------------------

Coro<> awaits_twice() {
    auto coroutine = seven();
    print("first: {}\n", co_await coroutine);
    print("second: {}\n", co_await coroutine);
}

Coro<> awaits_after_a_move() {
    auto coroutine = seven();
    auto other = std::move(coroutine);
    print("other: {}\n", co_await other);
    print("moved from: {}\n", co_await coroutine);
}

Coro<> starts_after_a_move() {
    auto coroutine = seven();
    const auto task = create_task(std::move(coroutine));
    const auto again = create_task(std::move(coroutine));  // NOLINT(bugprone-use-after-move): that is the point
    print("done {}: {}\n", again.done(), again.error());
    print("the first is {}\n", co_await task);
}

std::optional<Task<>> own_handle;
Coro<> awaits_itself() {
    co_await yield();
    co_await *own_handle;
}

Coro<> coroutines() {
    create_task(blink());
    for (auto misuse : {awaits_twice, awaits_after_a_move, starts_after_a_move}) {
        const auto task = create_task(misuse());
        co_await sleep_ms(1);
        print("done {}\n", task.done());
    }
    own_handle = create_task(awaits_itself());
    co_await sleep_ms(1);
    print("done {}\n", own_handle->done());
    own_handle.reset();
    const auto caught = co_await catch_cancelled(awaits_twice());
    print("caught: {}\n", caught.error());
}

// Handles --------------------------------------------------------------------------------------------------------------------------

Coro<> counts(int& steps) {
    for (int i = 0; i < 5; ++i) {
        co_await sleep_ms(1);
        ++steps;
    }
}

Coro<> handles() {
    const std::size_t before = frame_pool_use().in_use;
    {
        const auto task = create_task(seven());
        co_await sleep_ms(1);
        const auto other = create_task(seven());  // may not get the first one's memory
        co_await sleep_ms(1);
        print("the handle outlives the task: {} {} {}\n", task.done(), co_await task, co_await task);
    }
    int steps = 0;
    create_task(counts(steps));
    co_await sleep_ms(10);
    print("the task outlives the handle: {} steps\n", steps);
    {
        std::optional<Task<>> handle{create_task(counts(steps))};
        const std::optional<Task<>> copy = handle;
        co_await sleep_ms(2);
        handle.reset();
        co_await sleep_ms(10);
        print("a copy of the handle: {} steps, done {}\n", steps, copy->done());
    }
    print("{} bytes leak\n", static_cast<unsigned>(frame_pool_use().in_use - before));
}

// run ------------------------------------------------------------------------------------------------------------------------------

Coro<> nests() {
    const auto result = run(seven());
    print("run inside run gives {}\n", result.error());
    print("and goes on: {}\n", co_await seven());
}

Coro<> runs_inside() {
    create_task(blink());
    co_await create_task(nests());
    co_await sleep_ms(20);
}

Coro<int> with_leftovers(int value) {
    create_task(blink());
    create_task(counts(value));
    co_await sleep_ms(2);
    co_return value;
}

// Deadlines ------------------------------------------------------------------------------------------------------------------------

Coro<> yields(const char* name, int times) {
    for (int i = 0; i < times; ++i) co_await yield();
    print("{} ", name);
}

template <class Sleep>
Coro<> passed(const char* name, Sleep sleep_so) {
    const auto start = Clock::now();
    co_await sleep_so();
    print("{}{} ", name, Clock::now() - start < 500us ? "" : " LATE");
}

// Each of these yields once: it ends between a task that yields once before it and one that does so after it.
Coro<> deadlines_in_the_past() {
    const auto order = [](auto sleep_so) -> Coro<> {
        co_await gather(yields("before", 1), passed("it", sleep_so), yields("after", 1), yields("twice", 2));
        print("\n");
    };
    co_await order([] { return sleep_ms(0); });
    co_await order([] { return sleep_ms(-1); });
    co_await order([] { return sleep_ms(std::numeric_limits<std::int32_t>::min()); });
    co_await order([] { return sleep(-1s); });
    co_await order([] { return sleep_until(Clock::now()); });
    co_await order([] { return sleep_until(Clock::now() - 1s); });
    co_await order([] { return sleep_until(Clock::time_point{-5us}); });
    co_await order([] { return sleep_until(Clock::time_point::min()); });
}

template <class Sleep>
Coro<> far(int& ended, Sleep sleep_so) {
    co_await sleep_so();
    ++ended;
}

Coro<> deadlines_years_ahead() {
    int ended = 0;
    create_task(blink());
    const std::array tasks{
        create_task(far(ended, [] { return sleep_ms(std::numeric_limits<std::int32_t>::max()); })),
        create_task(far(ended, [] { return sleep(std::chrono::hours{24 * 365 * 50}); })),
        create_task(far(ended, [] { return sleep(std::chrono::microseconds::max()); })),
        create_task(far(ended, [] { return sleep_until(Clock::time_point::max()); })),
        create_task(far(ended, [] { return sleep_until(Clock::time_point{} + std::chrono::hours{24 * 365 * 71}); })),
    };
    co_await sleep_ms(200);
    print("years ahead: {} ended\n", ended);
    const auto r = co_await wait_for(far(ended, [] { return sleep_ms(5); }), std::chrono::hours{24 * 365 * 70});
    print("a limit of years: {}, {} ended\n", r ? "in time" : "timeout", ended);
    for (const auto& task : tasks) task.cancel();
    co_await sleep_ms(1);
    int done = 0;
    for (const auto& task : tasks) done += task.done() && task.error() == Error::cancelled ? 1 : 0;
    print("cancelled: {}\n", done);
}

template <class T>
void print_run(const char* what, const Result<T>& result) {
    print("{}: {}, {} bytes in use\n", what, result ? Error::none : result.error(), static_cast<unsigned>(frame_pool_use().in_use));
}

}  // namespace

int main() {
    print_run("coroutines", run(coroutines()));
    print_run("handles", run(handles()));
    print_run("run inside run", run(runs_inside()));
    print("first run: {}\n", *run(with_leftovers(1)));
    print("second run: {}\n", *run(with_leftovers(2)));
    auto coroutine = with_leftovers(3);
    print("third run: {}\n", *run(std::move(coroutine)));
    print_run("run of nothing", run(std::move(coroutine)));  // NOLINT(bugprone-use-after-move): that is the point
    print_run("in the past", run(deadlines_in_the_past()));
    print_run("years ahead", run(deadlines_years_ahead()));
}
