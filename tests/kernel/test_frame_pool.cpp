// What holds for both pools, the growing one of a host and the static one of a board; built against each.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <uasync/kernel/frame_pool.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;

namespace {

/// A block full of one byte's value.
struct Filled {
    unsigned char* memory;
    std::size_t bytes;
    unsigned char value;

    bool intact() const {
        return std::all_of(memory, memory + bytes, [this](unsigned char c) { return c == value; });
    }
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "blocks are aligned for any coroutine: to two words") {
    std::vector<void*> blocks;
    for (std::size_t bytes = 24; bytes <= 400; bytes += 24) {
        void* block = detail::allocate_frame(bytes);
        REQUIRE(block != nullptr);
        CHECK(reinterpret_cast<std::uintptr_t>(block) % (2 * sizeof(void*)) == 0);
        blocks.push_back(block);
    }
    std::size_t bytes = 24;
    for (void* block : blocks) {
        detail::free_frame(block, bytes);
        bytes += 24;
    }
}

TEST_CASE_FIXTURE(Simulated, "in_use counts live blocks, by size and all told; the peak stays") {
    const FrameSizeUse before = frame_pool_use(72);
    CHECK(before.bytes >= 72);
    CHECK(before.bytes < 72 + 16);
    void* a = detail::allocate_frame(72);
    void* b = detail::allocate_frame(72);
    CHECK(frame_pool_use(72).in_use == before.in_use + 2);
    CHECK(frame_pool_use().in_use == in_use_before() + 2 * before.bytes);
    const std::size_t peak = frame_pool_use().peak;
    CHECK(peak >= frame_pool_use().in_use);
    detail::free_frame(a, 72);
    CHECK(frame_pool_use(72).in_use == before.in_use + 1);
    detail::free_frame(b, 72);
    CHECK(frame_pool_use(72).in_use == before.in_use);
    CHECK(frame_pool_use(72).peak >= 2);
    CHECK(frame_pool_use().peak >= 2 * before.bytes);
}

TEST_CASE_FIXTURE(Simulated, "a block that was freed is given out again, so that repetition needs no more memory") {
    const auto once = [] {
        void* a = detail::allocate_frame(64);
        void* b = detail::allocate_frame(120);
        void* c = detail::allocate_frame(300);
        detail::free_frame(b, 120);
        detail::free_frame(a, 64);
        detail::free_frame(c, 300);
    };
    once();
    for (int i = 0; i < 1000; ++i) once();
    CHECK(frame_pool_use().in_use == in_use_before());
    const std::size_t peak = frame_pool_use().peak;
    for (int i = 0; i < 1000; ++i) once();
    CHECK(frame_pool_use().peak == peak);
}

TEST_CASE_FIXTURE(Simulated, "the same goes for frames of more than a kilobyte") {
    const auto once = [] { detail::free_frame(detail::allocate_frame(2000), 2000); };
    once();
    const std::size_t peak = frame_pool_use().peak;
    CHECK(peak >= in_use_before() + 2000);
    for (int i = 0; i < 1000; ++i) once();
    CHECK(frame_pool_use().peak == peak);
    CHECK(frame_pool_use().in_use == in_use_before());
}

TEST_CASE_FIXTURE(Simulated, "random sizes, given out and freed in random order, never overlap") {
    for (unsigned seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        std::mt19937 random{seed};
        std::vector<Filled> live;
        bool intact = true;
        for (int i = 0; i < 2000; ++i) {
            if (live.empty() || random() % 100 < 55) {
                const std::size_t bytes = 1 + random() % (random() % 10 == 0 ? 700 : 150);
                auto* memory = static_cast<unsigned char*>(detail::allocate_frame(bytes));
                if (memory == nullptr) continue;  // the static pool is full
                const Filled block{memory, bytes, static_cast<unsigned char>(random())};
                std::memset(memory, block.value, bytes);
                live.push_back(block);
            } else {
                const std::size_t index = random() % live.size();
                intact = intact && live[index].intact();
                detail::free_frame(live[index].memory, live[index].bytes);
                live[index] = live.back();
                live.pop_back();
            }
        }
        for (const Filled& block : live) {
            intact = intact && block.intact();
            detail::free_frame(block.memory, block.bytes);
        }
        REQUIRE(intact);
        CHECK(frame_pool_use().in_use == in_use_before());
    }
}

TEST_CASE_FIXTURE(Simulated, "frames and tasks come from the pool, and go back") {
    auto child = []() -> Coro<int> {
        co_await yield();
        co_return 1;
    };
    auto main = [&]() -> Coro<int> {
        const std::size_t before = frame_pool_use().in_use;
        auto task = create_task(child());
        CHECK(frame_pool_use().in_use >= before + sizeof(TaskState));
        co_return co_await task;
    };
    CHECK(run(main()) == 1);
    CHECK(frame_pool_use().in_use == in_use_before());
}

TEST_CASE_FIXTURE(Simulated, "a result aligned to two words lies aligned in its frame") {
    struct alignas(2 * sizeof(void*)) Wide {
        unsigned char bytes[2 * sizeof(void*)];
    };
    auto child = [](int depth) -> Coro<Wide> {
        Wide local{};
        CHECK(reinterpret_cast<std::uintptr_t>(&local) % alignof(Wide) == 0);
        if (depth > 0) co_await yield();
        local.bytes[0] = 7;
        co_return local;
    };
    auto main = [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            const auto wide = co_await child(i);
            CHECK(wide.bytes[0] == 7);
        }
    };
    CHECK(run(main()));
}

TEST_CASE_FIXTURE(Simulated, "the high-water marks stay when all is freed and less is asked for") {
    const std::size_t of_one = frame_pool_use(72).bytes;
    void* large = detail::allocate_frame(1600);
    void* larger = detail::allocate_frame(1700);
    REQUIRE(larger != nullptr);
    const std::size_t peak = frame_pool_use().peak;
    CHECK(peak >= in_use_before() + 3300);
    detail::free_frame(larger, 1700);
    detail::free_frame(large, 1600);
    CHECK(frame_pool_use().peak == peak);
    for (const std::size_t bytes : {std::size_t{16}, std::size_t{1100}, std::size_t{1500}}) {
        detail::free_frame(detail::allocate_frame(bytes), bytes);
        CHECK(frame_pool_use().peak == peak);
    }
    std::vector<void*> blocks;
    for (int i = 0; i < 5; ++i) blocks.push_back(detail::allocate_frame(72));
    const std::size_t blocks_peak = frame_pool_use(72).peak;
    CHECK(blocks_peak >= 5);
    for (void* block : blocks) detail::free_frame(block, 72);
    void* all = detail::allocate_frame(3600);  // the static pool merges its free blocks for it
    detail::free_frame(all, 3600);
    detail::free_frame(detail::allocate_frame(72), 72);
    CHECK(frame_pool_use(72).peak == blocks_peak);
    CHECK(frame_pool_use(72).bytes == of_one);
}

TEST_CASE_FIXTURE(Simulated, "a block of any size about the largest class goes back to where it came from") {
    for (std::size_t bytes = 900; bytes <= 1100; ++bytes) {
        CAPTURE(bytes);
        const std::size_t before = frame_pool_use().in_use;
        void* block = detail::allocate_frame(bytes);
        REQUIRE(block != nullptr);
        CHECK(frame_pool_use().in_use >= before + bytes);
        detail::free_frame(block, bytes);
        CHECK(frame_pool_use().in_use == before);
    }
}
