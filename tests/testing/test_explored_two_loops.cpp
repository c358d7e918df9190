// Every primitive between two loops of a thread, under every schedule, with a cancellation at every await: whoever waits goes on in its own
// loop, and nothing is lost between the two.

#include <array>
#include <optional>
#include <span>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

constexpr ExploreOptions few_random{.random_runs = 20};

/// Notes whom it finds in which loop.
class Home {
public:
    explicit Home(Exploration& x) : x_{x}, loop_{running_loop()} {}
    void require() const { x_.require(&running_loop() == &loop_, "it goes on in its own loop"); }

private:
    Exploration& x_;
    Loop& loop_;
};

/// `use(x, state)` by a task of each loop. Those who were told something by others sleep then, so that a second wake-up is found.
template <class S, class Use>
S& in_each_loop(Exploration& x, EventLoop& other, Use use) {
    auto& state = x.state<S>();
    const auto task = [](Exploration& e, S& s, Use does) -> Coro<> {
        const Home home{e};
        co_await does(e, s);
        home.require();
        co_await sleep_ms(1);
        home.require();
    };
    x.task("here", task(x, state, use));
    x.task(other, "there", task(x, state, use));
    return state;
}

}  // namespace

// Event, Lock, Semaphore, Condition, Barrier, RwLock -----------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Event: all waiters go on, each in its loop, whoever sets it") {
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& event = in_each_loop<Event>(x, other, [](Exploration& e, Event& event_) -> Coro<> {
                co_await event_.wait();
                e.require(event_.is_set(), "it is set");
            });
            x.task(other, "sets", [&event]() -> Coro<> {
                co_await yield();
                event.set();
            });
        },
        {"here", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Lock: one at a time, handed from loop to loop") {
    struct State {
        Lock lock;
        int inside = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            const auto locks = [](Exploration& e, State& s) -> Coro<> {
                const auto guard = co_await s.lock.scoped_lock();
                const Count count{s.inside};
                e.require(s.inside == 1, "it is alone");
                co_await yield();
            };
            auto& state = in_each_loop<State>(x, other, locks);
            x.task(other, "third", locks(x, state));
            x.check("free", [&state] { return !state.lock.locked() && state.lock.acquire().await_ready(); });
        },
        {"here", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Semaphore: no place is lost, none is given twice") {
    struct State {
        Semaphore semaphore{1};
        int inside = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            const auto enters = [](Exploration& e, State& s) -> Coro<> {
                const auto guard = co_await s.semaphore.scoped_lock();
                const Count count{s.inside};
                e.require(s.inside == 1, "as many as there are places");
                co_await yield();
            };
            auto& state = in_each_loop<State>(x, other, enters);
            x.task("third", enters(x, state));
            x.check("free", [&state] { return !state.semaphore.locked(); });
        },
        {"here", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Condition: who waits for something in the other loop comes to see it") {
    struct State {
        Condition condition;
        int tokens = 0;
        int taken = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = in_each_loop<State>(x, other, [](Exploration& e, State& s) -> Coro<> {
                const auto guard = co_await s.condition.scoped_lock();
                (void)co_await s.condition.wait_for([&s] { return s.tokens != 0; });
                e.require(s.condition.locked(), "the lock is held");
                --s.tokens;
                ++s.taken;
            });
            x.task(other, "notifies", [&state]() -> Coro<> {
                for (int i = 0; i < 2; ++i) {
                    const auto guard = co_await state.condition.scoped_lock();
                    ++state.tokens;
                    (void)state.condition.notify();
                }
            });
            x.check("none is lost", [&state] { return state.tokens + state.taken == 2 && !state.condition.locked(); });
        },
        {"here", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Barrier: nobody goes on before all have come") {
    struct State {
        Barrier barrier{2};
        int come = 0;
        int passed = 0;
        bool aborted = false;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            const auto meets = [](Exploration& e, State& s) -> Coro<> {
                const Count count{s.come};
                const auto place = co_await catch_cancelled(s.barrier.wait());
                if (!place && place.error() == Error::cancelled) co_await pass_cancelled();
                if (!place) {
                    e.require(place.error() == Error::broken && s.aborted, "it was broken");
                    co_return;
                }
                e.require(*place < 2, "its place");
                ++s.passed;
            };
            auto& state = in_each_loop<State>(x, other, meets);
            // When neither comes any more, whoever was left alone is let go.
            x.task(other, "aborts", [&state]() -> Coro<> {
                co_await sleep_ms(9);
                state.aborted = true;
                state.barrier.abort();
            });
            x.check("both, or who was cancelled when both had come left one", [&state] { return state.passed <= 2; });
        },
        {"here", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: RwLock: a writer alone, readers beside each other") {
    struct State {
        RwLock lock;
        int reading = 0;
        int writing = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = in_each_loop<State>(x, other, [](Exploration& e, State& s) -> Coro<> {
                const auto guard = co_await s.lock.scoped_read();
                const Count count{s.reading};
                e.require(s.writing == 0, "nobody writes");
                co_await yield();
            });
            x.task(other, "writes", [&x, &state]() -> Coro<> {
                const auto guard = co_await state.lock.scoped_write();
                const Count count{state.writing};
                x.require(state.reading == 0 && state.writing == 1, "it is alone");
                co_await yield();
            });
            x.check("free", [&state] { return state.lock.readers() == 0 && state.lock.acquire_write().await_ready(); });
        },
        {"here", "writes"}, few_random);
}

// What is destroyed --------------------------------------------------------------------------------------------------------------

namespace {

/// Destroyed by a task of the other loop while a task of each waits, or was woken.
template <class P, class Use, class Wake>
void destroyed(Use use, Wake wake) {
    struct State {
        std::optional<P> primitive{std::in_place};
        int waited = 0;
    };
    explored(
        [use, wake](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = in_each_loop<State>(x, other, [use](Exploration& e, State& s) -> Coro<> {
                if (!s.primitive) co_return;
                const Result<void> waited = co_await catch_cancelled(use(*s.primitive));
                if (waited) {
                    ++s.waited;
                } else if (waited.error() == Error::cancelled) {
                    co_await pass_cancelled();
                } else {
                    e.require(waited.error() == Error::destroyed && !s.primitive, "it ends early only with the primitive");
                }
            });
            x.task(other, "destroys", [&state, wake]() -> Coro<> {
                co_await yield();
                wake(*state.primitive);
                co_await yield();
                state.primitive.reset();
            });
        },
        {"here", "there"}, few_random);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated,
                  "explored, two loops: who waits for what a task of the other loop destroys ends with Error::destroyed") {
    destroyed<Event>([](Event& event) -> Coro<> { co_await event.wait(); }, [](Event&) {});
    destroyed<Semaphore>([](Semaphore& semaphore) -> Coro<> { co_await semaphore.acquire(); },
                         [](Semaphore& semaphore) { (void)semaphore.release(); });
    destroyed<Queue<int, 1>>([](Queue<int, 1>& queue) -> Coro<> { (void)co_await queue.get(); },
                             [](Queue<int, 1>& queue) { (void)queue.put_nowait(1); });
    destroyed<Latest<int>>([](Latest<int>& latest) -> Coro<> { (void)co_await latest.get(); },
                           [](Latest<int>& latest) { latest.put(1); });
}

// Queue, Channel, Broadcast, Watch, Pipe -----------------------------------------------------------------------------------------

namespace {

/// A task of each loop takes what a task of the other loop gives. Each message comes once, and to each of them in order.
template <class S>
struct Carried : S {
    unsigned given = 0;
    unsigned taken = 0;
};
template <class S, class Take>
Coro<> takes(Exploration& x, Carried<S>& s, Take take) {
    const Home home{x};
    int last = 0;
    while (true) {
        const int message = co_await take(s);
        home.require();
        x.require(message < 3 || message > last, "those of one giver in order");
        x.require((s.taken & 1U << message) == 0, "once");
        s.taken |= 1U << message;
        if (message >= 3) last = message;
    }
}
template <class S, class Give>
Coro<> gives(Carried<S>& s, Give give, int first, int count) {
    for (int message = first; message < first + count; ++message) {
        co_await give(s, message);
        s.given |= 1U << message;
    }
}
template <class S, class Take, class Empty>
Coro<> empties(Exploration& x, Carried<S>& s, Take take, Empty empty, Task<> a, Task<> b, Task<> here, Task<> there) {
    (void)co_await catch_cancelled(a);
    (void)co_await catch_cancelled(b);
    here.cancel();
    there.cancel();
    (void)co_await catch_cancelled(here);
    (void)co_await catch_cancelled(there);
    while (!empty(s)) s.taken |= 1U << co_await take(s);
    x.require(s.taken == s.given, "all have come");
}

template <class S, class Take, class Give, class Empty>
void carried(Take take, Give give, Empty empty, std::initializer_list<const char*> cancelled) {
    explored(
        [=](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<Carried<S>>();
            auto here = x.task("here", takes(x, state, take));
            auto there = x.task(other, "there", takes(x, state, take));
            auto a = x.task("gives a", gives(state, give, 1, 1));
            auto b = x.task(other, "gives b", gives(state, give, 3, 2));
            x.task("closer", empties(x, state, take, empty, a, b, here, there));
        },
        cancelled, few_random);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Queue: all that was put comes once") {
    struct State {
        Queue<int, 1> queue;
    };
    carried<State>([](State& s) -> Coro<int> { co_return co_await s.queue.get(); },
                   [](State& s, int message) -> Coro<> { co_await s.queue.put(message); }, [](State& s) { return s.queue.empty(); },
                   {"here", "gives b"});
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Channel, with room and without: all that was sent comes once") {
    struct Roomy {
        Channel<int, 1> channel;
    };
    struct Direct {
        Channel<int, 0> channel;
    };
    const auto receive = [](auto& s) -> Coro<int> {
        const auto message = co_await s.channel.receive();
        co_return *message;
    };
    const auto send = [](auto& s, int message) -> Coro<> { (void)co_await s.channel.send(message); };
    const auto empty = [](auto& s) { return s.channel.empty(); };
    carried<Roomy>(receive, send, empty, {"there", "gives a"});
    carried<Direct>(receive, send, empty, {"here"});
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Broadcast: a subscriber that tasks of two loops share loses nothing") {
    struct State {
        Broadcast<int, 1, Lag::wait> source;
        Broadcast<int, 1, Lag::wait>::Subscriber shared{source};
    };
    carried<State>([](State& s) -> Coro<int> { co_return co_await s.shared.get(); },
                   [](State& s, int message) -> Coro<> { co_await s.source.publish(message); },
                   [](State& s) { return s.shared.empty(); }, {"there", "gives b"});
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Pipe: all bytes come once") {
    struct State {
        Pipe<1> pipe;
    };
    carried<State>(
        [](State& s) -> Coro<int> {
            std::array<char, 1> byte{};
            (void)co_await s.pipe.read(std::span<char>{byte});
            co_return byte[0];
        },
        [](State& s, int message) -> Coro<> {
            const std::array byte{static_cast<char>(message)};
            (void)co_await s.pipe.write(std::string_view{byte.data(), 1});
        },
        [](State& s) { return s.pipe.size() == 0; }, {"there"});
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: ThreadSafeQueue: all that was put comes once") {
    struct State {
        ThreadSafeQueue<int, 1> queue;
    };
    carried<State>(
        [](State& s) -> Coro<int> {
            const auto message = co_await s.queue.get();
            co_return *message;
        },
        [](State& s, int message) -> Coro<> { (void)co_await s.queue.put(message); }, [](State& s) { return s.queue.empty(); },
        {"there", "gives a"});
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: JoinableQueue: join in one loop waits for the work of the other") {
    struct State {
        JoinableQueue<int, 1> queue;
        int put = 0;
        int done = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<State>();
            const auto works = [](State& s) -> Coro<> {
                while (co_await s.queue.get()) {
                    co_await yield();
                    ++s.done;
                    (void)s.queue.task_done();
                }
            };
            x.task(other, "there", works(state));
            x.task("here", [&x, &state]() -> Coro<> {
                for (int job = 1; job <= 2; ++job) {
                    const auto put = co_await state.queue.put(job);
                    if (put) ++state.put;
                }
                co_await state.queue.join();
                x.require(state.done == state.put, "all is done");
                state.queue.shutdown();
            });
            x.task(other, "joins", [&x, &state]() -> Coro<> {
                co_await state.queue.join();
                x.require(state.queue.empty(), "all is done");
            });
        },
        {"joins"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Watch: each reader comes to see the last value") {
    struct State {
        Watch<int> watch;
        int put = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = in_each_loop<State>(x, other, [](Exploration& e, State& s) -> Coro<> {
                auto reader = s.watch.reader();
                int seen = 0;
                while (seen != 2) {
                    const int value = co_await reader.get();
                    e.require(value > seen && value == s.put, "the newest, once");
                    seen = value;
                }
            });
            x.task(other, "puts", [&state]() -> Coro<> {
                for (int value = 1; value <= 2; ++value) {
                    co_await yield();
                    state.put = value;
                    state.watch.put(value);
                }
            });
        },
        {"here", "there"}, few_random);
}

// Future, tasks ------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Future: its value, or that its Promise has gone, comes to each loop") {
    for (const bool kept : {true, false}) {
        CAPTURE(kept);
        struct State {
            Future<int> future;
            bool kept = false;
        };
        explored(
            [kept](Exploration& x) {
                auto& other = x.loop("other");
                auto& state = in_each_loop<State>(x, other, [](Exploration& e, State& s) -> Coro<> {
                    const auto waits = [](State& t) -> Coro<int> { co_return co_await t.future; };
                    const auto value = co_await catch_cancelled(waits(s));
                    if (!value && value.error() == Error::cancelled) co_await pass_cancelled();
                    e.require(s.kept ? value == 7 : !value && value.error() == Error::destroyed, "how it ended");
                });
                state.kept = kept;
                x.task(other, "promises", [&state, kept]() -> Coro<> {
                    Promise<int> promise{state.future};
                    co_await yield();
                    if (kept) (void)promise.set_result(7);
                });
                x.check("it is done", [&state, kept] { return state.future.error() == (kept ? Error::none : Error::destroyed); });
            },
            {"here", "there"}, few_random);
    }
}

namespace {

struct Work {
    int alive = 0;
    int ended = 0;
};

/// Takes an await to end, also when it is cancelled.
Coro<int> works(Work& s, int ms) {
    const Count count{s.alive};
    const auto slept = co_await catch_cancelled(sleep_ms(ms));
    co_await yield();
    if (!slept) co_await pass_cancelled();
    ++s.ended;
    co_return 7;
}

/// Goes on after a wait: no cancellation is left over.
Coro<> goes_on() { co_await sleep_ms(1); }

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored, two loops: a task is joined from its own loop and from the other, and cancelled") {
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<Work>();
            auto worker = x.task(other, "worker", works(state, 1));
            const auto joins = [](Exploration& e, Work& s, Task<int> task) -> Coro<> {
                const Home home{e};
                const auto value = co_await catch_cancelled(task);
                home.require();
                e.require(value ? value == 7 : value.error() == Error::cancelled, "what it gave, or that it was cancelled");
                e.require(task.done() && s.alive == 0, "it has ended");
                co_await goes_on();
            };
            x.task("here", joins(x, state, worker));
            x.task(other, "there", joins(x, state, worker));
        },
        {"here", "worker"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: a task cancels one of the other loop at any moment") {
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<Work>();
            const auto cancels = [](Exploration& e, Work& s, Task<int> task) -> Coro<> {
                co_await yield();
                const bool cancelled = task.cancel();
                const auto value = co_await catch_cancelled(task);
                e.require(s.alive == 0, "it has ended");
                e.require(cancelled || value == 7, "it had ended before");
                co_await goes_on();
            };
            auto there = x.task(other, "there", works(state, 0));
            x.task("cancels there", cancels(x, state, there));
            x.check("it has ended", [there] { return there.done(); });
        },
        {"cancels there"}, few_random);
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<Work>();
            auto here = x.task("here", works(state, 1));
            x.task(other, "cancels here", [here]() -> Coro<> {
                co_await sleep_ms(1);
                here.cancel();
            });
            x.check("it has ended", [here] { return here.done(); });
        },
        {"here"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: a task that cancels itself in its loop's turn") {
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            struct State {
                int slept = 0;
            };
            auto& state = x.state<State>();
            x.task(other, "there", [&state]() -> Coro<> {
                current_task().cancel();
                co_await sleep_ms(2);
                ++state.slept;
            });
            x.task("here", goes_on());
            x.check("its next await is cancelled", [&state] { return state.slept == 0; });
        },
        {"here"}, few_random);
}

