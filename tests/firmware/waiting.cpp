// One task for every way to wait, each of which waits for ever: what a reader outside tells of them is tested. Built as programs are, without
// names in the firmware.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

#include <array>

using namespace uasync;

namespace {

struct Station {
    int id = 0;
    Queue<int, 2> parcels;
};

Event ready;
Station station;

Coro<> in_event() { co_await ready.wait(); }
Coro<> in_member() { (void)co_await station.parcels.get(); }
Coro<> in_get(Queue<int, 2>& queue) { (void)co_await queue.get(); }
Coro<> in_put(Queue<int, 2>& queue) { co_await queue.put(3); }
Coro<> in_scoped_lock(Lock& lock) { auto guard = co_await lock.scoped_lock(); }
Coro<> in_future(Future<int>& future) { (void)co_await future; }
Coro<> in_ring(RingQueue<int, 4>& ring) { (void)co_await ring.get(); }
Coro<> in_receive(Channel<int, 2>& channel) { (void)co_await channel.receive(); }
Coro<> in_barrier(Barrier& barrier) { (void)co_await barrier.wait(); }
Coro<> in_tick(Ticker& ticker) { co_await ticker.tick(); }
Coro<> in_join(Task<> other) { co_await other; }
template <class T>
Coro<> in_template(T& event) {
    co_await event.wait();
}

Coro<> in_gather(Event& event) { co_await gather(in_template(event), in_template(event)); }
Coro<> in_wait_for(Event& event) { (void)co_await wait_for(event.wait(), std::chrono::hours{1}); }

Coro<> innermost() { co_await sleep_ms(3'600'000); }
Coro<> in_between() { co_await innermost(); }
Coro<> in_three() { co_await in_between(); }

Coro<> async_main() {
    Queue<int, 2> mailbox;
    Queue<int, 2> full;
    Lock lock;
    Future<int> future;
    RingQueue<int, 4> ring;
    Channel<int, 2> channel;
    Barrier barrier{2};
    Ticker ticker{std::chrono::hours{1}};
    Event never_set;
    (void)full.put_nowait(1);
    (void)full.put_nowait(2);
    co_await lock.acquire();

    auto a = create_task(in_event());
    auto b = create_task(in_member());
    auto c = create_task(in_get(mailbox));
    auto d = create_task(in_put(full));
    auto f = create_task(in_scoped_lock(lock));
    auto i = create_task(in_future(future));
    auto k = create_task(in_ring(ring));
    auto l = create_task(in_receive(channel));
    auto m = create_task(in_barrier(barrier));
    auto n = create_task(in_tick(ticker));
    auto o = create_task(in_join(a));
    auto p = create_task(in_gather(never_set));
    auto q = create_task(in_wait_for(never_set));
    auto r = create_task(in_three());
    auto s = create_task(in_template(never_set));
    auto t = create_task([](Event& event) -> Coro<> { co_await event.wait(); }(never_set));
    co_await sleep_ms(3'600'000);
}

}  // namespace

int main() { run(async_main()); }
