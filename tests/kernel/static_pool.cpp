// A board's frame pool of 4096 bytes, full: who is told what, and that everything else runs on.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/kernel/priority.hpp>
#include <uasync/task/defer.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/sync/event.hpp>

#include <support/death.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

/// Takes all of the pool but about `left` bytes, which are in one piece; gives it back at the end of its life.
class Hog {
public:
    explicit Hog(std::size_t left) {
        void* spared = left == 0 ? nullptr : detail::allocate_frame(left);
        REQUIRE((left == 0 || spared != nullptr));
        for (std::size_t bytes = 1024; bytes >= 16; bytes = bytes == 16 ? 0 : bytes / 2) {
            while (void* block = detail::allocate_frame(bytes)) blocks_.emplace_back(block, bytes);
        }
        if (spared != nullptr) detail::free_frame(spared, left);
    }
    Hog(const Hog&) = delete;
    Hog& operator=(const Hog&) = delete;
    ~Hog() {
        for (const auto& [block, bytes] : blocks_) detail::free_frame(block, bytes);
    }

private:
    std::vector<std::pair<void*, std::size_t>> blocks_;
};

Coro<int> seven() {
    co_await yield();
    co_return 7;
}
/// Its frame takes more than a kilobyte: an optimizer must believe that the array is read after the await.
Coro<int> large() {
    std::array<char, 1024> room{};
    const auto use = [](void* memory) { asm volatile("" : : "r"(memory) : "memory"); };
    use(room.data());
    co_await yield();
    use(room.data());
    co_return 7;
}
Coro<int> descend(int depth) {
    int below = 0;
    if (depth > 0) below = co_await descend(depth - 1);
    co_return below + 1;
}
Coro<int> descend_waiting(int depth) {
    int below = 0;
    if (depth > 0)
        below = co_await descend_waiting(depth - 1);
    else
        co_await yield();
    co_return below + 1;
}

}  // namespace

// First in the file, since it has to find the pool untouched.
TEST_CASE_FIXTURE(Simulated, "a first request that is larger than the whole pool fails, and the pool works") {
    CHECK(detail::allocate_frame(8192) == nullptr);
    CHECK(frame_pool_failed() == 8192);
    CHECK(detail::allocate_frame(8192) == nullptr);
    void* block = detail::allocate_frame(64);
    CHECK(block != nullptr);
    CHECK(detail::allocate_frame(8192) == nullptr);
    void* other = detail::allocate_frame(64);
    CHECK(other != block);
    detail::free_frame(block, 64);
    detail::free_frame(other, 64);
}

TEST_CASE_FIXTURE(Simulated, "the whole capacity can be given out, and again in one piece when all is back") {
    const FramePoolUse use = frame_pool_use();
    CHECK(use.capacity == 4096);
    for (const std::size_t bytes : {std::size_t{32}, std::size_t{48}, std::size_t{112}, std::size_t{256}, std::size_t{512}}) {
        CAPTURE(bytes);
        std::vector<void*> blocks;
        while (void* block = detail::allocate_frame(bytes)) blocks.push_back(block);
        CHECK(blocks.size() == 4096 / bytes);
        CHECK(frame_pool_failed() == bytes);
        CHECK(frame_pool_use().in_use == blocks.size() * bytes);
        for (std::size_t i = 0; i < blocks.size(); i += 2) detail::free_frame(blocks[i], bytes);
        for (std::size_t i = 1; i < blocks.size(); i += 2) detail::free_frame(blocks[i], bytes);
        void* all = detail::allocate_frame(4096);
        CHECK(all != nullptr);
        CHECK(detail::allocate_frame(16) == nullptr);
        detail::free_frame(all, 4096);
    }
    CHECK(frame_pool_use().peak == 4096);
}

// create_task -------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "create_task without room for the frame: the task is done with no_memory, which is reported by name") {
    auto other = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            trace("other", i);
            co_await sleep_ms(1);
        }
    };
    auto main = [&]() -> Coro<> {
        auto bystander = create_task(other());
        {
            Hog hog{0};
            auto task = create_task(seven(), "hungry");
            CHECK(task.done());
            CHECK(task.error() == Error::no_memory);
            CHECK(task.result() == std::unexpected{Error::no_memory});
            CHECK_FALSE(task.cancel());
            trace("main goes on");
        }
        co_await bystander;
        trace("usable again", co_await create_task(seven()));
    };
    CHECK(run(main()));
    trace.expect({"0 report hungry: no memory", "0 main goes on", "0 other 0", "1 other 1", "2 other 2", "3 usable again 7"});
}

