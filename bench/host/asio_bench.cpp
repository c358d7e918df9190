// The operations of uasync_bench.cpp on Asio (stand-alone), as fast as it goes: one thread and no locks (ASIO_DISABLE_THREADS), the
// executor's own type instead of any_io_executor, channels that first try without waiting, and no timer but in `sleepers`, as with one
// Asio asks epoll after each round of what is ready. Posts from another thread need the locks: asio_post_bench.cpp. Written for
// Asio 1.22, Debian 12's.

#include <deque>

#include <asio.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/channel.hpp>

#include "bench.hpp"

namespace {

using Executor = asio::io_context::executor_type;
template <class T = void>
using Coro = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> use_awaitable;
constexpr auto as_tuple = asio::experimental::as_tuple(use_awaitable);
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

Coro<> yields(long count) {
    const Executor executor = co_await asio::this_coro::executor;
    for (long i = 0; i < count; ++i) co_await asio::post(executor, use_awaitable);
}

Coro<> switches(long count) {
    const Executor executor = co_await asio::this_coro::executor;
    const bench::Stopwatch stopwatch;
    bool ended = false;
    asio::co_spawn(executor, yields(count / 2), [&](std::exception_ptr) { ended = true; });
    co_await asio::co_spawn(executor, yields(count / 2), use_awaitable);
    bench::tell_ns(stopwatch, count);
    bench::expect(ended, "end of the other task");
}

Coro<int> trivial(int x) { co_return x; }

Coro<> spawns(long count) {
    const Executor executor = co_await asio::this_coro::executor;
    const bench::Stopwatch stopwatch;
    long sum = 0;
    for (long i = 0; i < count; ++i) sum += co_await asio::co_spawn(executor, trivial(1), use_awaitable);
    bench::tell_ns(stopwatch, count);
    bench::expect(sum == count, "sum of the tasks' results");
}

Coro<> awaits(long count) {
    const bench::Stopwatch stopwatch;
    long sum = 0;
    for (long i = 0; i < count; ++i) sum += co_await trivial(1);
    bench::tell_ns(stopwatch, count);
    bench::expect(sum == count, "sum of the children's results");
}

using Channel = asio::experimental::basic_channel<Executor, asio::experimental::channel_traits<>, void(asio::error_code, int)>;

Coro<> produce(Channel& channel, long count) {
    for (long i = 0; i < count; ++i) {
        const int message = static_cast<int>(i);
        if (!channel.try_send(asio::error_code{}, message)) co_await channel.async_send(asio::error_code{}, message, use_awaitable);
    }
}

Coro<long> consume(Channel& channel, long count) {
    long sum = 0;
    for (long i = 0; i < count; ++i) {
        int message = 0;
        if (!channel.try_receive([&](asio::error_code, int received) { message = received; })) {
            message = co_await channel.async_receive(use_awaitable);
        }
        sum += message;
    }
    co_return sum;
}

template <std::size_t N>
Coro<> messages(long count) {
    const Executor executor = co_await asio::this_coro::executor;
    const bench::Stopwatch stopwatch;
    Channel channel{executor, N};
    asio::co_spawn(executor, produce(channel, count), asio::detached);
    const long sum = co_await asio::co_spawn(executor, consume(channel, count), use_awaitable);
    bench::tell_ns(stopwatch, count);
    bench::expect(sum == count * (count - 1) / 2, "sum of the messages");
}

struct {
    long left;
    Timer* all_awake;
} sleeping;

Coro<> sleeper(int ms) {
    Timer timer{co_await asio::this_coro::executor, std::chrono::milliseconds{ms}};
    co_await timer.async_wait(use_awaitable);
    if (--sleeping.left == 0) sleeping.all_awake->cancel();
}

Coro<> sleepers(long count) {
    const Executor executor = co_await asio::this_coro::executor;
    const double resident = bench::resident_bytes();
    const bench::Stopwatch stopwatch;
    bench::Delays delays;
    Timer all_awake{executor, Timer::time_point::max()};
    sleeping = {count, &all_awake};
    for (long i = 0; i < count; ++i) asio::co_spawn(executor, sleeper(delays.next()), asio::detached);
    co_await asio::post(executor, use_awaitable);
    bench::tell("rss_bytes", (bench::resident_bytes() - resident) / static_cast<double>(count));
    co_await all_awake.async_wait(as_tuple);
    bench::tell("over_ms", stopwatch.wall() * 1000 - 1000);
    bench::tell("cpu_ms", stopwatch.cpu() * 1000);
}

Coro<> timers(long count) {
    const Executor executor = co_await asio::this_coro::executor;
    bench::Delays delays;
    std::deque<Timer> pending;
    for (long i = 0; i < bench::pending_timers; ++i) {
        pending.emplace_back(executor, std::chrono::milliseconds{bench::far_off_ms(delays)}).async_wait([](asio::error_code) {});
    }
    Timer timer{executor};
    long cancelled = 0;
    const bench::Stopwatch stopwatch;
    for (long i = 0; i < count; ++i) {
        timer.expires_after(std::chrono::milliseconds{bench::far_off_ms(delays)});
        timer.async_wait([&](asio::error_code) { ++cancelled; });
        timer.cancel();
        // What it cancelled is called in the end; not after each, which would take another turn of the loop.
        if (i % 64 == 63) co_await asio::post(executor, use_awaitable);
    }
    bench::tell_ns(stopwatch, count);
    co_await asio::post(executor, use_awaitable);
    bench::expect(cancelled == count, "number of cancelled timers");
}

template <Coro<> (*operation)(long)>
void in_loop(long count) {
    asio::io_context context{ASIO_CONCURRENCY_HINT_UNSAFE};
    asio::co_spawn(context.get_executor(), operation(count), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    context.run();
}

constexpr bench::Operation operations[] = {
    {"switch", in_loop<switches>},    {"spawn_join", in_loop<spawns>},      {"await_child", in_loop<awaits>},
    {"queue1", in_loop<messages<1>>}, {"queue128", in_loop<messages<128>>}, {"timer_insert_cancel", in_loop<timers>},
    {"sleepers", in_loop<sleepers>},
};

}  // namespace

int main(int argc, char** argv) { return bench::main(argc, argv, operations); }
