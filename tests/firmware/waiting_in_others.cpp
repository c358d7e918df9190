// More ways to wait than waiting.cpp has: in queues that are made of others, and in what waits for several things.

#include <uasync/uasync.hpp>

#include <array>

using namespace uasync;

namespace {

/// Has a queue of its own, which its methods hide.
class Office {
public:
    auto letter() { return letters_.get(); }

private:
    Queue<int, 2> letters_;
};

/// A primitive of the program's own, without words for its awaiter.
class Valve {
public:
    class OpenAwaiter {
    public:
        explicit OpenAwaiter(Valve& valve) noexcept : valve_{valve} {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(Frame self) const noexcept { valve_.waiters_.suspend(self, "Valve::OpenAwaiter"); }
        void await_resume() const noexcept {}

    private:
        Valve& valve_;
    };
    OpenAwaiter open() noexcept { return OpenAwaiter{*this}; }

private:
    WaitQueue waiters_;
};

/// The same with words.
class Gate {
public:
    class OpenAwaiter {
    public:
        explicit OpenAwaiter(Gate& gate) noexcept : gate_{gate} {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(Frame self) const noexcept { gate_.waiters_.suspend(self, "Gate::open"); }
        void await_resume() const noexcept {}

    private:
        Gate& gate_;
    };
    OpenAwaiter open() noexcept { return OpenAwaiter{*this}; }

private:
    WaitQueue waiters_;
};
UASYNC_WAITS_FOR(Gate::OpenAwaiter, "Gate::open");

Office office;
Valve valve;
Gate gate;
Event never;
LifoQueue<int, 2> lifo;
PriorityQueue<int, 2> priority;
JoinableQueue<int, 2> joinable;
Channel<int, 0> channel;
Pipe<8> pipe;
Semaphore semaphore{0};
Latest<int> latest;
ThreadSafeFlag flag;
ThreadSafeQueue<int, 2> shared;

Coro<> in_office() { (void)co_await office.letter(); }
Coro<> in_valve() { co_await valve.open(); }
Coro<> in_gate() { co_await gate.open(); }
Coro<> in_lifo() { (void)co_await lifo.get(); }
Coro<> in_priority() { (void)co_await priority.get(); }
Coro<> in_joinable() { (void)co_await joinable.get(); }
Coro<> in_send() { (void)co_await channel.send(1); }
Coro<> in_pipe() {
    std::array<std::byte, 4> bytes;
    (void)co_await pipe.read_exactly(bytes);
}
Coro<> in_semaphore() { co_await semaphore.acquire(); }
Coro<> in_latest() { (void)co_await latest.get(); }
Coro<> in_flag() { co_await flag.wait(); }
Coro<> in_shared() { (void)co_await shared.get(); }
Coro<> in_any() { (void)co_await WaitAny{never, never}.wait(); }
Coro<> in_all() { co_await WaitAll{never, never}.wait(); }

Coro<> async_main() {
    auto a = create_task(in_office());
    auto b = create_task(in_valve());
    auto c = create_task(in_gate());
    auto d = create_task(in_lifo());
    auto e = create_task(in_priority());
    auto f = create_task(in_joinable());
    auto g = create_task(in_send());
    auto h = create_task(in_pipe());
    auto i = create_task(in_semaphore());
    auto j = create_task(in_latest());
    auto k = create_task(in_flag());
    auto l = create_task(in_shared());
    auto m = create_task(in_any());
    auto n = create_task(in_all());
    co_await sleep_ms(3'600'000);
}

}  // namespace

int main() { run(async_main()); }
