// RwLock, the semaphores, Condition, Barrier, Once, WaitAny, WaitAll and Future under every schedule, with a cancellation at every await.

#include <optional>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using namespace uasync::test;

namespace {

/// What a task that has gone on after its wait may count on: that nothing of it comes after.
Coro<> rests() { co_await yield(); }

}  // namespace

// RwLock -------------------------------------------------------------------------------------------------------------------------

namespace {

struct Table {
    RwLock lock;
    int reading = 0;
    int writing = 0;
    int writers_waiting = 0;
    Event read;  ///< somebody has been let in to read
};

Coro<> reads(Exploration& x, Table& t, bool in_order) {
    const bool behind = t.writers_waiting != 0;
    auto guard = co_await t.lock.scoped_read();
    if (in_order) x.require(!behind || t.writers_waiting == 0, "a reader does not overtake a writer");
    const Count count{t.reading};
    x.require(t.writing == 0, "nobody writes");
    t.read.set();
    co_await rests();
}

Coro<> writes(Exploration& x, Table& t) {
    std::optional<Count> waiting{std::in_place, t.writers_waiting};
    auto guard = co_await t.lock.scoped_write();
    waiting.reset();
    const Count count{t.writing};
    x.require(t.writing == 1 && t.reading == 0, "it is alone");
    co_await rests();
}

bool is_free(RwLock& lock) { return lock.readers() == 0 && !lock.writing() && lock.acquire_write().await_ready(); }

void share(Exploration& x, bool in_order) {
    auto& table = x.state<Table>();
    x.task("reader", reads(x, table, in_order));
    x.task("writer", writes(x, table));
    x.task("late", reads(x, table, in_order));
    x.check("the lock is free", [&table] { return is_free(table.lock); });
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: RwLock: readers beside each other, a writer alone, nobody overtakes a writer") {
    explored([](Exploration& x) { share(x, true); });
    explored([](Exploration& x) { share(x, false); }, {"writer", "reader"});
}

TEST_CASE_FIXTURE(Simulated, "explored: RwLock: a reader that a writer keeps waiting enters when the writer gives up") {
    explored(
        [](Exploration& x) {
            auto& table = x.state<Table>();
            const auto tries = [](Exploration& e, Table& t) -> Coro<> {
                const auto guard = co_await wait_for(t.lock.scoped_write(), 1ms);
                if (!guard) co_await sleep_ms(1);
                if (!guard) co_return;
                const Count count{t.writing};
                e.require(t.writing == 1 && t.reading == 0, "it is alone");
                co_await rests();
            };
            x.task("holder", [&table]() -> Coro<> {
                auto guard = co_await table.lock.scoped_read();
                const Count count{table.reading};
                co_await table.read.wait();
            });
            x.task("tries", tries(x, table));
            x.task("reader", reads(x, table, false));
            x.check("the lock is free", [&table] { return is_free(table.lock); });
        },
        {"holder", "tries"});
}

namespace {

/// `state.primitive` destroyed at any moment, by a strike, while two tasks do `use(state)`. How their wait ended is all that they are told.
template <class State, class Use>
void destroyed_at_any_moment(Use use) {
    const auto scenario = [use](Exploration& x) {
        struct Mortal : State {
            int ended = 0;
        };
        auto& state = x.state<Mortal>();
        const auto uses = [](Exploration& e, Mortal& s, Use wait) -> Coro<> {
            if (!s.primitive) co_return;
            const Result<void> waited = co_await catch_cancelled(wait(s));
            if (!waited) e.require(waited.error() == Error::cancelled || !s.primitive, "it ends early only with the primitive");
            if (!waited && waited.error() == Error::destroyed) ++s.ended;
            co_await rests();
        };
        x.task("a", uses(x, state, use));
        x.task("b", uses(x, state, use));
        x.strike("destroy", [&state] { state.primitive.reset(); });
        x.check("at most the two that waited", [&state] { return state.ended <= 2; });
    };
    explored(scenario, {"a"});
}

template <class P>
struct Holds {
    std::optional<P> primitive{std::in_place};
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: RwLock destroyed at any moment ends those who wait with Error::destroyed") {
    using State = Holds<RwLock>;
    destroyed_at_any_moment<State>([](State& s) -> Coro<> {
        co_await s.primitive->acquire_write();
        co_await yield();
        if (s.primitive) (void)s.primitive->release_write();
    });
}

// Semaphore ----------------------------------------------------------------------------------------------------------------------

namespace {

/// Whether it has just so many places, all free.
template <class S>
bool has_places(S& semaphore, unsigned places) {
    bool right = true;
    for (unsigned i = 0; i < places && right; ++i) {
        auto acquire = semaphore.acquire();
        right = acquire.await_ready();
        if (right) acquire.await_resume();
    }
    return right && semaphore.locked();
}

template <unsigned Places>
struct Crowd {
    Semaphore semaphore{Places};
    Sequence<4> waiting;
    int inside = 0;
};

template <unsigned Places>
Coro<> enters(Exploration& x, Crowd<Places>& s, int id, bool in_order) {
    if (in_order) x.require(s.waiting.size() == 0 || s.semaphore.locked(), "nobody overtakes one whose place is on its way");
    const Arrival arrival{s.waiting, id};
    auto guard = co_await s.semaphore.scoped_lock();
    if (in_order) x.require(Places != 1 || s.waiting.front() == id, "first come, first served");
    const Count count{s.inside};
    x.require(s.inside <= static_cast<int>(Places), "not more than there are places");
    s.waiting.remove(in_order ? id : 0);
    co_await rests();
}

template <unsigned Places>
Crowd<Places>& crowd(Exploration& x, bool in_order) {
    auto& state = x.state<Crowd<Places>>();
    x.task("a", enters(x, state, 1, in_order));
    x.task("b", enters(x, state, 2, in_order));
    x.task("c", enters(x, state, 3, in_order));
    x.check("all places are free", [&state] { return has_places(state.semaphore, Places); });
    return state;
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Semaphore: not more than its places, first come first served, all free at the end") {
    explored([](Exploration& x) { crowd<1>(x, true); });
    explored([](Exploration& x) { crowd<1>(x, false); }, {"a", "b"});
    explored([](Exploration& x) {
        auto& state = crowd<2>(x, true);
        x.task("d", enters(x, state, 4, true));  // while others are on their way
    });
    explored([](Exploration& x) { crowd<2>(x, false); }, {"a", "b"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Semaphore as a count of things, with a timeout: each is had or still there") {
    struct State {
        Semaphore things{0};
        unsigned had = 0;
        unsigned made = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            const auto takes = [](State& s) -> Coro<> {
                const auto got = co_await wait_for(s.things.acquire(), 1ms);
                if (got) ++s.had;
            };
            x.task("a", takes(state));
            x.task("b", takes(state));
            x.task("maker", [&state]() -> Coro<> {
                for (int i = 0; i < 2; ++i) {
                    ++state.made;
                    (void)state.things.release();
                    co_await sleep_ms(1);
                }
            });
            x.check("had or there", [&state] { return has_places(state.things, state.made - state.had); });
        },
        {"a"});
}

TEST_CASE_FIXTURE(Simulated, "explored: BoundedSemaphore: a release too many is misuse at any moment, and adds no place") {
    struct State {
        BoundedSemaphore semaphore{1};
        int inside = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            const auto uses = [](Exploration& e, State& s) -> Coro<> {
                auto guard = co_await s.semaphore.scoped_lock();
                const Count count{s.inside};
                e.require(s.inside == 1, "one at a time");
                co_await rests();
            };
            x.task("a", uses(x, state));
            x.task("b", uses(x, state));
            x.task("c", uses(x, state));
            x.check("a release too many", [&state] {
                return state.semaphore.release() == Result<void>{std::unexpected{Error::misuse}} && has_places(state.semaphore, 1);
            });
        },
        {"a", "b"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Semaphore destroyed at any moment ends those who wait with Error::destroyed") {
    using State = Holds<Semaphore>;
    destroyed_at_any_moment<State>([](State& s) -> Coro<> {
        co_await s.primitive->acquire();
        co_await yield();
        if (s.primitive) (void)s.primitive->release();
    });
}

// Condition ----------------------------------------------------------------------------------------------------------------------

namespace {

struct Shelf {
    Condition changed;
    int things = 0;
    int inside = 0;
};

/// Takes a thing, and gives it back for the next: of those who are cancelled none may have kept it, or the notification.
Coro<> borrows(Exploration& x, Shelf& s) {
    auto guard = co_await s.changed.scoped_lock();
    std::optional<Count> count{std::in_place, s.inside};
    x.require(s.inside == 1, "one at a time");
    while (s.things == 0) {
        count.reset();
        co_await s.changed.wait();
        count.emplace(s.inside);
        x.require(s.changed.locked() && s.inside == 1, "it has the lock when its wait ends");
    }
    struct Loan {
        explicit Loan(Shelf& from) : shelf{from} { --shelf.things; }
        ~Loan() {
            ++shelf.things;
            (void)shelf.changed.notify();
        }
        Shelf& shelf;
    };
    const Loan loan{s};
    co_await rests();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Condition: one at a time, and a notification is not lost with the task that is cancelled") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Shelf>();
            x.task("a", borrows(x, state));
            x.task("b", borrows(x, state));
            x.task("maker", [&state]() -> Coro<> {
                auto guard = co_await catch_cancelled(state.changed.scoped_lock());
                ++state.things;
                (void)state.changed.notify();
            });
            x.check("the thing is there, the lock is free", [&state] { return state.things == 1 && !state.changed.locked(); });
        },
        {"a", "b"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Condition: after a timeout or a cancellation of its wait a task has the lock, alone") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Shelf>();
            x.task("patient", [&x, &state]() -> Coro<> {
                auto guard = co_await state.changed.scoped_lock();
                const auto notified = co_await catch_cancelled(wait_for(state.changed.wait(), 1ms));
                const Count count{state.inside};
                x.require(state.changed.locked() && state.inside == 1, "it has the lock, however its wait ended");
                co_await rests();
                if (!notified) co_await pass_cancelled();
            });
            x.task("busy", [&x, &state]() -> Coro<> {
                auto guard = co_await state.changed.scoped_lock();
                const Count count{state.inside};
                x.require(state.inside == 1, "one at a time");
                (void)state.changed.notify_all();
                co_await sleep_ms(1);
            });
            x.check("the lock is free", [&state] { return !state.changed.locked(); });
        },
        {"patient", "busy"});
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: Condition destroyed at any moment: who was not notified ends, and the lock that it shared is free") {
    struct State {
        Lock lock;
        std::optional<Condition> primitive;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            state.primitive.emplace(state.lock);
            const auto waits = [](State& s) -> Coro<> {
                auto guard = co_await s.lock.scoped_lock();
                if (s.primitive) (void)co_await catch_cancelled(s.primitive->wait());
                co_await rests();
            };
            x.task("a", waits(state));
            x.task("b", waits(state));
            x.task("notifier", [&state]() -> Coro<> {
                auto guard = co_await state.lock.scoped_lock();
                if (state.primitive) (void)state.primitive->notify();
                co_await rests();
            });
            x.strike("destroy", [&state] { state.primitive.reset(); });
            x.check("the lock is free", [&state] { return !state.lock.locked(); });
        },
        {"a"});
}

// Barrier ------------------------------------------------------------------------------------------------------------------------

namespace {

struct Line {
    Barrier barrier{2};
    int first = 0;  ///< how many went on as the first of a round
    int last = 0;
    int broken = 0;
};

Coro<> meets(Exploration& x, Line& s, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        const bool completes = s.barrier.n_waiting() == 1;
        const auto index = co_await wait_for(s.barrier.wait(), 1ms);
        if (index) {
            x.require(*index == (completes ? 1U : 0U), "the place in the order in which they came");
            ++(*index == 0 ? s.first : s.last);
            x.require(s.first <= s.last, "both have come");
        } else if (index.error() == Error::broken) {
            ++s.broken;
        }
    }
    co_await rests();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Barrier: nobody goes on before all have come, and who is cancelled does not count") {
    explored([](Exploration& x) {
        auto& state = x.state<Line>();
        for (const char* name : {"a", "b", "c"}) x.task(name, meets(x, state, 1));
        x.always("two do not wait", [&state] { return state.barrier.n_waiting() < 2; });
        x.check("nobody is there", [&state] { return state.barrier.n_waiting() == 0; });
    });
    explored(
        [](Exploration& x) {
            auto& state = x.state<Line>();
            for (const char* name : {"a", "b"}) x.task(name, meets(x, state, 2));
            x.always("two do not wait", [&state] { return state.barrier.n_waiting() < 2; });
        },
        {"a"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Barrier: reset and abort end the waits, each wait once") {
    explored([](Exploration& x) {
        auto& state = x.state<Line>();
        x.task("a", meets(x, state, 1));
        x.task("b", meets(x, state, 1));
        x.task("breaks", [&x, &state]() -> Coro<> {
            state.barrier.reset();
            x.require(state.barrier.n_waiting() == 0 && !state.barrier.broken(), "empty");
            co_await yield();
            state.barrier.abort();
            x.require(state.barrier.n_waiting() == 0 && state.barrier.broken(), "broken");
        });
        x.always("each ended one way", [&state] { return state.first + state.last + state.broken <= 2; });
        x.check("nobody is there", [&state] { return state.barrier.n_waiting() == 0; });
    });
}

TEST_CASE_FIXTURE(Simulated, "explored: Barrier destroyed at any moment ends those who wait with Error::destroyed") {
    struct State {
        std::optional<Barrier> primitive{std::in_place, 2U};
    };
    destroyed_at_any_moment<State>([](State& s) -> Coro<> { (void)co_await s.primitive->wait(); });
}

// Once ---------------------------------------------------------------------------------------------------------------------------

namespace {

struct Connection {
    std::optional<Once> primitive{std::in_place};
    int connecting = 0;
    int connected = 0;
    int failures = 0;
};

Coro<> connects(Connection& s) {
    const Count count{s.connecting};
    co_await sleep_ms(1);
    ++s.connected;
}

Coro<Result<void>> connects_at_second(Exploration& x, Connection& s) {
    const Count count{s.connecting};
    x.require(s.connecting == 1, "one at a time");
    co_await yield();
    if (s.failures++ == 0) co_return std::unexpected{Error::unavailable};
    ++s.connected;
    co_return Result<void>{};
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Once: done once, by the next if the first is cancelled, and nobody goes on before") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Connection>();
            const auto uses = [](Exploration& e, Connection& s) -> Coro<> {
                co_await s.primitive->call([&s] { return connects(s); });
                e.require(s.connected == 1 && s.primitive->done(), "it has been done");
                co_await rests();
            };
            x.task("a", uses(x, state));
            x.task("b", uses(x, state));
            x.task("c", uses(x, state));
            x.always("one at a time, once", [&state] { return state.connecting <= 1 && state.connected <= 1; });
            x.check("done", [&state] { return state.primitive->done() && state.connecting == 0; });
        },
        {"a", "b"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Once: after a failure, which only its own caller is told, the next does it") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Connection>();
            const auto uses = [](Exploration& e, Connection& s) -> Coro<> {
                const Result<void> result = co_await s.primitive->call([&] { return connects_at_second(e, s); });
                e.require(result.has_value() == (s.connected == 1), "done, or its own failure");
                co_await rests();
            };
            x.task("a", uses(x, state));
            x.task("b", uses(x, state));
            x.task("c", uses(x, state));
            x.check("done", [&state] { return state.primitive->done() == (state.connected == 1) && state.connected <= 1; });
        },
        {"a"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Once destroyed at any moment: who is at it ends it, the others end with Error::destroyed") {
    destroyed_at_any_moment<Connection>([](Connection& s) -> Coro<> { co_await s.primitive->call([&s] { return connects(s); }); });
}

// WaitAny, WaitAll ---------------------------------------------------------------------------------------------------------------

namespace {

struct Two {
    Event left;
    Event right;
    bool left_was_set = false;
    bool right_was_set = false;
};

/// Short, and both again at the end: then nobody may be left in the events' lists who has gone.
Coro<> sets_shortly(Event& event, bool& was_set) {
    was_set = true;
    event.set();
    co_await yield();
    event.clear();
    co_await yield();
    event.set();
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: WaitAny gives an event that was set, and leaves the others alone") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Two>();
            const auto waits = [](Exploration& e, Two& s) -> Coro<> {
                const WaitAny any{s.left, s.right};
                const Event* fired = co_await any.wait();
                e.require(fired == &s.left ? s.left_was_set : fired == &s.right && s.right_was_set, "it was set");
                co_await rests();
            };
            x.task("a", waits(x, state));
            x.task("b", waits(x, state));
            x.task("left", sets_shortly(state.left, state.left_was_set));
            x.task("right", [&state]() -> Coro<> {
                state.right_was_set = true;
                state.right.set();
                co_return;
            });
            x.check("both stay set", [&state] { return state.left.is_set() && state.right.is_set(); });
        },
        {"a"});
}

TEST_CASE_FIXTURE(Simulated, "explored: WaitAll goes on when each has been set, if only for a moment, with a timeout too") {
    explored([](Exploration& x) {
        auto& state = x.state<Two>();
        x.task("all", [&x, &state]() -> Coro<> {
            const WaitAll all{state.left, state.right};
            co_await all.wait();
            x.require(state.left_was_set && state.right_was_set, "both were set");
        });
        x.task("hasty", [&x, &state]() -> Coro<> {
            const WaitAll all{state.left, state.right};
            const auto passed = co_await wait_for(all.wait(), 1ms);
            x.require(!passed || (state.left_was_set && state.right_was_set), "both were set, or the time is up");
            co_await rests();
        });
        x.task("left", sets_shortly(state.left, state.left_was_set));
        x.task("right", [&state]() -> Coro<> {
            state.right_was_set = true;
            state.right.set();
            co_return;
        });
    });
}

TEST_CASE_FIXTURE(Simulated, "explored: WaitAny and WaitAll end with Error::destroyed when an event of theirs goes") {
    struct State : Holds<Event> {
        Event other;
        int came = 0;
    };
    destroyed_at_any_moment<State>([](State& s) -> Coro<> {
        if (s.came++ == 1) s.other.set();
        const WaitAny any{s.other, *s.primitive};
        (void)co_await any.wait();
    });
    destroyed_at_any_moment<State>([](State& s) -> Coro<> {
        const WaitAll all{s.other, *s.primitive};
        if (s.came++ == 1) s.other.set();
        co_await all.wait();
    });
}

// Future -------------------------------------------------------------------------------------------------------------------------

namespace {

struct Answer {
    std::optional<Future<int>> primitive{std::in_place};
    int answered = 0;
    int told = 0;  ///< that the promise was broken
};

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Future: each waiter gets what is promised, or that the promise was broken") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Answer>();
            const auto waits = [](Answer& s) -> Coro<> {
                const auto got = co_await catch_cancelled(*s.primitive);
                if (got && *got == 42) ++s.answered;
                if (!got && got.error() == Error::destroyed) ++s.told;
                if (!got && got.error() == Error::cancelled) co_await pass_cancelled();
                co_await rests();
            };
            const auto computes = [](Exploration& e, Promise<int> promise) -> Coro<> {
                co_await yield();
                e.require(promise.set_result(42).has_value(), "once");
                e.require(!promise.set_error(Error::unavailable).has_value(), "not twice");
                co_await rests();
            };
            x.task("a", waits(state));
            x.task("b", waits(state));
            x.task("computes", computes(x, Promise{*state.primitive}));
            x.check("answered, or the promise was broken", [&state] {
                const Error error = state.primitive->error();
                return state.primitive->done() && (error == Error::none ? state.told : state.answered) == 0 &&
                       (error == Error::none || error == Error::destroyed);
            });
            x.check("each that was not cancelled", [&state] { return state.answered + state.told >= 1; });
        },
        {"a", "computes"});
}

TEST_CASE_FIXTURE(Simulated, "explored: Future: of two who would set it one does, and an error reaches all who wait") {
    struct State {
        Future<> future;
        int set = 0;
        int told = 0;
    };
    explored(
        [](Exploration& x) {
            auto& state = x.state<State>();
            const auto waits = [](State& s) -> Coro<> {
                const auto got = co_await wait_for(s.future, 1ms);
                if (!got && got.error() == Error::unavailable) ++s.told;
                co_await rests();
            };
            const auto fails = [](State& s) -> Coro<> {
                co_await yield();
                if (s.future.set_error(Error::unavailable)) ++s.set;
            };
            x.task("a", waits(state));
            x.task("fails", fails(state));
            x.task("sets", [&state]() -> Coro<> {
                co_await yield();
                if (state.future.set_result()) ++state.set;
            });
            x.check("once", [&state] { return state.set == 1; });
            x.check("told of what is", [&state] { return state.told == 0 || state.future.error() == Error::unavailable; });
            x.check("looked at", [&state] { return state.future.error() != Error::cancelled; });
        },
        {"a"});
}

TEST_CASE_FIXTURE(Simulated,
                  "explored: Future destroyed at any moment ends those who wait with Error::destroyed, and its Promise knows") {
    destroyed_at_any_moment<Answer>([](Answer& s) -> Coro<> {
        if (s.answered++ == 1) (void)s.primitive->set_result(42);
        (void)co_await *s.primitive;
    });
    explored([](Exploration& x) {
        auto& state = x.state<Answer>();
        const auto sets = [](Exploration& e, Answer& s, Promise<int> promise) -> Coro<> {
            co_await yield();
            Promise<int> moved{std::move(promise)};
            co_await yield();
            e.require(moved.set_result(1).has_value() == s.primitive.has_value(), "it is set if it is there");
        };
        x.task("sets", sets(x, state, Promise{*state.primitive}));
        x.strike("destroy", [&state] { state.primitive.reset(); });
    });
}
