// Whatever can be awaited may be given to everything that takes a coroutine, and gives its result, also one that can only be moved.

#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <uasync/board.hpp>
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

/// Awaiters have no copies; one that has not begun may be moved to where it will be awaited; a Coro is a value beside.
template <class A>
consteval bool is_awaiter_like_all() {
    using Awaiter = std::remove_cvref_t<decltype(detail::get_awaiter(std::declval<A>()))>;
    return !std::is_copy_constructible_v<Awaiter> && !std::is_copy_assignable_v<Awaiter> && !std::is_move_assignable_v<Awaiter> &&
           std::is_move_constructible_v<Awaiter>;
}
/// What the operations of an object give.
template <class X, class... F>
consteval bool operations_of(F...) {
    return (is_awaiter_like_all<std::invoke_result_t<F, X&>>() && ...);
}

// Time.
static_assert(is_awaiter_like_all<decltype(yield())>());
static_assert(is_awaiter_like_all<decltype(sleep_ms(1))>());
static_assert(is_awaiter_like_all<decltype(sleep_ms(1U))>());
static_assert(is_awaiter_like_all<decltype(sleep(1s))>());
static_assert(is_awaiter_like_all<decltype(sleep_until(Clock::time_point{}))>());
static_assert(operations_of<Ticker>([](Ticker& x) { return x.tick(); }));
static_assert(operations_of<Delay>([](Delay& x) { return x.wait(); }));
// Tasks.
static_assert(is_awaiter_like_all<Task<int>>() && is_awaiter_like_all<Task<int>&>() && is_awaiter_like_all<Task<>>());
static_assert(is_awaiter_like_all<decltype(catch_cancelled(nothing()))>());
static_assert(is_awaiter_like_all<decltype(pass_cancelled())>());
static_assert(is_awaiter_like_all<decltype(wait_for(nothing(), 1s))>() && is_awaiter_like_all<decltype(wait_for(yield(), 1s))>());
static_assert(operations_of<Timeout>([](Timeout& x) { return x(nothing()); }));
static_assert(is_awaiter_like_all<decltype(gather(seven(), nothing()))>());
static_assert(is_awaiter_like_all<decltype(gather(std::declval<std::array<Task<>, 2>>()))>());
static_assert(is_awaiter_like_all<decltype(gather(return_exceptions, std::declval<std::vector<Task<>>>()))>());
static_assert(is_awaiter_like_all<decltype(select(seven(), nothing()))>());
static_assert(is_awaiter_like_all<decltype(race(std::declval<std::array<Task<>, 2>>()))>());
static_assert(is_awaiter_like_all<decltype(shield(seven()))>());
static_assert(is_awaiter_like_all<decltype(wait(std::declval<std::array<Task<>, 2>>()))>());
static_assert(is_awaiter_like_all<decltype(wait(std::declval<std::vector<Task<>>&>(), first_completed, 1s))>());
static_assert(operations_of<AsCompleted<int, 2>>([](auto& x) { return x.next(); }));
static_assert(operations_of<AsyncGenerator<int>>([](auto& x) { return x.next(); }));
// Primitives.
static_assert(operations_of<WaitQueue>([](WaitQueue& x) { return x.wait_unless([] { return true; }, "x"); }));
static_assert(operations_of<Event>([](Event& x) { return x.wait(); }));
static_assert(operations_of<ThreadSafeFlag>([](ThreadSafeFlag& x) { return x.wait(); }));
static_assert(operations_of<Lock>([](Lock& x) { return x.acquire(); }, [](Lock& x) { return x.scoped_lock(); }));
static_assert(operations_of<RwLock>([](RwLock& x) { return x.acquire_read(); }, [](RwLock& x) { return x.scoped_write(); }));
static_assert(operations_of<Semaphore>([](auto& x) { return x.acquire(); }, [](auto& x) { return x.scoped_lock(); }));
static_assert(operations_of<BoundedSemaphore>([](auto& x) { return x.scoped_lock(); }));
static_assert(operations_of<Condition>([](auto& x) { return x.acquire(); }, [](auto& x) { return x.scoped_lock(); }));
static_assert(operations_of<Barrier>([](Barrier& x) { return x.wait(); }));
static_assert(operations_of<Once>([](Once& x) { return x.call(nothing); }));
static_assert(is_awaiter_like_all<Future<int>&>() && is_awaiter_like_all<Future<>&>());
static_assert(operations_of<WaitAny<2>>([](auto& x) { return x.wait(); }));
static_assert(operations_of<WaitAll<2>>([](auto& x) { return x.wait(); }));
static_assert(operations_of<Queue<int, 2>>([](auto& x) { return x.get(); }, [](auto& x) { return x.put(1); }));
static_assert(operations_of<Queue<Box, 2>>([](auto& x) { return x.get(); }, [](auto& x) { return x.put(nullptr); }));
static_assert(operations_of<LifoQueue<int, 2>>([](auto& x) { return x.get(); }, [](auto& x) { return x.put(1); }));
static_assert(operations_of<PriorityQueue<int, 2>>([](auto& x) { return x.get(); }, [](auto& x) { return x.put(1); }));
static_assert(operations_of<JoinableQueue<int, 2>>([](auto& x) { return x.get(); }, [](auto& x) { return x.put(1); },
                                                   [](auto& x) { return x.join(); }));
static_assert(operations_of<Channel<int, 0>>([](auto& x) { return x.receive(); }, [](auto& x) { return x.send(1); }));
static_assert(operations_of<RingQueue<int, 2>>([](auto& x) { return x.get(); }));
static_assert(operations_of<Latest<int>>([](auto& x) { return x.get(); }));
static_assert(operations_of<Watch<int>::Reader>([](auto& x) { return x.get(); }));
static_assert(operations_of<Broadcast<int, 2>::Subscriber>([](auto& x) { return x.get(); }));
static_assert(operations_of<Broadcast<int, 2, Lag::wait>>([](auto& x) { return x.publish(1); }));
static_assert(operations_of<Pipe<8>>([](auto& x) { return x.read(std::span<char>{}); },
                                     [](auto& x) { return x.read_exactly(std::span<char>{}); },
                                     [](auto& x) { return x.write("x"); }));
static_assert(operations_of<Pin>([](Pin& x) { return x.wait_for_any_edge(); }));

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
        trace("winner", static_cast<int>(winner.index()));
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

// Moves --------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "an operation that is moved before it is awaited is as new") {
    Lock lock;
    Queue<int, 2> queue;
    auto main = [&]() -> Coro<> {
        auto acquire = lock.scoped_lock();
        auto moved = std::move(acquire);
        {
            const auto guard = co_await moved;
            CHECK(lock.locked());
        }
        CHECK_FALSE(lock.locked());
        auto get = queue.get();
        auto task = create_task(std::move(get));
        co_await yield();
        queue.put_nowait(1);
        const int message = co_await task;
        CHECK(message == 1);
    };
    CHECK(run(main()));
}
