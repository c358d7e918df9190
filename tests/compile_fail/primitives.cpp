// Queues of no size, locks held by nobody, awaits forgotten.

#include <uasync/kernel/coro.hpp>
#include <uasync/queue/queue.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/sync/lock.hpp>
#include <uasync/sync/thread_safe_flag.hpp>

using namespace uasync;

Coro<> right(Queue<int, 1>& queue, Lock& lock, Event& event) {
    auto guard = co_await lock.scoped_lock();
    co_await event.wait();
    co_await queue.put(1);
    auto message = queue.get_nowait();
    (void)message;
}

#if CASE == 1
// error: a Queue holds 1 to 65535 messages
Queue<int, 0> empty;
#elif CASE == 2
// error: a Queue holds 1 to 65535 messages
Queue<char, 65536> vast;
#elif CASE == 3
// clang: it releases the lock at the end of its life: give it a name
Coro<> guard_without_a_name(Lock& lock) { co_await lock.scoped_lock(); }
#elif CASE == 4
// error: co_await it
Coro<> forgotten_await_of_put(Queue<int, 1>& queue) {
    queue.put(1);
    co_return;
}
#elif CASE == 5
// error: co_await it
Coro<> forgotten_await_of_wait(Event& event) {
    event.wait();
    co_return;
}
#elif CASE == 6
// error: co_await it
Coro<> forgotten_await_of_a_flag(ThreadSafeFlag& flag) {
    flag.wait();
    co_return;
}
#elif CASE == 7
// gcc: use of deleted function
// clang: call to implicitly-deleted copy constructor
Coro<> copied_queue(Queue<int, 1>& queue) {
    auto copy = queue;
    co_return;
}
#endif
