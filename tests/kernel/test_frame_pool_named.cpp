// Frame pools as objects: for a task, a group, a loop, a scope. Built for a host and for a board with UASYNC_FRAME_POOLS.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/time/sleep.hpp>

#include <support/death.hpp>
#include <support/explored.hpp>
#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;
using namespace std::chrono_literals;

namespace {

Coro<int> child(int x) {
    co_await sleep_ms(1);
    co_return 2 * x;
}
Coro<int> parent(int x) {
    const int y = co_await child(x);
    co_return y + 1;
}
Coro<> sleeps(int ms) { co_await sleep_ms(ms); }
Coro<int> descend(int depth) {
    int below = 0;
    if (depth > 0) below = co_await descend(depth - 1);
    co_return below + 1;
}

std::size_t shared_in_use() { return frame_pool_use().in_use; }

}  // namespace

// The pool itself ------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a pool's whole capacity can be given out, and again in one piece when all is back") {
    StaticFramePool<4096> pool;
    CHECK(pool.use().capacity == 4096);
    CHECK(pool.use().peak == 0);
    CHECK(pool.use().in_use == 0);
    CHECK(pool.use().failed == 0);
    const FramePool::Scope in{pool};
    const std::size_t shared = shared_in_use();
    for (const std::size_t bytes : {std::size_t{32}, std::size_t{256}, std::size_t{1024}}) {
        std::vector<void*> blocks;
        while (void* block = detail::allocate_frame(bytes)) blocks.push_back(block);
        CHECK(blocks.size() == 4096 / bytes);
        CHECK(pool.use().in_use == 4096);
        CHECK(pool.use().failed == bytes);
        CHECK(frame_pool_failed() == bytes);
        for (std::size_t i = 0; i < blocks.size(); i += 2) detail::free_frame(blocks[i], bytes);
        for (std::size_t i = 1; i < blocks.size(); i += 2) detail::free_frame(blocks[i], bytes);
        CHECK(pool.use().in_use == 0);
        void* all = detail::allocate_frame(4096);
        CHECK(all != nullptr);
        detail::free_frame(all, 4096);
    }
    CHECK(pool.use().peak == 4096);
    CHECK(shared_in_use() == shared);
}