TEST_CASE_FIXTURE(Simulated, "create_task with room for the frame but not for the task: the same, and the frame is destroyed") {
    auto child = [](Noted) -> Coro<> { co_await sleep_ms(1); };
    auto main = [&]() -> Coro<> {
        auto ready = child(Noted{trace, "parameter destroyed"});
        {
            Hog hog{0};
            auto task = create_task(std::move(ready), "hungry");
            CHECK(task.error() == Error::no_memory);
        }
        co_await sleep_ms(1);
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 report hungry: no memory", "0 parameter destroyed", "1 main"});
}

TEST_CASE_FIXTURE(Simulated, "a task without a name of its own is reported under its coroutine's, where there was room for that") {
    auto main = [&]() -> Coro<> {
        auto ready = seven();
        Hog hog{0};
        auto task = create_task(std::move(ready));
        co_return;
    };
    CHECK(run(main()));
    REQUIRE(trace.lines().size() == 1);
    CHECK(trace.lines().front().ends_with("seven: no memory"));
}

TEST_CASE_FIXTURE(Simulated, "the console is told the name and the bytes") {
    set_exception_handler(nullptr);
    std::size_t asked = 0;
    auto main = [&]() -> Coro<> {
        Hog hog{0};
        auto task = create_task(large(), "hungry");
        asked = frame_pool_failed();
        co_return;
    };
    CHECK(run(main()));
    CHECK(asked > 1024);
    CHECK(printed("task 'hungry': no memory"));
    CHECK(printed(std::to_string(asked)));
}

TEST_CASE_FIXTURE(Simulated, "awaiting a task that could not be created ends the waiter with no_memory") {
    auto waiter = []() -> Coro<> {
        auto hog = std::make_unique<Hog>(std::size_t{0});
        auto task = create_task(seven(), "hungry");
        hog.reset();
        co_await task;
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(waiter());
        trace(outcome(r));
    };
    CHECK(run(main()));
    trace.expect({"0 report hungry: no memory", "0 no memory"});
}

// Nested awaits -----------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a nested await without room ends its task, destroys its frames, and touches no other") {
    auto other = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            co_await sleep_ms(1);
            trace("other", i);
        }
    };
    auto inner = [&]() -> Coro<int> {
        Noted noted{trace, "inner destroyed"};
        Hog hog{0};
        co_return co_await seven();
    };
    auto outer = [&]() -> Coro<> {
        Noted noted{trace, "outer destroyed"};
        co_await inner();
        trace("not reached");
    };
    auto main = [&]() -> Coro<> {
        auto bystander = create_task(other());
        {
            auto dropped = create_task(outer(), "hungry");
        }
        co_await bystander;
        trace("usable again", co_await create_task(seven()));
    };
    CHECK(run(main()));
    trace.expect({"0 inner destroyed", "0 outer destroyed", "0 report hungry: no memory", "1 other 0", "2 other 1", "3 other 2",
                  "3 usable again 7"});
}

TEST_CASE_FIXTURE(Simulated, "no_memory of a nested await can be caught; all frames below are given back") {
    auto main = [&]() -> Coro<> {
        const std::size_t before = frame_pool_use().in_use;
        for (int round = 0; round < 100; ++round) {
            auto r = co_await catch_cancelled(descend(1000));
            CHECK(r == std::unexpected{Error::no_memory});
            auto s = co_await catch_cancelled(descend_waiting(1000));
            CHECK(s == std::unexpected{Error::no_memory});
            CHECK(frame_pool_use().in_use == before);
        }
        auto r = co_await catch_cancelled(descend_waiting(5));
        CHECK(r == 6);
    };
    CHECK(run(main()));
    trace.expect({});
}

TEST_CASE_FIXTURE(Simulated, "catch_cancelled and wait_for without room give no_memory, whatever they wait for") {
    Event never_set;
    auto main = [&]() -> Coro<> {
        Hog hog{0};
        auto a = co_await catch_cancelled(seven());
        trace("a " + outcome(a));
        auto b = co_await catch_cancelled(never_set.wait());
        trace("b " + outcome(b));
        auto c = co_await wait_for(seven(), 1s);
        trace("c " + outcome(c));
        auto d = co_await wait_for(never_set.wait(), 1s);
        trace("d " + outcome(d));
        co_await sleep_ms(1);  // needs none
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 a no memory", "0 b no memory", "0 c no memory", "0 d no memory", "1 main"});
}

TEST_CASE_FIXTURE(Simulated, "a clean-up of defer that there is no room for ends its task with no_memory") {
    auto main = [&]() -> Coro<> {
        auto task = create_task(defer(sleep_ms(1), large));
        const Hog hog{0};
        co_await sleep_ms(2);
        trace(name(task.error()));
    };
    CHECK(run(main()));
    trace.expect({"1 report deferred: no memory", "2 no memory"});
}

TEST_CASE_FIXTURE(Simulated, "a gather with room for one child only: no_memory, and the one child runs on") {
    auto child = [&]() -> Coro<> {
        co_await sleep_ms(5);
        trace("child");
    };
    auto gathers = [&](std::size_t left) -> Coro<> {
        Hog hog{left};
        co_await gather(child(), large());
    };
    auto main = [&]() -> Coro<> {
        auto r = co_await catch_cancelled(gathers(600));
        trace(outcome(r));
        co_await sleep_ms(10);
        trace("main");
    };
    CHECK(run(main()));
    trace.expect({"0 report large: no memory", "0 no memory", "5 child", "10 main"});
}

TEST_CASE_FIXTURE(Simulated, "a gather with return_exceptions gives no_memory as that child's outcome") {
    auto main = [&]() -> Coro<> {
        Hog hog{600};
        auto [a, b] = co_await gather(return_exceptions, seven(), large());
        trace(outcome(a) + ", " + outcome(b));
    };
    CHECK(run(main()));
    trace.expect({"0 report large: no memory", "0 7, no memory"});
}

// run ---------------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "no room at the start of run: no_memory, reported; then it works again") {
    {
        Hog hog{0};
        CHECK(run(seven()) == std::unexpected{Error::no_memory});
    }
    {
        auto ready = seven();
        Hog hog{0};
        CHECK(run(std::move(ready)) == std::unexpected{Error::no_memory});
    }
    REQUIRE(trace.lines().size() == 2);
    CHECK(trace.lines()[0].ends_with(": no memory"));
    CHECK(trace.lines()[1].ends_with("seven: no memory"));
    CHECK(run(seven()) == 7);
}