namespace {

/// `combines(x, state, task)` by a task here, with a task of the other loop that works for a millisecond.
template <class Combines>
void with_task_of_other_loop(Combines combines) {
    explored(
        [combines](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<Work>();
            auto there = x.task(other, "there", works(state, 1));
            x.task("here", [](Exploration& e, Work& s, Combines does, Task<int> task) -> Coro<> {
                const Home home{e};
                co_await does(e, s, task);
                home.require();
                co_await goes_on();
            }(x, state, combines, there));
        },
        {"here", "there"}, few_random);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored, two loops: gather, select, wait, wait_for and shield of a task of the other loop") {
    with_task_of_other_loop([](Exploration& e, Work& s, Task<int> task) -> Coro<> {
        const auto both = co_await catch_cancelled(gather(task, works(s, 1)));
        if (both) e.require(std::get<0>(*both) == 7 && std::get<1>(*both) == 7 && s.ended == 2, "both values");
    });
    with_task_of_other_loop([](Exploration& e, Work& s, Task<int> task) -> Coro<> {
        const auto first = co_await catch_cancelled(select(task, works(s, 1)));
        e.require(s.alive == 0, "no loser outlives it");
        if (first) e.require(s.ended >= 1, "one has ended");
    });
    with_task_of_other_loop([](Exploration& e, Work& s, Task<int> task) -> Coro<> {
        const auto value = co_await catch_cancelled(wait_for(task, 1ms));
        e.require(task.done() && s.alive == 0, "it has ended, or was cancelled and has ended");
        e.require(value || value.error() == Error::cancelled || value.error() == Error::timeout, "how");
    });
    with_task_of_other_loop([](Exploration& e, Work&, Task<int> task) -> Coro<> {
        const std::array tasks{task};
        const std::size_t done = co_await wait(tasks, all_completed, 1ms);
        e.require(done == (task.done() ? 1U : 0U), "whether it is done");
    });
    with_task_of_other_loop([](Exploration& e, Work&, Task<int> task) -> Coro<> {
        const auto value = co_await catch_cancelled(shield(task));
        e.require(!value || task.done(), "it is done");
    });
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: WaitAny, and Once, of what the other loop does") {
    struct Events {
        Event a;
        Event b;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = in_each_loop<Events>(x, other, [](Exploration& e, Events& s) -> Coro<> {
                WaitAny any{s.a, s.b};
                (void)co_await any.wait();
                e.require(s.a.is_set() || s.b.is_set(), "one is set");
            });
            x.task(other, "sets", [&state]() -> Coro<> {
                co_await yield();
                state.b.set();
            });
        },
        {"here", "there"}, few_random);
    struct Made {
        Once once;
        int begun = 0;
        int made = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = in_each_loop<Made>(x, other, [](Exploration& e, Made& s) -> Coro<> {
                auto make = [&s]() -> Coro<> {
                    const Count count{s.begun};
                    co_await yield();
                    ++s.made;
                };
                co_await s.once.call(make);
                e.require(s.made == 1 && s.begun == 0 && s.once.done(), "once, and it is done");
            });
            x.check("at most once", [&state] { return state.made <= 1; });
        },
        {"here", "there"}, few_random);
}

