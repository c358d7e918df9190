#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/delay.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/task/shield.hpp>
#include <uasync/sync/barrier.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/sync/lock.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>
#include <support/stack.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

Coro<> long_sleep() { co_await sleep_ms(1000); }

}  // namespace

// When the cancellation strikes -----------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a task cancelled before its first step never runs") {
    auto child = [&]([[maybe_unused]] Noted noted) -> Coro<> {
        trace("not reached");
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child(Noted{trace, "parameter destroyed"}));
        CHECK(task.cancel());
        CHECK_FALSE(task.done());
        co_await yield();
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"0 parameter destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "a task cancelled while it is ready ends at its turn, in its place") {
    auto child = [&](const char* name) -> Coro<> {
        Noted noted{trace, name};
        while (true) co_await yield();
    };
    auto other = [&]() -> Coro<> {
        co_await yield();
        trace("other");
    };
    auto main = [&]() -> Coro<> {
        auto first = create_task(child("first destroyed"));
        auto between = create_task(other());
        auto second = create_task(child("second destroyed"));
        co_await yield();
        second.cancel();
        first.cancel();
        trace("cancelled");
        co_await yield();
    };
    CHECK(run(main()));
    trace.expect({"0 cancelled", "0 first destroyed", "0 other", "0 second destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "a task cancelled while it sleeps ends at its next turn, not at its deadline") {
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "destroyed"};
        co_await long_sleep();
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(3);
        task.cancel();
        trace("cancelled");
        co_await yield();
        CHECK(task.done());
    };
    CHECK(run(main()));
    trace.expect({"3 cancelled", "3 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "a task cancelled twice in a row is cancelled once") {
    auto child = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(long_sleep());
        trace(outcome(r));
        co_await sleep_ms(5);
        trace("went on");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        CHECK(task.cancel());
        CHECK(task.cancel());
        co_await task;
    };
    CHECK(run(main()));
    trace.expect({"1 cancelled", "6 went on"});
}

TEST_CASE_FIXTURE(Simulated, "a task that refuses can be cancelled again") {
    auto child = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            auto r = co_await catch_cancelled(long_sleep());
            trace(outcome(r), i);
        }
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        while (!task.done()) {
            co_await sleep_ms(1);
            task.cancel();
            co_await yield();
        }
        CHECK(task.error() == Error::none);
    };
    CHECK(run(main()));
    trace.expect({"1 cancelled 0", "2 cancelled 1", "3 cancelled 2"});
}

TEST_CASE_FIXTURE(Simulated, "a task cancelled in the pass in which its sleep ends is cancelled") {
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "destroyed"};
        co_await sleep_ms(5);
        trace("not reached");
    };
    std::optional<Task<>> task;
    auto canceller = [&]() -> Coro<> {
        co_await sleep_ms(5);
        task->cancel();
    };
    auto main = [&]() -> Coro<> {
        auto first = create_task(canceller());
        task = create_task(child());
        co_await sleep_ms(10);
        CHECK(task->error() == Error::cancelled);
        task.reset();
    };
    CHECK(run(main()));
    trace.expect({"5 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "tasks that cancel each other again and again do not starve the others") {
    std::optional<Task<>> left;
    std::optional<Task<>> right;
    auto duellist = [&](std::optional<Task<>>& other) -> Coro<> {
        for (int i = 0; i < 5000; ++i) {
            (void)co_await catch_cancelled(yield());
            if (other) other->cancel();
        }
    };
    auto main = [&]() -> Coro<> {
        left = create_task(duellist(right));
        right = create_task(duellist(left));
        co_await sleep_ms(1);
        CHECK_FALSE(left->done());
        left.reset();
        right.reset();
    };
    CHECK(run(main()));
}

// A task that cancels itself ----------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a task that cancels itself is cancelled at its next await that waits") {
    auto at_once = [&]() -> Coro<> {
        trace("await that does not wait");
        co_return;
    };
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "destroyed"};
        CHECK(current_task().cancel());
        trace("goes on");
        co_await at_once();
        co_await sleep_ms(5);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"0 goes on", "0 await that does not wait", "0 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "a task that cancels itself and never waits again ends with its value") {
    auto child = [&]() -> Coro<int> {
        current_task().cancel();
        co_return 7;
    };
    auto main = [&]() -> Coro<int> { co_return co_await create_task(child()); };
    CHECK(run(main()) == 7);
}