TEST_CASE_FIXTURE(Simulated, "main may run out of memory too; the tasks that are left are ended in order") {
    auto child = [&](const char* name) -> Coro<> {
        Noted noted{trace, name};
        co_await sleep_ms(1000);
    };
    auto main = [&]() -> Coro<> {
        auto a = create_task(child("a"));
        auto b = create_task(child("b"));
        co_await sleep_ms(1);
        Hog hog{0};
        co_await seven();
        trace("not reached");
    };
    CHECK(run(main()) == std::unexpected{Error::no_memory});
    REQUIRE(trace.lines().size() == 3);
    CHECK(trace.lines()[0] == "1 a");
    CHECK(trace.lines()[1] == "1 b");
    CHECK(trace.lines()[2].ends_with(": no memory"));
}

TEST_CASE_FIXTURE(Simulated, "waiting, sleeping, waking and cancelling need no memory") {
    Event event;
    auto waiter = [&]() -> Coro<> {
        co_await event.wait();
        co_await sleep_ms(1);
        co_await yield();
        trace("waiter");
        co_await sleep_ms(1000);
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(waiter());
        co_await yield();
        Hog hog{0};
        event.set();
        co_await sleep_ms(2);
        task.cancel();
        co_await yield();
        CHECK(task.error() == Error::cancelled);
    };
    CHECK(run(main()));
    trace.expect({"1 waiter"});
}

TEST_CASE_FIXTURE(Simulated, "tasks by the hundred, most of which find no room, in any order: nothing is lost, nothing is left") {
    for_each_order([&] {
        int ran = 0;
        int refused = 0;
        auto child = [&](int i) -> Coro<> {
            co_await sleep_ms(i % 5);
            ++ran;
        };
        auto main = [&]() -> Coro<> {
            for (int i = 0; i < 300; ++i) {
                const auto task = create_task(child(i), "child");
                if (task.error() == Error::no_memory) ++refused;
                if (i % 50 == 49) co_await sleep_ms(3);
            }
            co_await sleep_ms(10);
        };
        CHECK(run(main()));
        CHECK(ran + refused == 300);
        CHECK(ran > 10);
        CHECK(refused > 10);
    });
}

TEST_CASE_FIXTURE(Simulated, "on a board a 16th handle stops the program with a message that names the task") {
    const auto text = last_words([] {
        auto main = []() -> Coro<> {
            std::vector<Task<int>> handles;
            handles.reserve(16);
            handles.push_back(create_task(seven(), "many"));
            while (handles.size() < 15) handles.push_back(handles.front());
            sim::capture(false);  // to where the words are read
            dup2(STDERR_FILENO, STDOUT_FILENO);
            handles.push_back(handles.front());
            co_await yield();
        };
        (void)run(main());
    });
    CHECK(text.find("uasync: task 'many':") != std::string::npos);
    CHECK(text.find("a task has more than 15 handles") != std::string::npos);
}

TEST_CASE_FIXTURE(Simulated, "Priority: a task for whose level there is no room ends with Error::no_memory, and that is reported") {
    auto main = [&]() -> Coro<> {
        std::optional<Task<int>> task;
        {
            auto coroutine = seven();
            const Hog hog{sizeof(TaskState)};  // room for the task, and not for its level
            task = create_task(std::move(coroutine), Priority{1}, "urgent");
            co_await sleep_ms(1);
        }
        CHECK(task->done());
        co_await sleep_ms(1);
        task = create_task(seven(), Priority{1});
        CHECK(co_await *task == 7);
    };
    CHECK(run(main()));
    trace.expect({"0 report urgent: no memory"});
}
