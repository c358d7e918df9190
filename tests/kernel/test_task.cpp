#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/kernel/wait_queue.hpp>
#include <uasync/task/as_completed.hpp>
#include <uasync/task/async_generator.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/select.hpp>
#include <uasync/task/shield.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/task/wait.hpp>
#include <uasync/time/delay.hpp>
#include <uasync/time/sleep.hpp>

#include <support/death.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>
#include <support/stack.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

Coro<int> twice(int x) {
    co_await yield();
    co_return 2 * x;
}
Coro<> nothing() { co_return; }

// Functions that forget to return. Clang warns.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wreturn-type"
Coro<int> no_int(bool waits) {
    if (waits) co_await yield();
    if (ticks_ms() == 12345) co_return 1;
}
Coro<std::string&> no_reference(bool waits) {
    static std::string text;
    if (waits) co_await yield();
    if (ticks_ms() == 12345) co_return text;
}
#pragma GCC diagnostic pop
Coro<std::string> awaits_no_int(bool waits) {
    const int value = co_await no_int(waits);
    co_return std::to_string(value);
}
Coro<std::string> awaits_no_reference(bool waits) {
    const std::string& text = co_await no_reference(waits);
    co_return text;
}
AsyncGenerator<int> gives_no_int(bool waits) { co_yield co_await no_int(waits); }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "a task first runs when its creator waits, behind the tasks that are ready") {
    auto child = [&](const char* name) -> Coro<> {
        trace(name);
        co_return;
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(child("a"));
        auto b = create_task(child("b"));
        trace("main goes on");
        co_await yield();
        trace("main again");
    };
    CHECK(run(main()));
    trace.expect({"0 main goes on", "0 a", "0 b", "0 main again"});
}

TEST_CASE_FIXTURE(Simulated, "ready tasks take turns, first in, first out") {
    auto child = [&](std::string name) -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            trace(name, i);
            co_await yield();
        }
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(child("a"));
        auto b = create_task(child("b"));
        co_await a;
        co_await b;
    };
    CHECK(run(main()));
    trace.expect({"0 a 0", "0 b 0", "0 a 1", "0 b 1", "0 a 2", "0 b 2"});
}

TEST_CASE_FIXTURE(Simulated, "a task that becomes ready runs after those that are") {
    auto sleeper = [&]() -> Coro<> {
        co_await sleep_ms(1);
        trace("sleeper");
    };
    auto starter = [&]() -> Coro<> {
        co_await sleep_ms(1);
        auto late = create_task([](Trace& t) -> Coro<> {
            t("created");
            co_return;
        }(trace));
        trace("starter");
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(starter());
        auto b = create_task(sleeper());
        co_await a;
        co_await b;
    };
    CHECK(run(main()));
    trace.expect({"1 starter", "1 sleeper", "1 created"});
}

TEST_CASE_FIXTURE(Simulated, "an awaited task gives its value, in whichever order tasks run") {
    for_each_order([&] {
        auto main = [&]() -> Coro<int> {
            std::vector<Task<int>> tasks;
            for (int i = 0; i < 20; ++i) tasks.push_back(create_task(twice(i)));
            int sum = 0;
            for (auto& task : tasks) sum += co_await task;
            co_return sum;
        };
        CHECK(run(main()) == 380);
    });
}

