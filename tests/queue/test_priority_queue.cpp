#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <uasync/queue/joinable_queue.hpp>
#include <uasync/queue/priority_queue.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

/// Move-only, without default, ordered by its rank.
struct Job {
    Job(int r, int n) noexcept : rank{r}, number{std::make_unique<int>(n)} {}
    int rank;
    std::unique_ptr<int> number;
    bool operator<(const Job& other) const noexcept { return rank < other.rank; }
};

template <class Q>
Coro<> gets(Trace& trace, Q& queue, int id) {
    const int got = co_await queue.get();
    trace("getter " + std::to_string(id) + ":", got);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "PriorityQueue: the lowest first, equal ones in the order of their putting, against a stable sort") {
    auto body = [&]() -> Coro<> {
        std::srand(1);
        for (int round = 0; round < 200; ++round) {
            PriorityQueue<Job, 40> queue;
            std::vector<std::pair<int, int>> model;  // sorted, the next one first
            int number = 0;
            for (int step = 0; step < 120; ++step) {
                if (queue.full() || (!queue.empty() && std::rand() % 3 == 0)) {
                    const Job job = co_await queue.get();
                    CHECK(std::pair{job.rank, *job.number} == model.front());
                    model.erase(model.begin());
                } else {
                    const int rank = std::rand() % 4;
                    co_await queue.put(Job{rank, number});
                    const auto place = std::upper_bound(model.begin(), model.end(), rank,
                                                        [](int r, const std::pair<int, int>& other) { return r < other.first; });
                    model.insert(place, {rank, number++});
                }
                CHECK(queue.qsize() == model.size());
            }
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "PriorityQueue: an order of one's own, with and without a limit") {
    auto body = [&]() -> Coro<> {
        PriorityQueue<int, 4, std::greater<int>> highest;
#if UASYNC_BOARD
        PriorityQueue<int, 8, std::greater<int>> any_number;
#else
        PriorityQueue<int, unbounded, std::greater<int>> any_number;
#endif
        for (int i : {2, 9, 4}) {
            CHECK(highest.put_nowait(i));
            CHECK(any_number.put_nowait(i));
        }
        for (int i : {9, 4, 2}) {
            CHECK(highest.get_nowait() == Result<int>{i});
            CHECK(any_number.get_nowait() == Result<int>{i});
        }
        co_return;
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated,
                  "PriorityQueue: a woken getter takes the lowest that is there when its turn comes; cancelled, it took none") {
    auto body = [&]() -> Coro<> {
        PriorityQueue<int, 4> queue;
        create_task(gets(trace, queue, 1));
        auto second = create_task(gets(trace, queue, 2));
        create_task(gets(trace, queue, 3));
        co_await sleep_ms(1);
        CHECK(queue.put_nowait(5));
        CHECK(queue.put_nowait(3));
        CHECK(queue.put_nowait(4));
        CHECK(queue.empty());
        second.cancel();
        co_await sleep_ms(1);
        CHECK(queue.get_nowait() == Result<int>{5});
    };
    CHECK(run(body()));
    trace.expect({"1 getter 1: 3", "1 getter 3: 4"});
}

TEST_CASE_FIXTURE(Simulated,
                  "PriorityQueue: waiting putters come in first in, first out, whatever they bring; destroyed with all it holds") {
    auto body = [&]() -> Coro<> {
        auto queue = std::make_unique<PriorityQueue<Job, 1>>();
        auto puts = [&](int rank) -> Coro<> {
            co_await queue->put(Job{rank, 0});
            trace("put", rank);
        };
        for (int rank : {5, 4, 3, 2}) create_task(puts(rank), "putter");
        for (int i = 0; i < 2; ++i) {
            co_await sleep_ms(1);
            const Job job = co_await queue->get();
            trace("got", job.rank);
        }
        queue.reset();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    const std::string destroyed = to_string(Error::destroyed);
    trace.expect({"0 put 5", "1 got 5", "1 put 4", "2 got 4", "2 report putter: " + destroyed, "2 report putter: " + destroyed});
}
