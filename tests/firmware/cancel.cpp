// Tasks that are cancelled at every awkward moment, and primitives that are destroyed while tasks wait on them. What each leaves behind
// is told; a cancelled task itself says nothing.

#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

namespace {

struct Finally {
    explicit Finally(const char* name) : who{name} {}
    Finally(const Finally&) = delete;
    Finally& operator=(const Finally&) = delete;
    ~Finally() { print(" {} is unwound;", who); }
    const char* who;
};

void title(const char* text) { print("{}:", text); }

template <class T>
void tell_end(const Task<T>& task) {
    print(" {}", task.done() ? "done" : "runs");
    if (task.done()) print(", {}", task.error());
    print(";");
}

// Cancelled --------------------------------------------------------------------------------------------------------------------------

Coro<> yields_for_ever(const char* name) {
    const Finally here{name};
    while (true) co_await yield();
}

Coro<> sleeps(const char* name, int ms = 1000) {
    const Finally here{name};
    co_await sleep_ms(ms);
    print(" {} SLEPT ON;", name);
}

Coro<> holds(Lock& lock, const char* name, int ms) {
    const Finally here{name};
    auto guard = co_await lock.scoped_lock();
    print(" {} has it;", name);
    co_await sleep_ms(ms);
}

Coro<> gets(Queue<int, 1>& queue, const char* name) {
    const Finally here{name};
    const int message = co_await queue.get();
    print(" {} gets {};", name, message);
}

Coro<> puts(Queue<int, 1>& queue, const char* name, int message) {
    const Finally here{name};
    co_await queue.put(message);
    print(" {} has put {};", name, message);
}

Coro<> takes(Latest<int>& latest, const char* name) {
    const Finally here{name};
    const int value = co_await latest.get();
    print(" {} takes {};", name, value);
}

Coro<> waits(Event& event, const char* name) {
    const Finally here{name};
    co_await event.wait();
    print(" {} goes on;", name);
}

Coro<> waits_for_flag(ThreadSafeFlag& flag, const char* name) {
    const Finally here{name};
    co_await flag.wait();
    print(" {} has the flag;", name);
}

Coro<> waits_for_pin(Pin pin, const char* name) {
    const Finally here{name};
    co_await pin.wait_for_falling_edge();
    print(" {} sees an edge;", name);
}

Coro<> in_tears(const char* name) {
    const Finally here{name};
    const auto ended = co_await catch_cancelled(sleeps("its sleep"));
    print(" {} catches {};", name, ended.error());
    co_await sleep_ms(1000);
}

Coro<> cancels_itself() {
    const Finally here{"it"};
    current_task().cancel();
    print(" runs on to its next await;");
    co_await sleep_ms(1);
    print(" SLEPT ON;");
}

Coro<> ends_itself() {
    current_task().cancel();
    print(" has no further await;");
    co_return;
}

Coro<> cancelled() {
    title("ready");
    {
        const auto task = create_task(yields_for_ever("it"));
        co_await sleep_ms(1);
        task.cancel();
        co_await yield();
        tell_end(task);
    }
    title("\nsleeping");
    {
        const auto task = create_task(sleeps("it"));
        co_await sleep_ms(1);
        task.cancel();
        co_await yield();
        tell_end(task);
    }
    title("\njust as its sleep ended");
    {
        const auto task = create_task(sleeps("it", 1));
        co_await yield();
        const auto start = ticks_us();
        while (ticks_diff(ticks_us(), start) < 1100) {
        }
        co_await yield();  // its deadline has passed: now it is ready
        task.cancel();
        co_await yield();
        tell_end(task);
    }
    title("\nholding a lock");
    {
        Lock lock;
        const auto first = create_task(holds(lock, "first", 1000));
        const auto second = create_task(holds(lock, "second", 1));
        co_await sleep_ms(1);
        first.cancel();
        co_await second;
        tell_end(first);
        print(" {}", lock.locked() ? "LOCKED" : "unlocked");
    }
    title("\nwaiting for a lock");
    {
        Lock lock;
        const auto first = create_task(holds(lock, "first", 2));
        const auto second = create_task(holds(lock, "second", 1));
        const auto third = create_task(holds(lock, "third", 1));
        co_await sleep_ms(1);
        second.cancel();
        co_await third;
        tell_end(second);
        print(" {}", lock.locked() ? "LOCKED" : "unlocked");
    }
    title("\njust as it was handed a lock");
    {
        Lock lock;
        std::optional<Lock::Guard> guard{co_await lock.scoped_lock()};
        const auto first = create_task(holds(lock, "first", 1));
        const auto second = create_task(holds(lock, "second", 1));
        co_await sleep_ms(1);
        guard.reset();
        first.cancel();
        co_await second;
        tell_end(first);
        print(" {}", lock.locked() ? "LOCKED" : "unlocked");
    }
    title("\nthe last one, just as it was handed a lock");
    {
        Lock lock;
        std::optional<Lock::Guard> guard{co_await lock.scoped_lock()};
        const auto first = create_task(holds(lock, "it", 1));
        co_await sleep_ms(1);
        guard.reset();
        first.cancel();
        co_await sleep_ms(1);
        print(" {}", lock.locked() ? "LOCKED" : "unlocked");
    }
    title("\njust as it was handed a message");
    {
        Queue<int, 1> queue;
        const auto first = create_task(gets(queue, "first"));
        const auto second = create_task(gets(queue, "second"));
        co_await sleep_ms(1);
        co_await queue.put(1);
        first.cancel();
        co_await second;
        const auto third = create_task(gets(queue, "third"));
        co_await sleep_ms(1);
        co_await queue.put(2);
        third.cancel();
        co_await sleep_ms(1);
        print(" {} is kept", queue.get_nowait().value_or(-1));
    }
    title("\njust as it was handed a place");
    {
        Queue<int, 1> queue;
        co_await queue.put(0);
        const auto first = create_task(puts(queue, "first", 1));
        const auto second = create_task(puts(queue, "second", 2));
        co_await sleep_ms(1);
        print(" {} is taken;", queue.get_nowait().value_or(-1));
        first.cancel();
        co_await second;
        print(" {} is next; {} left", queue.get_nowait().value_or(-1), static_cast<int>(queue.qsize()));
    }
    title("\njust as it was handed a value");
    {
        Latest<int> latest;
        const auto first = create_task(takes(latest, "first"));
        const auto second = create_task(takes(latest, "second"));
        co_await sleep_ms(1);
        latest.put(1);
        first.cancel();
        co_await second;
        print(" {}", latest.empty() ? "empty" : "NOT EMPTY");
    }
    title("\njust as it was handed a flag");
    {
        ThreadSafeFlag flag;
        const auto first = create_task(waits_for_flag(flag, "first"));
        const auto second = create_task(waits_for_flag(flag, "second"));
        co_await sleep_ms(1);
        flag.set();
        first.cancel();
        co_await second;
        print(" {}", flag.is_set() ? "SET" : "clear");
    }
    title("\nwaiting for an event");
    {
        Event event;
        const auto first = create_task(waits(event, "first"));
        const auto second = create_task(waits(event, "second"));
        co_await sleep_ms(1);
        first.cancel();
        event.set();
        co_await second;
        tell_end(first);
    }
    title("\nwaiting for an edge");
    {
        Pin pin{16, Pin::out};
        pin.on();
        const auto first = create_task(waits_for_pin(pin, "first"));
        co_await sleep_ms(1);
        first.cancel();
        co_await sleep_ms(1);
        tell_end(first);
        const auto second = create_task(waits_for_pin(pin, "second"));
        co_await sleep_ms(1);
        pin.off();
        co_await second;
        const auto third = create_task(waits_for_pin(pin, "third"));
        co_await sleep_ms(1);
        pin.on();
        pin.off();
        third.cancel();
        co_await sleep_ms(1);
        tell_end(third);
    }
    title("\ntwice");
    {
        const auto task = create_task(sleeps("it"));
        co_await sleep_ms(1);
        const bool first = task.cancel();
        const bool second = task.cancel();
        co_await sleep_ms(1);
        print(" {} {} {};", first, second, task.cancel());
        tell_end(task);
    }
    title("\ntwice, caught once");
    {
        const auto task = create_task(in_tears("it"));
        co_await sleep_ms(1);
        task.cancel();
        co_await sleep_ms(1);
        tell_end(task);
        task.cancel();
        co_await sleep_ms(1);
        tell_end(task);
    }
    title("\nby itself");
    {
        const auto task = create_task(cancels_itself());
        co_await sleep_ms(2);
        tell_end(task);
    }
    title("\nby itself, in its last line");
    {
        const auto task = create_task(ends_itself());
        co_await sleep_ms(2);
        tell_end(task);
    }
    title("\nbefore its first step");
    {
        const auto task = create_task(sleeps("IT"));
        task.cancel();
        co_await yield();
        tell_end(task);
    }
    print("\n");
}

// Destroyed --------------------------------------------------------------------------------------------------------------------------

Coro<> destroyed() {
    title("an event");
    {
        std::optional<Event> event{std::in_place};
        create_task(waits(*event, "first"), "waits 1");
        create_task(waits(*event, "second"), "waits 2");
        co_await sleep_ms(1);
        event.reset();
        co_await sleep_ms(1);
    }
    title("a lock");
    {
        std::optional<Lock> lock{std::in_place};
        co_await lock->acquire();
        create_task(holds(*lock, "it", 1));
        co_await sleep_ms(1);
        lock.reset();
        co_await sleep_ms(1);
    }
    title("a lock, just handed over");
    {
        std::optional<Lock> lock{std::in_place};
        co_await lock->acquire();
        create_task(holds(*lock, "it", 1));
        co_await sleep_ms(1);
        (void)lock->release();
        lock.reset();
        co_await sleep_ms(1);
    }
    title("an empty queue");
    {
        std::optional<Queue<int, 1>> queue{std::in_place};
        create_task(gets(*queue, "it"));
        co_await sleep_ms(1);
        queue.reset();
        co_await sleep_ms(1);
    }
    title("a queue, its message just handed over");
    {
        std::optional<Queue<int, 1>> queue{std::in_place};
        create_task(gets(*queue, "it"));
        co_await sleep_ms(1);
        co_await queue->put(1);
        queue.reset();
        co_await sleep_ms(1);
    }
    title("a full queue");
    {
        std::optional<Queue<int, 1>> queue{std::in_place};
        co_await queue->put(1);
        create_task(puts(*queue, "it", 2));
        co_await sleep_ms(1);
        queue.reset();
        co_await sleep_ms(1);
    }
    title("a mailbox");
    {
        std::optional<Latest<int>> latest{std::in_place};
        create_task(takes(*latest, "it"));
        co_await sleep_ms(1);
        latest.reset();
        co_await sleep_ms(1);
    }
    title("a flag");
    {
        std::optional<ThreadSafeFlag> flag{std::in_place};
        create_task(waits_for_flag(*flag, "it"));
        co_await sleep_ms(1);
        flag.reset();
        co_await sleep_ms(1);
    }
    title("an event, and the task is awaited");
    {
        std::optional<Event> event{std::in_place};
        const auto task = create_task(waits(*event, "it"));
        co_await sleep_ms(1);
        event.reset();
        const auto ended = co_await catch_cancelled(task);
        print(" the awaiting task is told: {}\n", ended.error());
    }
}

}  // namespace

int main() {
    run(cancelled());
    run(destroyed());
    print("end, {} bytes in use\n", static_cast<unsigned>(frame_pool_use().in_use));
}
