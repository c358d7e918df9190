// Whatever can be awaited may be given to everything that takes a coroutine, and gives its result, also one that can only be moved.

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

using Box = std::unique_ptr<int>;

Coro<Box> boxed(int value) {
    co_await yield();
    co_return std::make_unique<int>(value);
}
Coro<int> seven() {
    co_await yield();
    co_return 7;
}
Coro<> nothing() { co_return; }

/// "1 2 3"
template <class... T>
std::string list(const T&... values) {
    std::string text;
    ((text += (text.empty() ? "" : " ") + std::to_string(values)), ...);
    return text;
}

}  // namespace

// Any awaitable ------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "create_task: of a primitive's operation, a sleep, a future") {
    Queue<int, 2> queue;
    Future<int> future;
    auto main = [&]() -> Coro<> {
        auto message = create_task(queue.get(), "getter");
        auto sleep = create_task(sleep_ms(5));
        auto answer = create_task(future);
        CHECK(message.name() == "getter");
        co_await yield();
        queue.put_nowait(1);
        future.set_result(2);
        const int got = co_await message;
        trace("message", got);
        const int answered = co_await answer;
        trace("answer", answered);
        co_await sleep;
        trace("slept");
    };
    CHECK(run(main()));
    trace.expect({"0 message 1", "0 answer 2", "5 slept"});
}

TEST_CASE_FIXTURE(Simulated, "create_task: cancelling the task cancels the operation, which has taken nothing") {
    Queue<int, 2> queue;
    auto main = [&]() -> Coro<> {
        auto message = create_task(queue.get());
        co_await yield();
        queue.put_nowait(1);
        message.cancel();
        co_await yield();
        CHECK(message.error() == Error::cancelled);
        CHECK(queue.get_nowait() == 1);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "gather, shield, as_completed, select: of awaitables of any kind, in one call") {
    Queue<int, 2> queue;
    Event event;
    auto main = [&]() -> Coro<> {
        queue.put_nowait(1);
        queue.put_nowait(2);
        auto task = create_task(seven());
        const auto [slept, message, result, again] = co_await gather(sleep_ms(3), queue.get(), seven(), task);
        static_assert(std::is_same_v<decltype(slept), const std::monostate>);
        trace("gathered", message + result + again);
        const auto results = co_await gather(return_exceptions, queue.get(), nothing());
        trace("results " + outcome(std::get<0>(results)) + " " + outcome(std::get<1>(results)));
        queue.put_nowait(3);
        const int shielded = co_await shield(queue.get());
        trace("shielded", shielded);
        queue.put_nowait(4);
        auto completed = as_completed(seven(), queue.get());
        auto first = co_await completed.next();
        auto second = co_await completed.next();
        trace("completed " + list(first->result().value(), second->result().value()));
        event.set();
        const auto winner = co_await select(queue.get(), event.wait());
        trace("winner", winner.index());
    };
    CHECK(run(main()));
    trace.expect({"3 gathered 15", "3 results 2 ok", "3 shielded 3", "3 completed 4 7", "3 winner 1"});
}

TEST_CASE_FIXTURE(Simulated, "gather: of an array and of a vector of operations") {
    Queue<int, 4> queue;
    auto main = [&]() -> Coro<> {
        for (const int i : {1, 2, 3, 4}) queue.put_nowait(i);
        std::array two{queue.get(), queue.get()};
        const auto [a, b] = co_await gather(std::move(two));
        std::vector<decltype(queue.get())> more;
        more.push_back(queue.get());
        more.push_back(queue.get());
        const auto c = co_await gather(std::move(more));
        trace("got " + list(a, b, c.at(0), c.at(1)));
    };
    CHECK(run(main()));
    trace.expect({"0 got 1 2 3 4"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup::create_task, EventLoop::create_task: of any awaitable") {
    Queue<int, 2> queue;
    EventLoop loop;
    auto sleep = loop.create_task(sleep_ms(4), "sleeper");
    auto main = [&]() -> Coro<int> {
        TaskGroup group;
        Task<int> message;
        auto body = [&]() -> Coro<> {
            message = group.create_task(queue.get());
            group.create_task(queue.put(5));
            co_await nothing();
        };
        const auto result = co_await group(body());
        CHECK(result);
        co_return *message.result();
    };
    CHECK(loop.run_until_complete(main()) == 5);
    CHECK(loop.run_until_complete(sleep));
    trace("slept");
    trace.expect({"4 slept"});
}

// Results that can only be moved -------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a result that can only be moved comes through every await of a coroutine") {
    auto main = [&]() -> Coro<> {
        auto caught = co_await catch_cancelled(boxed(1));
        auto timely = co_await wait_for(boxed(2), 1s);
        auto limit = timeout(1s);
        auto limited = co_await limit(boxed(3));
        auto deferred = co_await defer(boxed(4), nothing);
        auto [gathered] = co_await gather(boxed(5));
        auto results = co_await gather(return_exceptions, boxed(6));
        auto first = co_await select(boxed(7), sleep(1s));
        auto shielded = co_await shield(boxed(8));
        trace("got " +
              list(**caught, **timely, **limited, *deferred, *gathered, **std::get<0>(results), *std::get<0>(first), *shielded));
    };
    CHECK(run(main()));
    trace.expect({"0 got 1 2 3 4 5 6 7 8"});
}

TEST_CASE_FIXTURE(Simulated, "a result that can only be moved is moved out of a task, also where that has other handles") {
    auto main = [&]() -> Coro<> {
        const auto started = [](int value) { return create_task(boxed(value)); };
        auto task = started(1);
        auto caught = co_await catch_cancelled(task);
        CHECK(**caught == 1);
        CHECK(*task.result() == nullptr);
        task = started(2);
        auto timely = co_await wait_for(task, 1s);
        CHECK(**timely == 2);
        task = started(3);
        auto limit = timeout(1s);
        auto limited = co_await limit(task);
        CHECK(**limited == 3);
        task = started(4);
        auto deferred = co_await defer(task, nothing);
        CHECK(*deferred == 4);
        task = started(5);
        co_await task;
        CHECK(**task.result() == 5);
        CHECK(*task.result() == nullptr);
        task = started(6);
        auto [gathered] = co_await gather(task);
        CHECK(*gathered == 6);
        task = started(7);
        auto first = co_await select(task, sleep(1s));
        CHECK(*std::get<0>(first) == 7);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a result that can only be moved is moved out of a future, and out of a queue") {
    Future<Box> future;
    Queue<Box, 2> queue;
    auto main = [&]() -> Coro<> {
        future.set_result(std::make_unique<int>(1));
        auto caught = co_await catch_cancelled(future);
        CHECK(**caught == 1);
        CHECK(*future.result() == nullptr);
        queue.put_nowait(std::make_unique<int>(2));
        auto task = create_task(queue.get());
        auto box = co_await std::move(task);
        CHECK(*box == 2);
        queue.put_nowait(std::make_unique<int>(3));
        auto timely = co_await wait_for(queue.get(), 1s);
        CHECK(**timely == 3);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a result that can only be moved: run_until_complete of a coroutine and of a task") {
    EventLoop loop;
    CHECK(**loop.run_until_complete(boxed(1)) == 1);
    auto task = loop.create_task(boxed(2));
    CHECK(**loop.run_until_complete(task) == 2);
}
