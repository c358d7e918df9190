// The operations of uasync_bench.cpp that libuv has: it knows no tasks, so what takes a turn here is a callback, which is less than a task.

#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <uv.h>

#include "bench.hpp"

namespace {

uv_loop_t* loop() { return uv_default_loop(); }

// switch: two idle handles, called in turn.

struct {
    long left;
} switching;

void take_turn(uv_idle_t* idle) {
    if (--switching.left <= 0) uv_idle_stop(idle);
}

void switches(long count) {
    switching.left = count;
    uv_idle_t one;
    uv_idle_t other;
    for (uv_idle_t* idle : {&one, &other}) {
        uv_idle_init(loop(), idle);
        uv_idle_start(idle, take_turn);
    }
    const bench::Stopwatch stopwatch;
    uv_run(loop(), UV_RUN_DEFAULT);
    bench::tell_ns(stopwatch, count);
}

void no_call(uv_timer_t*) {}

void timers(long count) {
    bench::Delays delays;
    std::vector<uv_timer_t> pending(static_cast<std::size_t>(bench::pending_timers));
    for (uv_timer_t& timer : pending) {
        uv_timer_init(loop(), &timer);
        uv_timer_start(&timer, no_call, static_cast<std::uint64_t>(bench::far_off_ms(delays)), 0);
    }
    uv_timer_t timer;
    uv_timer_init(loop(), &timer);
    const bench::Stopwatch stopwatch;
    for (long i = 0; i < count; ++i) {
        uv_timer_start(&timer, no_call, static_cast<std::uint64_t>(bench::far_off_ms(delays)), 0);
        uv_timer_stop(&timer);
    }
    bench::tell_ns(stopwatch, count);
    bench::expect(uv_is_active(reinterpret_cast<uv_handle_t*>(pending.data())) != 0, "what is pending");
}

// post: uv_async_send tells only that there is something. So the functions are in a list with a lock, as programs on libuv have it.

struct {
    bench::Stream stream;
    std::mutex mutex;
    std::vector<std::function<void()>> posted;
    uv_async_t async;
    uv_idle_t busy;
} posting;

void keep_busy(uv_idle_t*) {
    if (posting.stream.ended.load(std::memory_order_relaxed)) uv_stop(loop());
}

void take_posts(uv_async_t*) {
    static std::vector<std::function<void()>> now;
    {
        const std::lock_guard lock{posting.mutex};
        now.swap(posting.posted);
    }
    for (auto& function : now) function();
    now.clear();
}

template <class Body>
void post_from_thread(uv_async_cb on_post, Body body) {
    uv_async_init(loop(), &posting.async, on_post);
    uv_idle_init(loop(), &posting.busy);
    uv_idle_start(&posting.busy, keep_busy);
    std::thread poster{body};
    uv_run(loop(), UV_RUN_DEFAULT);
    poster.join();
}

void posts(long count) {
    post_from_thread(take_posts, [count] {
        posting.stream.post_all(count, [](long) {
            {
                const std::lock_guard lock{posting.mutex};
                posting.posted.emplace_back([] { posting.stream.count(); });
            }
            uv_async_send(&posting.async);
        });
    });
}

/// uv_async_send orders nothing if the handle is pending already. So the value is stored as libuv's users have to, lest the loop miss the
/// last: by a mutex, or as here by what costs least, a sequentially consistent store.
void same_posts(long count) {
    post_from_thread([](uv_async_t*) { posting.stream.look(); },
                     [count] {
                         posting.stream.post_same(count, [](long i) {
                             posting.stream.news.store(i, std::memory_order_seq_cst);
                             uv_async_send(&posting.async);
                         });
                     });
}

// sleepers: timers on the heap, freed when they have fired.

struct {
    long left;
} sleeping;

void wake(uv_timer_t* timer) {
    uv_close(reinterpret_cast<uv_handle_t*>(timer), [](uv_handle_t* closed) { delete reinterpret_cast<uv_timer_t*>(closed); });
    --sleeping.left;
}

void sleepers(long count) {
    const double resident = bench::resident_bytes();
    const bench::Stopwatch stopwatch;
    bench::Delays delays;
    sleeping.left = count;
    for (long i = 0; i < count; ++i) {
        auto* timer = new uv_timer_t;
        uv_timer_init(loop(), timer);
        uv_update_time(loop());  // or all would sleep from the beginning on
        uv_timer_start(timer, wake, static_cast<std::uint64_t>(delays.next()), 0);
    }
    bench::tell("rss_bytes", (bench::resident_bytes() - resident) / static_cast<double>(count));
    uv_run(loop(), UV_RUN_DEFAULT);
    bench::tell("over_ms", stopwatch.wall() * 1000 - 1000);
    bench::tell("cpu_ms", stopwatch.cpu() * 1000);
    bench::expect(sleeping.left == 0, "number of timers");
}

constexpr bench::Operation operations[] = {
    {"switch", switches}, {"timer_insert_cancel", timers}, {"post", posts}, {"post_coalesced", same_posts}, {"sleepers", sleepers},
};

}  // namespace

int main(int argc, char** argv) { return bench::main(argc, argv, operations); }