TEST_CASE_FIXTURE(Simulated, "a task can be awaited again, and gives the same object") {
    auto make = []() -> Coro<std::string> {
        co_await yield();
        co_return "text";
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(make());
        std::string& first = co_await task;
        std::string& second = co_await task;
        CHECK(&first == &second);
        CHECK(second == "text");
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "awaiting a temporary handle moves the value out") {
    auto make = []() -> Coro<std::unique_ptr<int>> {
        co_await yield();
        co_return std::make_unique<int>(7);
    };
    auto main = [&]() -> Coro<int> {
        std::unique_ptr<int> pointer = co_await create_task(make());
        co_return *pointer;
    };
    CHECK(run(main()) == 7);
}

TEST_CASE_FIXTURE(Simulated, "a task may give a reference") {
    int number = 1;
    auto same = [](int& x) -> Coro<int&> { co_return x; };
    auto main = [&]() -> Coro<> {
        auto task = create_task(same(number));
        int& named = co_await task;
        int& temporary = co_await create_task(same(number));
        CHECK(&named == &number);
        CHECK(&temporary == &number);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "awaiting a task that is done gives up no turn") {
    auto other = [&]() -> Coro<> {
        while (true) {
            trace("other");
            co_await yield();
        }
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(twice(1));
        co_await task;
        auto noisy = create_task(other());
        co_await task;
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 main"});
}

TEST_CASE_FIXTURE(Simulated, "those who await a task go on in the order in which they came") {
    auto target = []() -> Coro<int> {
        co_await sleep_ms(5);
        co_return 1;
    };
    auto waiter = [&](Task<int> task, std::string name) -> Coro<> { trace(name, co_await task); };
    auto main = [&]() -> Coro<> {
        auto task = create_task(target());
        auto a = create_task(waiter(task, "a"));
        auto b = create_task(waiter(task, "b"));
        auto c = create_task(waiter(task, "c"));
        co_await c;
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"5 a 1", "5 b 1", "5 c 1", "5 main"});
}

TEST_CASE_FIXTURE(Simulated, "a task that awaits itself ends with misuse") {
    std::optional<Task<>> self;
    auto child = [&]() -> Coro<> { co_await *self; };
    auto main = [&]() -> Coro<> {
        self = create_task(child(), "narcissus");
        co_await sleep_ms(1);
        self.reset();
    };
    CHECK(run(main()));
    trace.expect({"0 report narcissus: misuse"});
}

TEST_CASE_FIXTURE(Simulated, "10,000 tasks that await each other in a chain use no more stack than two") {
    StackExtent stack;
    auto first = []() -> Coro<int> {
        co_await sleep_ms(1);
        co_return 0;
    };
    auto next = [&](Task<int> before) -> Coro<int> {
        const int number = co_await before;
        before = Task<int>{nullptr};  // or the last handle would destroy the whole chain, one inside of the other
        stack.look();
        co_return number + 1;
    };
    constexpr int length = UASYNC_BOARD ? 500 : 10'000;  // a board has memory for so many
    auto main = [&]() -> Coro<int> {
        auto task = create_task(first());
        for (int i = 0; i < length; ++i) task = create_task(next(task));
        co_return co_await task;
    };
    CHECK(run(main()) == length);
    CHECK(stack.bytes() < 4096);
}

// Handles -------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "dropping the handle does not stop the task") {
    auto child = [&]() -> Coro<> {
        co_await sleep_ms(2);
        trace("child");
    };
    auto main = [&]() -> Coro<> {
        {
            auto dropped = create_task(child());
        }
        co_await sleep_ms(3);
        CHECK(frame_pool_use().in_use > in_use_before());
    };
    CHECK(run(main()));
    trace.expect({"2 child"});
}

TEST_CASE_FIXTURE(Simulated, "a task without a handle is freed as it ends, one with a handle when that is dropped") {
    auto main = [&]() -> Coro<> {
        const std::size_t before = frame_pool_use().in_use;
        {
            auto dropped = create_task(nothing());
        }
        CHECK(frame_pool_use().in_use > before);
        co_await yield();
        CHECK(frame_pool_use().in_use == before);
        {
            auto kept = create_task(twice(1));
            co_await sleep_ms(1);
            CHECK(kept.done());
            CHECK(frame_pool_use().in_use > before);
        }
        CHECK(frame_pool_use().in_use == before);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a handle may outlive its task's loop") {
    std::optional<Task<int>> ended;
    std::optional<Task<int>> cancelled;
    auto sleeper = []() -> Coro<int> {
        co_await sleep_ms(1000);
        co_return 1;
    };
    auto main = [&]() -> Coro<> {
        ended = create_task(twice(4));
        cancelled = create_task(sleeper());
        co_await *ended;
    };
    CHECK(run(main()));
    CHECK(ended->done());
    CHECK(ended->result() == 8);
    CHECK(cancelled->done());
    CHECK(cancelled->error() == Error::cancelled);
    CHECK_FALSE(cancelled->cancel());
    ended.reset();
    cancelled.reset();
}

TEST_CASE_FIXTURE(Simulated, "done and result follow the task's life") {
    auto fails = []() -> Coro<int> {
        Coro<int> c = twice(1);
        co_await c;
        co_return co_await c;
    };
    auto main = [&]() -> Coro<> {
        auto good = create_task(twice(21));
        auto bad = create_task(fails());
        CHECK_FALSE(good.done());
        CHECK(good.result() == std::unexpected{Error::unavailable});
        CHECK(good.error() == Error::none);
        co_await sleep_ms(1);
        CHECK(good.done());
        CHECK(good.result() == 42);
        CHECK(good.result() == 42);
        CHECK(bad.result() == std::unexpected{Error::misuse});
        auto empty = create_task(nothing());
        CHECK_FALSE(empty.result());
        co_await empty;
        CHECK(empty.result());
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "copies are handles of the same task") {
    auto main = [&]() -> Coro<> {
        auto a = create_task(twice(1));
        auto b = a;
        auto c = create_task(twice(1));
        CHECK(a == b);
        CHECK_FALSE(a == c);
        c = a;
        CHECK(a == c);
        a.cancel();
        co_await yield();
        CHECK(b.error() == Error::cancelled);
        auto d = std::move(b);
        CHECK(d == a);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a handle is empty by default: done, with misuse") {
    auto main = [&]() -> Coro<> {
        Task<int> task;
        CHECK_FALSE(task);
        CHECK(task.done());
        CHECK(task.error() == Error::misuse);
        CHECK_FALSE(task.cancel());
        CHECK(task.name().empty());
        CHECK(task == Task<int>{});
        CHECK(task.result() == std::unexpected{Error::misuse});
        const auto awaited = co_await catch_cancelled(task);
        CHECK(awaited == std::unexpected{Error::misuse});
        task = create_task(twice(21));
        CHECK(task);
        CHECK_FALSE(task.done());
        const int value = co_await task;
        CHECK(value == 42);
        CHECK(task);
        const TaskHandle none;
        CHECK_FALSE(none);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a handle that was moved from is empty, and the task has one handle as before") {
    static_assert(std::is_nothrow_move_constructible_v<Task<>> && std::is_nothrow_move_assignable_v<Task<>>);
    auto main = [&]() -> Coro<> {
        auto a = create_task(twice(1));
        const TaskHandle same = a;
        auto b = std::move(a);
        CHECK_FALSE(a);
        CHECK(a.error() == Error::misuse);
        CHECK(b == same);
        Task<int> c = create_task(twice(2));
        c = std::move(b);
        CHECK_FALSE(b);
        CHECK(c == same);
        auto& self = c;
        c = std::move(self);
        CHECK(c == same);
        const int value = co_await c;
        CHECK(value == 2);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "handles are kept in containers and as members") {
    struct Worker {
        std::string name;
        Task<int> task;
    };
    auto main = [&]() -> Coro<> {
        std::vector<Task<int>> tasks(2);
        tasks[1] = create_task(twice(1));
        for (int i = 0; i < 20; ++i) tasks.push_back(create_task(twice(i)));
        tasks.erase(tasks.begin());
        std::map<std::string, Task<int>> named;
        named["seven"] = create_task(twice(7));
        std::array<Task<>, 3> places;
        CHECK_FALSE(places[2]);
        Worker worker{"worker", {}};
        worker.task = std::move(named["seven"]);
        const int value = co_await worker.task;
        CHECK(value == 14);
        const auto values = co_await gather(std::move(tasks));
        CHECK(values.size() == 21);
        CHECK(values.back() == 38);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a task that could not be created has a handle that says so") {
    auto main = [&]() -> Coro<> {
        auto coroutine = nothing();
        co_await coroutine;
        auto task = create_task(std::move(coroutine), "taken");
        CHECK_FALSE(task);
        CHECK(task.error() == Error::misuse);
    };
    CHECK(run(main()));
    trace.expect({"0 report taken: misuse"});
}

#if !UASYNC_BOARD  // which counts up to 15
TEST_CASE_FIXTURE(Simulated, "a task has any number of handles on a host, and is freed with the last of them") {
    auto main = [&]() -> Coro<> {
        for (const std::size_t count : {14U, 15U, 16U, 23U, 24U, 1000U}) {
            for (const bool front_first : {true, false}) {
                for (const bool early : {true, false}) {
                    CAPTURE(count);
                    const auto before = frame_pool_use().in_use;
                    std::deque<Task<int>> handles{create_task(twice(21))};
                    while (handles.size() < count) handles.push_back(handles.front());
                    if (early) {  // down to one, and up again, while it runs
                        while (handles.size() > 1) handles.pop_back();
                        while (handles.size() < count) handles.push_back(handles.front());
                    }
                    const int value = co_await handles.back();
                    CHECK(value == 42);
                    while (handles.size() > 1) {
                        if (front_first) {
                            handles.pop_front();
                        } else {
                            handles.pop_back();
                        }
                    }
                    CHECK(handles.front().result() == 42);
                    CHECK(frame_pool_use().in_use != before);
                    handles.clear();
                    CHECK(frame_pool_use().in_use == before);
                }
            }
        }
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a task that loses its many handles while it runs is freed at its end") {
    auto main = [&]() -> Coro<> {
        const auto before = frame_pool_use().in_use;
        {
            const std::vector<Task<int>> handles(100, create_task(twice(21)));
        }
        co_await yield();
        co_await yield();
        co_await yield();
        CHECK(frame_pool_use().in_use == before);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a value that can be copied stays in a task that has many handles") {
    auto child = []() -> Coro<std::string> { co_return "a text that is too long for the string object itself"; };
    auto main = [&]() -> Coro<> {
        std::vector<Task<std::string>> handles(20, create_task(child()));
        for (int i = 0; i < 7; ++i) handles.pop_back();
        handles.resize(17, handles.front());
        const auto [first] = co_await gather(handles.front());
        CHECK(first == handles.back().result());
        CHECK(!first.empty());
    };
    CHECK(run(main()));
}
#endif

TEST_CASE_FIXTURE(Simulated, "a task has up to 15 handles") {
    auto main = [&]() -> Coro<> {
        auto task = create_task(twice(21));
        {
            std::array<Task<int>, 14> more{task, task, task, task, task, task, task, task, task, task, task, task, task, task};
            const int value = co_await more.back();
            CHECK(value == 42);
        }
        CHECK(task.result() == 42);
    };
    CHECK(run(main()));
}

#if !UASYNC_BOARD  // processes are a host's
TEST_CASE_FIXTURE(Simulated, "create_task outside of a loop is a fatal error that says so") {
    const auto text = last_words([] { auto task = create_task(nothing()); });
    CHECK(text.find("running loop") != std::string::npos);
}
#endif

// Who am I ------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "current_task is the task that runs, in main and in a child, before and after a wait") {
    auto main = [&]() -> Coro<> {
        const TaskHandle me = current_task();
        std::optional<Task<>> child;
        auto body = [&]() -> Coro<> {
            CHECK(current_task() == *child);
            co_await sleep_ms(1);
            CHECK(current_task() == *child);
            CHECK_FALSE(current_task() == me);
        };
        child = create_task(body());
        co_await *child;
        CHECK(current_task() == me);
        // An awaited coroutine runs in the task that awaits it.
        auto same = [&]() -> Coro<bool> { co_return current_task() == me; };
        const bool is_same = co_await same();
        CHECK(is_same);
    };
    CHECK(run(main()));
}

#if !UASYNC_BOARD  // processes are a host's
TEST_CASE_FIXTURE(Simulated, "current_task is an empty handle in what the loop calls, and outside of a loop a fatal error") {
    const auto check_none = [&](const char* where) {
        CAPTURE(where);
        const TaskHandle task = current_task();
        CHECK(task == TaskHandle{nullptr});
        CHECK(task.done());
        CHECK_FALSE(task.cancel());
        CHECK(task.name().empty());
        trace(where);
    };
    Callback callback{[](void* check) { (*static_cast<decltype(check_none)*>(check))("Callback"); },
                      const_cast<void*>(static_cast<const void*>(&check_none))};
    static decltype(check_none)* check = nullptr;
    check = &check_none;
    set_exception_handler([](const ErrorReport&) { (*check)("exception handler"); });
    auto fails = [&]() -> Coro<> { co_await detail::FailAwaiter{Error::destroyed}; };
    auto main = [&]() -> Coro<> {
        const TaskHandle own = current_task();
        Delay delay{1ms, [&] { check_none("Delay"); }};
        delay.trigger();
        create_task(fails());
        auto soon = running_loop().call_soon([&] { check_none("call_soon"); });
        running_loop().call_later(2ms, [&] { check_none("call_later"); });
        running_loop().call_soon_threadsafe(callback);
        sim::at(3ms, [&] { check_none("interrupt"); });
        co_await sleep_ms(4);
        CHECK(soon.error() == Error::none);
        CHECK(current_task() == own);
    };
    CHECK(run(main()));
    trace.expect({"0 call_soon", "0 Callback", "0 exception handler", "1 Delay", "2 call_later", "3 interrupt"});
    trace.clear();
    EventLoop at_rest;
    check_none("at rest");
    at_rest.close();
    for (const auto& text :
         {last_words([] { (void)current_task(); }), last_words([] { (void)running_loop(); }),
          last_words([] { (void)gather(nothing(), nothing()); }), last_words([] { (void)select(nothing(), nothing()); }),
          last_words([] { (void)shield(nothing()); }), last_words([] { (void)as_completed(nothing()); }), last_words([] {
              Delay delay{1s};
              delay.trigger();
          })}) {
        CHECK(text.find("no running loop: this needs one") != std::string::npos);
    }
}
#endif

TEST_CASE_FIXTURE(Simulated, "a function of call_soon that cancels its own handle ends in good order") {
    auto main = [&]() -> Coro<> {
        TaskHandle own{nullptr};
        own = running_loop().call_soon([&] {
            CHECK(own.cancel());
            trace("called");
        });
        co_await yield();
        co_await yield();
        CHECK(own.done());
    };
    CHECK(run(main()));
    trace.expect({"0 called"});
}

TEST_CASE_FIXTURE(Simulated, "an empty handle is a task that has ended without a value, whoever asks") {
    auto main = [&]() -> Coro<> {
        Task<int> empty{nullptr};
        CHECK(empty.done());
        CHECK(empty.error() == Error::misuse);
        CHECK(empty.result() == std::unexpected{Error::misuse});
        CHECK_FALSE(empty.cancel());
        trace(outcome(co_await catch_cancelled(empty)));
        auto [gathered] = co_await gather(return_exceptions, empty);
        trace(outcome(gathered));
        trace(outcome(co_await catch_cancelled(gather(empty))));
        trace(outcome(co_await catch_cancelled(select(empty, sleep_ms(5)))));
        trace(outcome(co_await catch_cancelled(shield(empty))));
        trace(outcome(co_await wait_for(empty, 1s)));
        std::array both{empty, empty};
        trace("done", static_cast<int>(co_await wait(both)));
        auto completed = as_completed(empty);
        trace(co_await completed.next() ? "completed" : "nothing");
    };
    CHECK(run(main()));
    trace.expect({"0 misuse", "0 misuse", "0 misuse", "0 misuse", "0 misuse", "0 misuse", "0 done 2", "0 completed"});
}

// What is never freed -----------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a task whose result is its own handle ends with misuse, named, and is freed") {
    auto itself = [&](bool waits) -> Coro<TaskHandle> {
        Noted noted{trace, "ends"};
        if (waits) co_await yield();
        co_return current_task();
    };
    auto nested = [&]() -> Coro<bool> {
        const TaskHandle own = co_await itself(true);  // no task's result: nothing to refuse
        co_return own == current_task();
    };
    auto main = [&]() -> Coro<> {
        for (const bool waits : {false, true}) {
            auto kept = create_task(itself(waits), "kept");
            trace(outcome(co_await catch_cancelled(kept)));
            create_task(itself(waits), "dropped");
            co_await sleep_ms(1);
        }
        CHECK(co_await create_task(nested()));
    };
    CHECK(run(main()));
    trace.expect({"0 ends", "0 misuse", "0 ends", "0 report dropped: misuse", "1 ends", "1 misuse", "1 ends",
                  "1 report dropped: misuse", "2 ends"});
    trace.clear();
    CHECK(run(itself(true)) == std::unexpected{Error::misuse});
}

TEST_CASE_FIXTURE(Simulated, "tasks whose results are each other's handles: the last of the ring ends with misuse, all are freed") {
    constexpr std::size_t count = 3;
    for_each_order([&] {
        std::array<std::optional<TaskHandle>, count> handles;
        auto gives = [&](std::size_t i) -> Coro<TaskHandle> {
            co_await sleep_ms(static_cast<int>(i * 7 % 3));
            co_return *handles[(i + 1) % count];
        };
        auto main = [&]() -> Coro<> {
            for (std::size_t i = 0; i < count; ++i) handles[i] = create_task(gives(i), "ring");
            co_await sleep_ms(10);
            int misused = 0;
            for (auto& handle : handles) {
                if (handle->error() == Error::misuse) ++misused;
                handle.reset();
            }
            CHECK(misused == 1);
        };
        CHECK(run(main()));
    });
    trace.clear();
    auto plain = [&]() -> Coro<int> { co_return 7; };
    auto starts = [&]() -> Coro<Task<int>> { co_return create_task(plain()); };
    auto main = [&]() -> Coro<int> {  // a result that is another task's handle is as good as any
        auto inner = co_await create_task(starts());
        co_return co_await inner;
    };
    CHECK(run(main()) == 7);
}

// Without a value ---------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated,
                  "a coroutine that runs off its end without the value that it promised ends with misuse, whoever awaits it") {
    auto main = [&]() -> Coro<> {
        for (const bool waits : {false, true}) {
            trace(outcome(co_await catch_cancelled(no_int(waits))));
            trace(outcome(co_await catch_cancelled(awaits_no_int(waits))));
            trace(outcome(co_await catch_cancelled(awaits_no_reference(waits))));
            trace(outcome(co_await catch_cancelled(create_task(no_int(waits)))));
            trace(outcome(co_await wait_for(no_int(waits), 1s)));
            auto limit = timeout(1s);
            trace(outcome(co_await limit(no_int(waits))));
            auto [gathered, other] = co_await gather(return_exceptions, no_int(waits), twice(1));
            trace(outcome(gathered));
            TaskGroup group;
            trace(outcome(co_await group(no_int(waits))));
            trace(outcome(co_await catch_cancelled(shield(create_task(no_int(waits))))));
            auto generator = gives_no_int(waits);
            auto next = [&]() -> Coro<int> {
                auto value = co_await generator.next();
                co_return value.value_or(-1);
            };
            trace(outcome(co_await catch_cancelled(next())));
            create_task(no_int(waits), "forgets");
            co_await sleep_ms(1);
        }
    };
    CHECK(run(main()));
    std::vector<std::string> lines;
    for (const int ms : {0, 1}) {
        for (int i = 0; i < 10; ++i) lines.push_back(std::to_string(ms) + " misuse");
        lines.push_back(std::to_string(ms) + " report forgets: misuse");
    }
    CHECK(trace.lines() == lines);
    trace.clear();
    CHECK(run(no_int(false)) == std::unexpected{Error::misuse});
    REQUIRE(trace.lines().size() == 1);
    CHECK(trace.lines().front().ends_with("no_int: misuse"));
    EventLoop loop;
    CHECK(loop.run_until_complete(no_int(true)) == std::unexpected{Error::misuse});
}

TEST_CASE_FIXTURE(Simulated, "a task is named as it is told, or after its coroutine function") {
    auto main = [&]() -> Coro<> {
        auto told = create_task(nothing(), "told");
        CHECK(told.name() == "told");
        auto untold = create_task(nothing());
        CHECK(untold.name().ends_with("nothing"));
        co_await told;
        CHECK(told.name() == "told");
    };
    CHECK(run(main()));
}

// How a task's end reaches those who await it ---------------------------------------------------------------------------------------

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "an exception of a task comes out of each await of it") {
    auto child = []() -> Coro<int> {
        co_await sleep_ms(1);
        throw std::runtime_error{"broken"};
    };
    auto waiter = [&](Task<int> task, std::string name) -> Coro<> {
        try {
            co_await task;
        } catch (const std::runtime_error& e) {
            trace(name + " caught " + e.what());
        }
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(child());
        auto a = create_task(waiter(task, "a"));
        auto b = create_task(waiter(task, "b"));
        co_await b;
        co_await waiter(task, "main");
        CHECK(task.error() == Error::exception);
        CHECK_THROWS_AS((void)task.result(), std::runtime_error);
    };
    CHECK(run(main()));
    trace.expect({"1 a caught broken", "1 b caught broken", "1 main caught broken"});
}
#endif

TEST_CASE_FIXTURE(Simulated, "awaiting a cancelled task cancels whoever awaits it") {
    auto sleeper = []() -> Coro<> { co_await sleep_ms(100); };
    auto waiter = [&](Task<> task) -> Coro<> {
        Noted noted{trace, "waiter destroyed"};
        co_await task;
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto target = create_task(sleeper());
        auto early = create_task(waiter(target));
        co_await sleep_ms(1);
        target.cancel();
        co_await sleep_ms(1);
        CHECK(early.error() == Error::cancelled);
        auto late = create_task(waiter(target));
        co_await sleep_ms(1);
        CHECK(late.error() == Error::cancelled);
        auto r = co_await catch_cancelled(target);
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"1 waiter destroyed", "2 waiter destroyed", "3 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "another error of a task reaches those who await it as the same error") {
    auto careless = []() -> Coro<> {
        Coro<> c = nothing();
        co_await yield();
        co_await c;
        co_await c;
    };
    auto waiter = [](Task<> task) -> Coro<> { co_await task; };
    auto main = [&]() -> Coro<> {
        auto target = create_task(careless(), "target");
        auto middle = create_task(waiter(target), "middle");
        auto r = co_await catch_cancelled(middle);
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"0 misuse"});
}

TEST_CASE_FIXTURE(Simulated, "cancel tells whether there was something to cancel") {
    auto main = [&]() -> Coro<> {
        auto task = create_task(twice(1));
        CHECK(task.cancel());
        CHECK(task.cancel());
        co_await yield();
        CHECK(task.done());
        CHECK_FALSE(task.cancel());
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(
    Simulated, "after a failure of a join that was caught, a primitive that dies where the awaiter was does not touch the task") {
    // The awaiter and, after it, a primitive in one place.
    alignas(std::max_align_t) std::array<std::byte, 256> place{};
    using Join = detail::TypedJoinAwaiter<void>;
    auto fails = []() -> Coro<> {
        co_await sleep_ms(1);
        co_await detail::FailAwaiter{Error::unavailable};
    };
    std::string events;
    auto main = [&]() -> Coro<> {
        auto failing = create_task(fails());
        auto joins = [&]() -> Coro<> {
            auto* awaiter = new (place.data()) Join{detail::TaskAccess::state(failing)};
            co_await *awaiter;
        };
        auto waits = [&]() -> Coro<> {
            events += outcome(co_await catch_cancelled(joins())) + " ";
            co_await yield();
            events += "goes on ";
        };
        auto task = create_task(waits());
        while (events.empty()) co_await yield();
        // The hook's address is the place's; that of a list may lie anywhere in a primitive.
        for (std::size_t at = 0; at + sizeof(WaitQueue) <= sizeof(Join); at += alignof(WaitQueue)) {
            auto* waiters = new (place.data() + at) WaitQueue;
            waiters->release();
            waiters->~WaitQueue();
        }
        events += outcome(co_await catch_cancelled(task));
    };
    CHECK(run(main()));
    CHECK(events == "unavailable goes on ok");
}

#if !UASYNC_BOARD  // which counts up to 15
TEST_CASE_FIXTURE(Simulated, "a value that can be copied stays in its task as long as there are other handles, however many") {
    const std::string text(40, 'x');  // not within the string itself: one that is moved from is empty
    auto gives = [&]() -> Coro<std::string> {
        co_await sleep_ms(1);
        co_return text;
    };
    auto main = [&]() -> Coro<> {
        for (std::size_t count = 1; count <= 20; ++count) {
            CAPTURE(count);
            std::vector<Task<std::string>> handles(20, create_task(gives()));
            auto gathers = [&]() -> Coro<> {
                auto [value] = co_await gather(handles.front());
                CHECK(value == text);
            };
            auto gatherer = create_task(gathers());
            co_await yield();
            handles.resize(count);
            co_await gatherer;
            CHECK(handles.front().result() == Result<std::string>{text});
        }
    };
    CHECK(run(main()));
}
#endif