TEST_CASE_FIXTURE(Simulated, "a pool over a span: blocks lie in it, aligned, whatever the span's own address") {
    alignas(64) std::array<std::byte, 2048> memory;
    for (std::size_t offset = 0; offset < 64; offset += 7) {
        FramePool pool{std::span{memory}.subspan(offset, 1900)};
        const FramePool::Scope in{pool};
        std::vector<void*> blocks;
        while (void* block = detail::allocate_frame(40)) blocks.push_back(block);
        CHECK(blocks.size() >= 1800 / 48);
        for (void* block : blocks) {
            CHECK(reinterpret_cast<std::uintptr_t>(block) % (2 * sizeof(void*)) == 0);
            CHECK(block >= memory.data() + offset);
            CHECK(static_cast<std::byte*>(block) + 40 <= memory.data() + offset + 1900);
            detail::free_frame(block, 40);
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "random sizes from two pools and the shared one, freed in random order, go back to where they came from") {
    StaticFramePool<3000> one;
    StaticFramePool<5000> two;
    struct Block {
        unsigned char* memory;
        std::size_t bytes;
        unsigned char value;
    };
    std::mt19937 random{1};
    std::vector<Block> live;
    bool intact = true;
    const auto drop = [&](std::size_t index) {
        const Block block = live[index];
        intact = intact && std::all_of(block.memory, block.memory + block.bytes, [&](unsigned char c) { return c == block.value; });
        detail::free_frame(block.memory, block.bytes);
        live[index] = live.back();
        live.pop_back();
    };
    for (int i = 0; i < 5000; ++i) {
        if (!live.empty() && random() % 100 >= 55) {
            drop(random() % live.size());
            continue;
        }
        std::optional<FramePool::Scope> in;
        if (const auto which = random() % 3; which != 0) in.emplace(which == 1 ? static_cast<FramePool&>(one) : two);
        const std::size_t bytes = 1 + random() % (random() % 10 == 0 ? 700 : 150);
        auto* memory = static_cast<unsigned char*>(detail::allocate_frame(bytes));
        if (memory == nullptr) continue;
        live.push_back({memory, bytes, static_cast<unsigned char>(random())});
        std::fill_n(memory, bytes, live.back().value);
    }
    while (!live.empty()) drop(0);
    CHECK(intact);
    CHECK(one.use().in_use == 0);
    CHECK(two.use().in_use == 0);
    CHECK(one.use().failed != 0);
}

// A task ----------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "pool.create_task(f, x): the task, its frame and what it awaits come from the pool, and go back") {
    StaticFramePool<2048> pool;
    auto main = [&]() -> Coro<> {
        const std::size_t shared = shared_in_use();
        auto task = pool.create_task(parent, 20);
        CHECK(pool.use().in_use > sizeof(TaskState));
        const std::size_t at_first = pool.use().in_use;
        co_await yield();
        CHECK(pool.use().in_use > at_first);  // the child's frame
        CHECK(shared_in_use() == shared);
        CHECK(co_await task == 41);
        task = {};
        CHECK(pool.use().in_use == 0);
        CHECK(pool.use().peak > at_first);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "references, move-only arguments, member functions and what can be awaited work as tasks of a pool") {
    struct Counter {
        Coro<> add(int by) {
            co_await yield();
            count += by;
        }
        int count = 0;
    };
    StaticFramePool<2048> pool;
    Counter counter;
    auto takes = [](std::unique_ptr<int> number, int& sum) -> Coro<> {
        co_await yield();
        sum += *number;
    };
    auto main = [&]() -> Coro<> {
        int sum = 1;
        auto a = pool.create_task(&Counter::add, counter, 5);
        auto b = pool.create_task(takes, std::make_unique<int>(6), sum);
        auto c = pool.create_task([](int) { return sleep_ms(2); }, 0);
        co_await a;
        co_await b;
        co_await c;
        CHECK(counter.count == 5);
        CHECK(sum == 7);
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a task's tasks are in its pool; those of others are not, however their steps alternate") {
    StaticFramePool<2048> pool;
    StaticFramePool<2048> other;
    auto makes = [](FramePool& own) -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            const std::size_t before = own.use().in_use;
            auto task = create_task(sleeps(1));
            CHECK(own.use().in_use >= before + sizeof(TaskState));
            co_await sleep_ms(1);
            co_await task;
        }
    };
    auto main = [&]() -> Coro<> {
        auto a = pool.create_task(makes, pool);
        auto b = other.create_task(makes, other);
        for (int i = 0; i < 3; ++i) {
            const std::size_t pooled = pool.use().in_use + other.use().in_use;
            const std::size_t shared = shared_in_use();
            auto task = create_task(sleeps(1));
            CHECK(shared_in_use() > shared);
            CHECK(pool.use().in_use + other.use().in_use == pooled);
            co_await task;
        }
        co_await a;
        co_await b;
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a full pool: its task ends with no_memory; others, and the shared pool, go on") {
    StaticFramePool<1024> pool;
    auto bystander = [&]() -> Coro<> {
        co_await sleep_ms(1);
        trace("bystander", co_await descend(20));
    };
    auto main = [&]() -> Coro<> {
        auto other = create_task(bystander());
        auto task = pool.create_task(descend, 1000);
        const auto r = co_await catch_cancelled(task);
        trace(outcome(r));
        CHECK(pool.use().failed != 0);
        std::vector<Task<>> tasks;
        while (tasks.empty() || tasks.back()) tasks.push_back(pool.create_task(sleeps, 1));
        CHECK(tasks.back().error() == Error::no_memory);
        trace("full");
        co_await other;
        tasks.clear();
        trace("again", co_await pool.create_task(parent, 1));
    };
    CHECK(run(main()));
    CHECK(pool.use().in_use == 0);
    REQUIRE(trace.lines().size() == 5);
    CHECK(trace.lines()[0] == "0 no memory");
    CHECK(trace.lines()[1].ends_with("sleeps: no memory"));
    CHECK(trace.lines()[2] == "0 full");
    CHECK(trace.lines()[3] == "1 bystander 21");
    CHECK(trace.lines()[4] == "2 again 3");
}

TEST_CASE_FIXTURE(Simulated, "the console is told the bytes, and of which pool") {
    set_exception_handler(nullptr);
    StaticFramePool<256> pool;
    auto main = [&]() -> Coro<> {
        (void)pool.create_task(descend, 1000);
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    CHECK(printed("no memory, bytes: " + std::to_string(pool.use().failed) + " of a frame pool of 256"));
}

TEST_CASE_FIXTURE(Simulated, "frames go back to their pool when another task, or nobody's, frees them, and at the end of run") {
    StaticFramePool<2048> pool;
    Task<int> kept;
    auto main = [&]() -> Coro<> {
        kept = pool.create_task(parent, 1);
        auto drops = [](Task<int> task) -> Coro<> {
            co_await task;
            task = {};
        };
        (void)create_task(drops(pool.create_task(child, 3)));
        pool.create_task(sleeps, 1000).cancel();
        (void)pool.create_task(sleeps, 1000);  // left at the end
        co_await kept;
    };
    CHECK(run(main()));
    CHECK(pool.use().in_use > 0);  // the task that has a handle
    CHECK(kept.result() == 3);
    kept = {};
    CHECK(pool.use().in_use == 0);
}

TEST_CASE_FIXTURE(Simulated, "a task that is cancelled in its pool cleans up there") {
    StaticFramePool<2048> pool;
    auto cleans = [](FramePool& own, Trace& t) -> Coro<> {
        auto r = co_await catch_cancelled(sleeps(100));
        CHECK(r == std::unexpected{Error::cancelled});
        const std::size_t before = own.use().in_use;
        auto task = create_task(sleeps(1));
        CHECK(own.use().in_use > before);
        co_await task;
        t("cleaned");
    };
    auto main = [&]() -> Coro<> {
        auto task = pool.create_task(cleans, pool, trace);
        co_await yield();
        task.cancel();
        co_await task;
    };
    CHECK(run(main()));
    CHECK(pool.use().in_use == 0);
    trace.expect({"1 cleaned"});
}

// Scopes ----------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "scopes nest, may end in any order, and are their task's alone, also while it waits") {
    StaticFramePool<4096> outer;
    StaticFramePool<4096> inner;
    auto waits_in_scope = [&]() -> Coro<> {
        std::optional<FramePool::Scope> a;
        std::optional<FramePool::Scope> b;
        a.emplace(outer);
        auto one = create_task(sleeps(1));
        CHECK(outer.use().in_use > 0);
        b.emplace(inner);
        auto two = create_task(sleeps(1));
        CHECK(inner.use().in_use > 0);
        co_await sleep_ms(5);
        one = two = {};
        CHECK(outer.use().in_use + inner.use().in_use == 0);
        a.reset();
        auto three = create_task(sleeps(1));
        CHECK(inner.use().in_use > 0);
        b.reset();
        const std::size_t shared = shared_in_use();
        auto four = create_task(sleeps(1));
        CHECK(shared_in_use() > shared);
        co_await three;
        co_await four;
    };
    auto main = [&]() -> Coro<> {
        auto task = create_task(waits_in_scope());
        co_await sleep_ms(2);
        auto mine = create_task(sleeps(1));
        CHECK(outer.use().in_use + inner.use().in_use < 2 * (sizeof(TaskState) + 200));
        const std::size_t pooled = outer.use().in_use + inner.use().in_use;
        auto more = create_task(sleeps(1));
        CHECK(outer.use().in_use + inner.use().in_use == pooled);
        co_await more;
        co_await task;
    };
    CHECK(run(main()));
    CHECK(outer.use().in_use + inner.use().in_use == 0);
}

TEST_CASE_FIXTURE(Simulated, "a scope around run: main and all that it makes are in the pool") {
    StaticFramePool<4096> pool;
    const std::size_t shared = shared_in_use();
    auto main = [&]() -> Coro<int> {
        CHECK(pool.use().in_use > 0);
        const int x = co_await create_task(parent(1));
        CHECK(shared_in_use() == shared);
        co_return x;
    };
    {
        const FramePool::Scope in{pool};
        CHECK(run(main()) == 3);
    }
    CHECK(pool.use().in_use == 0);
}

TEST_CASE_FIXTURE(Simulated, "a pool whose memory lies in a frame of another pool") {
    StaticFramePool<8192> outer;
    auto owns = [](FramePool& around) -> Coro<> {
        StaticFramePool<2048> pool;
        const std::size_t before = around.use().in_use;
        auto task = pool.create_task(parent, 1);
        CHECK(pool.use().in_use > 0);
        CHECK(around.use().in_use == before);
        CHECK(co_await task == 3);
        task = {};
        CHECK(pool.use().in_use == 0);
        CHECK(co_await parent(2) == 5);
        CHECK(around.use().in_use == before);
    };
    auto main = [&]() -> Coro<> { co_await outer.create_task(owns, outer); };
    CHECK(run(main()));
    CHECK(outer.use().in_use == 0);
}

// Groups and loops ------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a group in a pool: its tasks' frames come from there, the owner's later ones do not") {
    StaticFramePool<4096> pool;
    auto main = [&]() -> Coro<> {
        TaskGroup group{pool};
        auto body = [&]() -> Coro<int> {
            const std::size_t shared = shared_in_use();
            auto a = group.create_task(parent(1));
            group.create_task(sleeps(3));
            CHECK(pool.use().in_use > 2 * sizeof(TaskState));
            const int x = co_await child(5);
            CHECK(shared_in_use() == shared);
            co_return x + co_await a;
        };
        for (int round = 0; round < 2; ++round) {
            auto r = co_await group(body());
            CHECK(r == 13);
            CHECK(pool.use().in_use == 0);
            const std::size_t shared = shared_in_use();
            auto later = create_task(sleeps(1));
            CHECK(pool.use().in_use == 0);
            CHECK(shared_in_use() > shared);
            co_await later;
        }
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "a task that somebody else puts into a group is in the group's pool") {
    StaticFramePool<4096> pool;
    auto makes = [&]() -> Coro<> {
        const std::size_t before = pool.use().in_use;
        auto task = create_task(sleeps(1));
        CHECK(pool.use().in_use > before);
        co_await task;
    };
    auto main = [&]() -> Coro<> {
        TaskGroup group{pool};
        auto adds = [&]() -> Coro<> {
            group.create_task(makes());
            co_await yield();
        };
        auto adding = create_task(adds());
        auto body = [&]() -> Coro<> { co_await sleep_ms(5); };
        auto r = co_await group(body());
        CHECK(r);
        co_await adding;
    };
    CHECK(run(main()));
    CHECK(pool.use().in_use == 0);
}

TEST_CASE_FIXTURE(Simulated, "a group whose pool is full fails with no_memory, its tasks end, and all is given back") {
    StaticFramePool<1024> pool;
    auto main = [&]() -> Coro<> {
        {
            TaskGroup group{pool};
            auto body = [&]() -> Coro<> {
                for (int i = 0; i < 100; ++i) group.create_task(sleeps(1000), "many");
                co_await sleep_ms(1000);
            };
            auto r = co_await group(body());
            trace(outcome(r));
        }
        CHECK(pool.use().in_use == 0);
    };
    CHECK(run(main()));
    CHECK(std::ranges::count(trace.lines(), "0 no memory") == 1);
}

TEST_CASE_FIXTURE(Simulated, "a loop in a pool: tasks made at rest, in its run, and in functions that it calls") {
    StaticFramePool<8192> pool;
    const std::size_t shared = shared_in_use();
    {
        EventLoop loop{pool};
        auto waiting = loop.create_task(sleeps(5));
        CHECK(pool.use().in_use > sizeof(TaskState));
        loop.call_later(1ms, [&] {
            const std::size_t before = pool.use().in_use;
            (void)create_task(sleeps(1));
            CHECK(pool.use().in_use > before);
        });
        CHECK(loop.run_until_complete(parent(1)) == 3);
        CHECK(shared_in_use() == shared);
        CHECK(loop.run_until_complete(std::move(waiting)));
        (void)loop.create_task(sleeps(1000));  // destroyed with it
    }
    CHECK(pool.use().in_use == 0);
    CHECK(shared_in_use() == shared);
}

// Destroyed early ---------------------------------------------------------------------------------------------------------------------

#if !UASYNC_BOARD  // processes are a host's
TEST_CASE_FIXTURE(Simulated, "a pool that is destroyed while it is in use stops the program, and says how many bytes are") {
    const auto text = last_words([] {
        Task<> kept;
        auto main = [&]() -> Coro<> {
            StaticFramePool<1024> pool;
            kept = pool.create_task(sleeps, 1);
            co_await kept;
        };
        (void)run(main());
    });
    CHECK(text.find("a frame pool is destroyed while ") != std::string::npos);
    CHECK(text.find(" of its 1024 bytes are in use") != std::string::npos);
}

TEST_CASE_FIXTURE(Simulated, "so does one that a loop or a scope names") {
    const auto by_loop = last_words([] {
        auto pool = std::make_unique<StaticFramePool<1024>>();
        EventLoop loop{*pool};
        pool.reset();
    });
    CHECK(by_loop.find("destroyed before the loop, group or scope that names it") != std::string::npos);
    const auto by_scope = last_words([] {
        auto pool = std::make_unique<StaticFramePool<1024>>();
        const FramePool::Scope in{*pool};
        pool.reset();
    });
    CHECK(by_scope.find("destroyed before the loop, group or scope that names it") != std::string::npos);
}
#endif

// Alignment -----------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "a pool with an alignment: variables and parameters that are aligned beyond two words lie aligned") {
    struct alignas(64) Wide {
        unsigned char bytes[64];
    };
    StaticFramePool<8192, 64> pool;
    auto uses = [](Wide parameter, int depth) -> Coro<> {
        Wide local{};
        CHECK(reinterpret_cast<std::uintptr_t>(&local) % alignof(Wide) == 0);
        CHECK(reinterpret_cast<std::uintptr_t>(&parameter) % alignof(Wide) == 0);
        if (depth > 0) co_await yield();
        local.bytes[0] = parameter.bytes[0];
        co_await yield();
        CHECK(reinterpret_cast<std::uintptr_t>(&local) % alignof(Wide) == 0);
    };
    auto main = [&]() -> Coro<> {
        for (int i = 0; i < 5; ++i) {
            auto unrelated = pool.create_task(sleeps, 1);
            co_await pool.create_task(uses, Wide{}, i);
        }
    };
    CHECK(run(main()));
    CHECK(pool.use().in_use == 0);
}

#if defined(__clang__)
TEST_CASE_FIXTURE(Simulated, "Clang: variables that are aligned beyond two words lie aligned in the frames of any pool") {
    struct alignas(256) Wide {
        unsigned char bytes[256];
    };
    StaticFramePool<4096> pool;
    auto uses = [](int depth) -> Coro<int> {
        Wide local{};
        CHECK(reinterpret_cast<std::uintptr_t>(&local) % alignof(Wide) == 0);
        local.bytes[3] = 7;
        if (depth > 0) co_await yield();
        co_return local.bytes[3];
    };
    auto main = [&]() -> Coro<> {
        for (int i = 0; i < 5; ++i) {
            auto unrelated = create_task(sleeps(1));
            CHECK(co_await uses(i) == 7);
            CHECK(co_await pool.create_task(uses, i) == 7);
        }
        std::vector<Task<int>> many;
        while (many.empty() || many.back()) many.push_back(pool.create_task(uses, 1));
        CHECK(many.size() > 3);
        CHECK(many.back().error() == Error::no_memory);
    };
    CHECK(run(main()));
    CHECK(pool.use().in_use == 0);
}
#endif

// Explored ------------------------------------------------------------------------------------------------------------------------------

#if !UASYNC_BOARD  // so is the schedule explorer
namespace {
struct Pooled {
    StaticFramePool<2048> pool;
    Event event;
    int ended = 0;
};
Coro<> waits_for_event(Pooled& s) {
    co_await s.event.wait();
    ++s.ended;
}
Coro<> body(Pooled& s, TaskGroup& group) {
    group.create_task(sleeps(1));
    co_await s.pool.create_task(waits_for_event, s);
}
}  // namespace

TEST_CASE_FIXTURE(Simulated,
                  "explored: tasks of a pool, under every schedule and with a cancellation at every await, leave nothing in it") {
    explored(
        [](Exploration& x) {
            auto& s = x.state<Pooled>();
            x.task("creates", [&s]() -> Coro<> {
                TaskGroup group{s.pool};
                co_await s.pool.create_task(waits_for_event, s);
                (void)co_await group(body(s, group));
            });
            x.task("sets", [&s]() -> Coro<> {
                co_await yield();
                s.event.set();
            });
            x.check("the pool is empty", [&s] { return s.pool.use().in_use == 0; });
        },
        {"creates"});
}
#endif