// Time ---------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explored, two loops: sleeps end in their own loop, none early") {
    struct State {
        int slept = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            const auto sleeps = [](Exploration& e, State& s) -> Coro<> {
                const auto began = Clock::now();
                co_await sleep_ms(2);
                e.require(Clock::now() >= began + 2ms, "not early");
                ++s.slept;
            };
            auto& state = in_each_loop<State>(x, other, sleeps);
            x.task(other, "third", sleeps(x, state));
        },
        {"here", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated,
                  "explored, two loops: Delay: it fires in the loop of who triggered it, and a task of the other stops it") {
    struct State {
        std::optional<Delay> delay;
        Loop* loop = nullptr;
        bool triggered = false;
        bool stopped = false;  ///< before it fired
        int fired = 0;
        bool astray = false;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<State>();
            state.loop = &other;
            state.delay.emplace(2ms, [&state] {
                ++state.fired;
                state.astray |= &running_loop() != state.loop;
            });
            x.task(other, "triggers", [&state]() -> Coro<> {
                state.delay->trigger();
                state.triggered = true;
                co_await sleep_ms(1);
            });
            x.task("stops", [&x, &state]() -> Coro<> {
                co_await sleep_ms(2);
                state.stopped = state.triggered && state.fired == 0;
                state.delay->stop();
                co_await sleep_ms(2);
                x.require(!state.stopped || state.fired == 0, "stopped, it does not fire");
            });
            x.task("waits", [&x, &state]() -> Coro<> {
                co_await wait_for(state.delay->wait(), 3ms);
                x.require(&running_loop() != state.loop, "it goes on in its own loop");
            });
            x.always("in its loop", [&state] { return !state.astray; });
            x.check("once at most", [&state] { return state.fired <= 1; });
        },
        {"stops", "waits"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: Ticker: a task of each loop has its ticks") {
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            struct State {
                Ticker ticker{2ms};
            };
            in_each_loop<State>(x, other, [](Exploration& e, State& s) -> Coro<> {
                (void)co_await s.ticker.tick();
                const auto first = Clock::now();
                (void)co_await s.ticker.tick();
                e.require(Clock::now() > first, "each tick once");
            });
        },
        {"here", "there"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: call_soon and call_later for the other loop run there") {
    struct State {
        Loop* loop = nullptr;
        Event called;
        int calls = 0;
        bool astray = false;
        Clock::time_point due{};
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<State>();
            state.loop = &other;
            auto call = [&state] {
                ++state.calls;
                state.astray |= &running_loop() != state.loop || Clock::now() < state.due;
                if (state.calls == 2) state.called.set();
            };
            x.task("here", [&state, &other, call]() -> Coro<> {
                other.call_soon(call);
                co_await yield();
                state.due = Clock::now();
                const auto later = other.call_later(2ms, call);
                co_await state.called.wait();
            });
            x.always("there, and not early", [&state] { return !state.astray; });
        },
        {}, few_random);
}