TEST_CASE_FIXTURE(Simulated, "a task that cancels itself and ends leaves the next task alone") {
    auto self_canceller = []() -> Coro<> {
        current_task().cancel();
        co_return;
    };
    auto next = [&]() -> Coro<> {
        co_await yield();
        trace("next");
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(self_canceller());
        auto b = create_task(next());
        co_await sleep_ms(1);
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 next", "1 main"});
}

TEST_CASE_FIXTURE(Simulated, "two self cancellations in a row are one; two with a catch between them are two") {
    auto child = [&]() -> Coro<> {
        current_task().cancel();
        current_task().cancel();
        auto first = co_await catch_cancelled(long_sleep());
        trace("first " + outcome(first));
        co_await sleep_ms(1);
        trace("went on");
        current_task().cancel();
        auto second = co_await catch_cancelled(long_sleep());
        trace("second " + outcome(second));
    };
    auto main = [&]() -> Coro<> { co_await create_task(child()); };
    CHECK(run(main()));
    trace.expect({"0 first cancelled", "1 went on", "1 second cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "a self cancellation is effective at a yield and at the await of a task as well") {
    auto at_yield = [&]() -> Coro<> {
        current_task().cancel();
        auto r = co_await catch_cancelled(yield());
        trace("yield " + outcome(r));
    };
    auto at_task = [&]() -> Coro<> {
        auto sleeper = create_task(long_sleep());
        current_task().cancel();
        auto r = co_await catch_cancelled(sleeper);
        trace("task " + outcome(r));
        CHECK(sleeper.error() == Error::cancelled);
    };
    auto main = [&]() -> Coro<> {
        co_await create_task(at_yield());
        co_await create_task(at_task());
    };
    CHECK(run(main()));
    trace.expect({"0 yield cancelled", "0 task cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "main may cancel itself") {
    auto main = [&]() -> Coro<> {
        current_task().cancel();
        co_await yield();
        trace("not reached");
    };
    CHECK(run(main()) == std::unexpected{Error::cancelled});
    trace.expect({});
}

// What a cancelled task holds and waits for ---------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a task cancelled while it holds a lock releases it") {
    Lock lock;
    auto holder = [&]() -> Coro<> {
        auto guard = co_await lock.scoped_lock();
        co_await long_sleep();
    };
    auto next = [&]() -> Coro<> {
        auto guard = co_await lock.scoped_lock();
        trace("next has the lock");
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(holder());
        auto b = create_task(next());
        co_await sleep_ms(1);
        a.cancel();
        co_await b;
        CHECK_FALSE(lock.locked());
    };
    CHECK(run(main()));
    trace.expect({"1 next has the lock"});
}

TEST_CASE_FIXTURE(Simulated, "a cancellation is forwarded to the task that is awaited, and comes back when that has ended") {
    auto inner = [&]() -> Coro<> {
        Noted noted{trace, "inner destroyed"};
        auto r = co_await catch_cancelled(long_sleep());
        trace("inner " + outcome(r));
        co_await sleep_ms(5);
        co_await pass_cancelled();
    };
    auto outer = [&]() -> Coro<> {
        Noted noted{trace, "outer destroyed"};
        co_await create_task(inner());
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(outer());
        co_await sleep_ms(1);
        task.cancel();
        co_await sleep_ms(1);
        CHECK_FALSE(task.done());
        auto r = co_await catch_cancelled(task);
        trace("main " + outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"1 inner cancelled", "6 inner destroyed", "6 outer destroyed", "6 main cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "if the awaited task swallows a forwarded cancellation, the waiter goes on with its value") {
    auto inner = [&]() -> Coro<int> {
        (void)co_await catch_cancelled(long_sleep());
        co_return 7;
    };
    auto outer = [&]() -> Coro<> {
        auto task = create_task(inner());
        trace("value", co_await task);
        co_await sleep_ms(1);
        trace("outer went on");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(outer());
        co_await sleep_ms(1);
        task.cancel();
        co_await task;
    };
    CHECK(run(main()));
    trace.expect({"1 value 7", "2 outer went on"});
}

TEST_CASE_FIXTURE(Simulated, "a task that waits for one that has just ended is cancelled, and the result stays") {
    auto inner = []() -> Coro<int> {
        co_await sleep_ms(5);
        co_return 7;
    };
    auto outer = [&](Task<int> task) -> Coro<> {
        Noted noted{trace, "outer destroyed"};
        co_await task;
        trace("not reached");
    };
    std::optional<Task<>> waiting;
    auto canceller = [&](Task<int> task) -> Coro<> {
        co_await task;
        waiting->cancel();
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(inner());
        auto first = create_task(canceller(task));
        waiting = create_task(outer(task));
        co_await sleep_ms(10);
        CHECK(waiting->error() == Error::cancelled);
        CHECK(task.result() == 7);
        waiting.reset();
    };
    CHECK(run(main()));
    trace.expect({"5 outer destroyed"});
}

TEST_CASE_FIXTURE(Simulated,
                  "of several that await a task, the cancelled one takes the task and the others with it, as in asyncio") {
    auto waiter = [&](Task<> task, std::string name) -> Coro<> {
        Noted noted{trace, name};
        co_await task;
    };
    auto main = [&]() -> Coro<> {
        auto target = create_task(long_sleep());
        auto a = create_task(waiter(target, "a"));
        auto b = create_task(waiter(target, "b"));
        co_await sleep_ms(1);
        b.cancel();
        co_await sleep_ms(1);
        CHECK(target.error() == Error::cancelled);
        CHECK(a.error() == Error::cancelled);
        CHECK(b.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"1 a", "1 b"});
}

TEST_CASE_FIXTURE(Simulated, "cancelling one of a ring of tasks that await each other ends them all") {
    for (std::size_t cancelled = 0; cancelled < 3; ++cancelled) {
        CAPTURE(cancelled);
        std::vector<Task<>> ring;
        ring.reserve(3);
        auto node = [&](std::size_t next) -> Coro<> {
            co_await yield();
            co_await ring[next];
        };
        auto main = [&]() -> Coro<> {
            for (const std::size_t next : {1U, 2U, 0U}) ring.push_back(create_task(node(next)));
            co_await sleep_ms(1);
            CHECK(ring[cancelled].cancel());
            co_await sleep_ms(1);
            for (const auto& task : ring) CHECK(task.error() == Error::cancelled);
        };
        CHECK(run(main()));
        ring.clear();
    }
}

TEST_CASE_FIXTURE(Simulated, "a ring through a gather and a wait_for is ended by a cancellation too") {
    std::vector<Task<>> ring;
    ring.reserve(3);
    auto by_gather = [&]() -> Coro<> {
        co_await yield();
        co_await gather(ring[1], create_task(long_sleep()));
    };
    auto by_wait_for = [&]() -> Coro<> {
        co_await yield();
        (void)co_await wait_for(ring[2], 10s);
    };
    auto plain = [&]() -> Coro<> {
        co_await yield();
        co_await ring[0];
    };
    auto main = [&]() -> Coro<> {
        ring.push_back(create_task(by_gather()));
        ring.push_back(create_task(by_wait_for()));
        ring.push_back(create_task(plain()));
        co_await sleep_ms(1);
        ring[1].cancel();
        co_await sleep_ms(1);
        for (const auto& task : ring) CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    CHECK(sim::now() == 2ms);
    ring.clear();
}

TEST_CASE_FIXTURE(Simulated,
                  "a cancellation comes back through 2,000 tasks that await each other with no more stack than through one") {
    StackExtent stack;
    struct Looks {
        explicit Looks(StackExtent& s) : extent{s} {}
        ~Looks() { extent.look(); }
        StackExtent& extent;
    };
    auto first = []() -> Coro<> { co_await long_sleep(); };
    auto next = [&](Task<> before) -> Coro<> {
        Looks looks{stack};
        co_await before;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(first());
        constexpr int length = UASYNC_BOARD ? 500 : 2000;  // a board has memory for so many
        for (int i = 0; i < length; ++i) task = create_task(next(task));
        co_await sleep_ms(1);
        task.cancel();
        co_await sleep_ms(100);
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    CHECK(stack.bytes() < 4096);
}

TEST_CASE_FIXTURE(Simulated, "a destructor that runs in a cancellation may cancel, create and wake other tasks") {
    Event event;
    std::optional<Task<>> victim;
    auto waiter = [&]() -> Coro<> {
        co_await event.wait();
        trace("woken");
    };
    auto created = [&]() -> Coro<> {
        trace("created");
        co_return;
    };
    auto sleeper = [&]() -> Coro<> {
        Noted noted{trace, "victim destroyed"};
        co_await long_sleep();
    };
    auto make = [&] { auto task = create_task(created()); };
    struct Busy {
        Busy(Event& e, std::optional<Task<>>& v, decltype(make)& m) : event{e}, victim{v}, create{m} {}
        ~Busy() {
            event.set();
            victim->cancel();
            create();
        }
        Event& event;
        std::optional<Task<>>& victim;
        decltype(make)& create;
    };
    auto child = [&]() -> Coro<> {
        Busy busy{event, victim, make};
        co_await long_sleep();
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(waiter());
        victim = create_task(sleeper());
        auto b = create_task(child());
        co_await sleep_ms(1);
        b.cancel();
        co_await sleep_ms(1);
        victim.reset();
    };
    CHECK(run(main()));
    trace.expect({"1 woken", "1 victim destroyed", "1 created"});
}

TEST_CASE_FIXTURE(Simulated, "a destructor that cancels its own task, or the one that awaits it, does no harm") {
    std::optional<Task<>> self;
    std::optional<Task<>> waiter;
    struct Cancels {
        explicit Cancels(std::optional<Task<>>& t) : target{t} {}
        ~Cancels() {
            if (target) target->cancel();
        }
        std::optional<Task<>>& target;
    };
    auto child = [&]() -> Coro<> {
        Cancels own{self};
        Cancels other{waiter};
        co_await long_sleep();
    };
    auto waits = [&]() -> Coro<> { co_await *self; };
    auto bystander = [&]() -> Coro<> {
        co_await sleep_ms(3);
        trace("bystander");
    };
    auto main = [&]() -> Coro<> {
        auto untouched = create_task(bystander());
        self = create_task(child());
        waiter = create_task(waits());
        co_await sleep_ms(1);
        self->cancel();
        co_await sleep_ms(1);
        CHECK(self->error() == Error::cancelled);
        CHECK(waiter->error() == Error::cancelled);
        self.reset();
        waiter.reset();
        co_await untouched;
    };
    CHECK(run(main()));
    trace.expect({"3 bystander"});
}

// catch_cancelled ---------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "catch_cancelled gives the value of a coroutine, a task, or any awaitable that has one") {
    auto number = [](bool waits) -> Coro<int> {
        if (waits) co_await sleep_ms(1);
        co_return 7;
    };
    auto main = [&]() -> Coro<> {
        auto at_once = co_await catch_cancelled(number(false));
        trace("at once " + outcome(at_once));
        auto later = co_await catch_cancelled(number(true));
        trace("later " + outcome(later));
        auto task = create_task(number(true));
        auto of_task = co_await catch_cancelled(task);
        trace("task " + outcome(of_task));
        auto of_sleep = co_await catch_cancelled(sleep_ms(1));
        trace("sleep " + outcome(of_sleep));
    };
    CHECK(run(main()));
    trace.expect({"0 at once 7", "1 later 7", "2 task 7", "3 sleep ok"});
}

TEST_CASE_FIXTURE(Simulated, "a caught cancellation destroys the frames below, then clean-up may await, then pass it on") {
    auto inner = [&]() -> Coro<> {
        Noted noted{trace, "inner destroyed"};
        co_await long_sleep();
    };
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "child destroyed"};
        auto r = co_await catch_cancelled(inner());
        trace(outcome(r));
        co_await sleep_ms(5);
        trace("cleaned up");
        co_await pass_cancelled();
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        task.cancel();
        auto r = co_await catch_cancelled(task);
        trace("main " + outcome(r));
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"1 inner destroyed", "1 cancelled", "6 cleaned up", "6 child destroyed", "6 main cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "a swallowed cancellation leaves the task running, and it ends with its value") {
    auto child = [&]() -> Coro<int> {
        (void)co_await catch_cancelled(long_sleep());
        co_await sleep_ms(5);
        co_return 7;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        task.cancel();
        trace("value", co_await task);
    };
    CHECK(run(main()));
    trace.expect({"6 value 7"});
}

TEST_CASE_FIXTURE(Simulated, "of nested catches the innermost has the cancellation; what it passes on reaches the next") {
    auto innermost = [&](bool passes) -> Coro<int> {
        auto r = co_await catch_cancelled(long_sleep());
        trace("inner " + outcome(r));
        if (passes) co_await pass_cancelled();
        co_return 7;
    };
    auto child = [&](bool passes) -> Coro<> {
        auto r = co_await catch_cancelled(innermost(passes));
        trace("outer " + outcome(r));
    };
    auto main = [&]() -> Coro<> {
        for (const bool passes : {false, true}) {
            auto task = create_task(child(passes));
            co_await sleep_ms(1);
            task.cancel();
            co_await task;
        }
    };
    CHECK(run(main()));
    trace.expect({"1 inner cancelled", "1 outer 7", "2 inner cancelled", "2 outer cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "the clean-up can be cancelled too") {
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "child destroyed"};
        auto r = co_await catch_cancelled(long_sleep());
        trace(outcome(r));
        co_await sleep_ms(100);
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        task.cancel();
        co_await sleep_ms(1);
        task.cancel();
        co_await sleep_ms(1);
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"1 cancelled", "2 child destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "pass_cancelled ends a task as cancelled even if nobody cancelled it") {
    auto child = [&]() -> Coro<> {
        Noted noted{trace, "destroyed"};
        co_await pass_cancelled();
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"0 destroyed"});
}

TEST_CASE_FIXTURE(Simulated, "catch_cancelled also gives back what destroyed a primitive's waiters") {
    std::optional<Event> event;
    auto main = [&]() -> Coro<> {
        event.emplace();
        auto destroyer = [&]() -> Coro<> {
            co_await sleep_ms(1);
            event.reset();
        };
        auto task = create_task(destroyer());
        auto r = co_await catch_cancelled(event->wait());
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"1 destroyed"});
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "an exception passes through catch_cancelled") {
    auto child = [](bool waits) -> Coro<> {
        if (waits) co_await sleep_ms(1);
        throw std::runtime_error{"broken"};
    };
    auto main = [&]() -> Coro<> {
        for (const bool waits : {false, true}) {
            try {
                (void)co_await catch_cancelled(child(waits));
                trace("not reached");
            } catch (const std::runtime_error& e) {
                trace(e.what());
            }
        }
        try {
            (void)co_await catch_cancelled(create_task(child(true)));
            trace("not reached");
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
    };
    CHECK(run(main()));
    trace.expect({"0 broken", "1 broken", "2 broken"});
}

TEST_CASE_FIXTURE(Simulated, "an exception thrown in the clean-up leaves the task as its error") {
    auto child = [&]() -> Coro<> {
        (void)co_await catch_cancelled(long_sleep());
        throw std::runtime_error{"in the clean-up"};
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        co_await sleep_ms(1);
        task.cancel();
        try {
            co_await task;
        } catch (const std::runtime_error& e) {
            trace(e.what());
        }
    };
    CHECK(run(main()));
    trace.expect({"1 in the clean-up"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "a catch that is destroyed with its task, in a deadlock, destroys what it guards first") {
    Event never_set;
    auto inner = [&]() -> Coro<> {
        Noted noted{trace, "inner destroyed"};
        co_await never_set.wait();
    };
    auto main = [&]() -> Coro<> {
        Noted noted{trace, "main destroyed"};
        (void)co_await catch_cancelled(inner());
        trace("not reached");
    };
    CHECK(run(main()) == std::unexpected{Error::deadlock});
    trace.expect({"0 inner destroyed", "0 main destroyed"});
}

// Any schedule ------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "cancelled in any order and at any time, tasks end and leave nothing behind") {
    for_each_order([&] {
        Lock lock;
        int inside = 0;
        auto worker = [&](int i) -> Coro<> {
            for (int round = 0; round < 5; ++round) {
                auto guard = co_await lock.scoped_lock();
                CHECK(inside == 0);
                ++inside;
                auto r = co_await catch_cancelled(sleep_ms(i % 3));
                --inside;
                if (!r) co_await pass_cancelled();
            }
        };
        auto main = [&]() -> Coro<> {
            std::vector<Task<>> tasks;
            for (int i = 0; i < 12; ++i) tasks.push_back(create_task(worker(i)));
            for (std::size_t i = 0; i < tasks.size(); i += 2) {
                co_await sleep_ms(1);
                tasks[i].cancel();
            }
            for (auto& task : tasks) (void)co_await catch_cancelled(task);
            for (auto& task : tasks) CHECK(task.done());
            CHECK_FALSE(lock.locked());
        };
        CHECK(run(main()));
    });
}

TEST_CASE_FIXTURE(Simulated, "cancelled when its wait has just ended with an error, of whatever kind, a task ends as cancelled") {
    std::optional<Event> event{std::in_place};
    Barrier barrier{2};
    auto fails = []() -> Coro<> {
        co_await sleep_ms(1);
        co_await detail::FailAwaiter{Error::unavailable};
    };
    std::string ends;
    auto main = [&]() -> Coro<> {
        auto failing = create_task(fails());
        auto waits = [&]() -> Coro<> { co_await event->wait(); };
        auto meets = [&]() -> Coro<> { (void)co_await barrier.wait(); };
        auto joins = [&]() -> Coro<> { co_await failing; };
        auto gathers = [&]() -> Coro<> { co_await gather(failing, long_sleep()); };
        auto shields = [&]() -> Coro<> { co_await shield(failing); };
        std::array tasks{create_task(waits()), create_task(meets()), create_task(joins()), create_task(gathers()),
                         create_task(shields())};
        while (!failing.done()) co_await yield();  // those who await it have not had their turn
        event.reset();
        barrier.abort();
        for (const auto& task : tasks) {
            CHECK_FALSE(task.done());
            CHECK(task.cancel());
        }
        for (const auto& task : tasks) ends += outcome(co_await catch_cancelled(task)) + " ";
    };
    CHECK(run(main()));
    CHECK(ends == "cancelled cancelled cancelled cancelled cancelled ");
}

TEST_CASE_FIXTURE(
    Simulated,
    "cancelled after an error of its own doing a task has the error, which is delivered at once, and then the cancellation") {
    for (const bool caught : {false, true}) {
        auto misuses = []() -> Coro<> {
            auto c = long_sleep();
            auto taken = std::move(c);
            co_await c;
        };
        auto child = [&]() -> Coro<> {
            co_await sleep_ms(1);
            if (!caught) co_await misuses();
            trace(outcome(co_await catch_cancelled(misuses())));
            trace("does not wait");
            trace(outcome(co_await catch_cancelled(sleep_ms(1))));
            co_await sleep_ms(1);
            trace("is cancelled once");
        };
        auto main = [&]() -> Coro<> {
            auto task = create_task(child());
            co_await yield();
            co_await sleep_ms(1);  // its turn comes after the child's
            CHECK(task.cancel() == caught);
            CHECK(task.cancel() == caught);
            trace("main " + outcome(co_await catch_cancelled(task)));
        };
        trace.clear();
        sim::reset();
        CHECK(run(main()));
        if (caught) {
            trace.expect({"1 misuse", "1 does not wait", "1 cancelled", "2 is cancelled once", "2 main ok"});
        } else {
            trace.expect({"1 main misuse"});
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "a task that cancels itself and then fails has the error first; caught, the cancellation at its next wait") {
    for (const bool caught : {false, true}) {
        auto misuses = []() -> Coro<> {
            auto c = long_sleep();
            auto taken = std::move(c);
            current_task().cancel();
            co_await c;
        };
        auto child = [&]() -> Coro<> {
            if (!caught) co_await misuses();
            trace(outcome(co_await catch_cancelled(misuses())));
            trace("does not wait");
            trace(outcome(co_await catch_cancelled(sleep_ms(1))));
            co_await sleep_ms(1);
            trace("is cancelled once");
        };
        auto main = [&]() -> Coro<> {
            auto task = create_task(child());
            trace("main " + outcome(co_await catch_cancelled(task)));
        };
        trace.clear();
        sim::reset();
        CHECK(run(main()));
        if (caught) {
            trace.expect({"0 misuse", "0 does not wait", "0 cancelled", "1 is cancelled once", "1 main ok"});
        } else {
            trace.expect({"0 main misuse"});
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "a cancellation takes the place of the error that ended a wait, also while another task's await fails") {
    std::optional<Event> event{std::in_place};
    auto waits = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(event->wait());
        trace("waiter: " + outcome(r));
        co_await yield();
        trace("waiter goes on");
    };
    auto main = [&]() -> Coro<> {
        auto waiter = create_task(waits());
        co_await yield();
        Delay cancels{0ms, [&] { CHECK(waiter.cancel()); }};
        event.reset();
        cancels.trigger();  // strikes between the failure and its delivery
        auto r = co_await catch_cancelled(detail::FailAwaiter{Error::misuse});
        trace("main: " + outcome(r));
        co_await waiter;
    };
    CHECK(run(main()));
    trace.expect({"0 main: misuse", "0 waiter: cancelled", "0 waiter goes on"});
}