// From interrupts and threads ----------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated,
                  "explored, two loops: ThreadSafeFlag: a task of the other loop waits, set by a task here and by an interrupt") {
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& flag = x.state<ThreadSafeFlag>();
            const auto waits = [](Exploration& e, ThreadSafeFlag& f) -> Coro<> {
                const Home home{e};
                co_await f.wait();
                home.require();
                f.set();  // for the next
                co_await goes_on();
            };
            x.task(other, "there", waits(x, flag));
            x.task(other, "second", waits(x, flag));
            x.task("sets", [&flag]() -> Coro<> {
                co_await yield();
                flag.set();
            });
            x.strike("irq", [&flag] { flag.set(); });
            x.check("it is handed on to the end", [&flag] { return flag.is_set(); });
        },
        {"there", "second"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored, two loops: run_coroutine_threadsafe: the task runs there, its end comes back") {
    struct State : Work {
        Loop* loop = nullptr;
        int value = 0;
    };
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<State>();
            state.loop = &other;
            auto body = [&x, &state]() -> Coro<int> {
                x.require(&running_loop() == state.loop, "it runs in the loop that was asked");
                co_return co_await works(state, 1);
            };
            auto& kept = x.state<decltype(body)>(body);
            x.task("waiter", [&x, &state, &kept, &other]() -> Coro<> {
                const Home home{x};
                const auto remote = run_coroutine_threadsafe(kept(), other);
                const auto result = co_await catch_cancelled(remote);
                home.require();
                if (result) state.value = *result;
                (void)co_await catch_cancelled(remote);  // cancelled, the wait has ended before the task
                co_await goes_on();
            });
            x.task(other, "there", goes_on());
            x.check("nothing is left", [&state] { return state.alive == 0; });
            x.check("the value is the task's", [&state] { return state.value == 0 || (state.value == 7 && state.ended == 1); });
        },
        {"waiter"}, few_random);
    explored(
        [](Exploration& x) {
            auto& other = x.loop("other");
            auto& state = x.state<State>();
            Loop& first = running_loop();
            auto body = [&state]() -> Coro<int> { return works(state, 1); };
            auto& kept = x.state<decltype(body)>(body);
            x.task("here", goes_on());
            x.task(other, "there", [&x, &state, &kept, &first]() -> Coro<> {
                const auto remote = run_coroutine_threadsafe(kept(), first);
                co_await yield();
                const bool cancelled = remote.cancel();
                const auto result = co_await catch_cancelled(remote);
                x.require(remote.done() && state.alive == 0, "it has ended");
                x.require(cancelled || result == 7, "it had ended before");
            });
        },
        {}, few_random);
}
