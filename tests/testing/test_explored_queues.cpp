// JoinableQueue, PriorityQueue, LifoQueue, RingQueue, Channel, Broadcast, Watch and Pipe under every schedule, with a cancellation at every
// await: nothing lost, nothing twice, in order, nobody left waiting.

#include <array>
#include <span>
#include <string_view>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace uasync::test;

namespace {

constexpr ExploreOptions few_random{.random_runs = 30};

/// Up to eight numbers, of which the first is the one that a queue has to give next.
class Model {
public:
    /// Before the first that `before` says it comes before.
    template <class Before>
    void add(int message, Before before) {
        REQUIRE(size_ < values_.size());
        std::size_t at = 0;
        while (at < size_ && !before(message, values_[at])) ++at;
        for (std::size_t i = size_++; i > at; --i) values_[i] = values_[i - 1];
        values_[at] = message;
    }
    void add(int message) {
        add(message, [](int, int) { return false; });
    }
    /// Whether it was the first, which it is no more.
    bool take(int message) {
        if (size_ == 0 || values_[0] != message) return false;
        for (std::size_t i = 1; i < size_; ++i) values_[i - 1] = values_[i];
        values_[--size_] = 0;
        return true;
    }
    int front() const { return values_[0]; }
    int at(std::size_t index) const { return values_[index]; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    std::array<int, 8> values_{};
    std::size_t size_ = 0;
};

/// Takes what comes, until it is cancelled.
template <class S>
Coro<> consumes(Exploration& x, S& s) {
    while (true) {
        const int message = co_await s.queue.get();
        x.require(s.held.take(message), "the message whose turn it is");
    }
}

/// When `a` and `b` have ended: ends the consumers, wherever they are. What they have not taken is there.
template <class S>
Coro<> empties(Exploration& x, S& s, Task<> consumer, Task<> helper) {
    consumer.cancel();
    helper.cancel();
    (void)co_await catch_cancelled(consumer);
    (void)co_await catch_cancelled(helper);
    x.require(s.queue.qsize() == s.held.size(), "as many as were not taken");
    while (auto message = s.queue.get_nowait()) x.require(s.held.take(*message), "what is left, in order");
    x.require(s.held.empty() && s.queue.empty(), "all of it");
}

}  // namespace

// JoinableQueue ------------------------------------------------------------------------------------------------------------------

namespace {

struct Jobs {
    JoinableQueue<int, 1> queue;
    Model held;
    int put = 0;
    int done = 0;
    int refused = 0;
    bool shut_down = false;
};

/// However the work on it ends.
class Job {
public:
    explicit Job(Jobs& s) : s_{s} {}
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    ~Job() {
        ++s_.done;
        (void)s_.queue.task_done();
    }

private:
    Jobs& s_;
};

Coro<> adds_jobs(Exploration& x, Jobs& s, int first, int count) {
    for (int job = first; job < first + count; ++job) {
        const auto put = co_await s.queue.put(job);
        x.require(put.has_value() ? !s.shut_down : s.shut_down && put.error() == Error::shut_down, "put unless shut down");
        if (put) {
            s.held.add(job);
            ++s.put;
        } else {
            ++s.refused;
        }
    }
}

Coro<> works(Exploration& x, Jobs& s) {
    while (auto job = co_await s.queue.get()) {
        x.require(s.held.take(*job), "first in, first out");
        const Job working{s};
        co_await yield();
    }
    x.require(s.shut_down, "they end when it is shut down");
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: JoinableQueue: join waits for each job, then shutdown ends the workers") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Jobs>();
            auto producer = x.task("producer", adds_jobs(x, state, 1, 2));
            x.task("worker", works(x, state));
            x.task("helper", works(x, state));
            const auto closes = [](Exploration& e, Jobs& s, Task<> puts) -> Coro<> {
                (void)co_await catch_cancelled(puts);
                co_await s.queue.join();
                e.require(s.done == s.put && s.held.empty(), "each job has been done");
                s.shut_down = true;
                s.queue.shutdown();
            };
            x.task("closer", closes(x, state, producer));
            x.check("all done", [&state] { return state.done == state.put && state.queue.empty() && state.refused == 0; });
        },
        {"producer", "helper"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored: JoinableQueue: shutdown at any moment, with and without what is there") {
    for (const bool immediate : {false, true}) {
        CAPTURE(immediate);
        explored(
            [immediate](Exploration& x) {
                auto& state = x.state<Jobs>();
                x.task("producer", adds_jobs(x, state, 1, 2));
                x.task("worker", works(x, state));
                const auto shuts = [](Jobs& s, bool drops) -> Coro<> {
                    co_await yield();
                    s.shut_down = true;
                    if (drops) s.held = {};
                    s.queue.shutdown(drops);
                    if (!drops) {
                        while (auto job = s.queue.get_nowait()) {  // or else a cancelled worker leaves it
                            const Job working{s};
                            REQUIRE(s.held.take(*job));
                        }
                        co_return;
                    }
                    co_await s.queue.join();
                };
                x.task("shuts", shuts(state, immediate));
                x.check("put or refused", [&state] { return state.put + state.refused <= 2; });
                x.check("done, or dropped, or a cancelled worker had not come to it",
                        [&state, immediate] { return immediate ? state.queue.empty() : state.held.size() == state.queue.qsize(); });
            },
            {"producer", "worker"}, few_random);
    }
}

// PriorityQueue, LifoQueue -------------------------------------------------------------------------------------------------------

namespace {

struct ByTens {
    bool operator()(int a, int b) const { return a / 10 < b / 10; }
};
struct NewestFirst {
    bool operator()(int, int) const { return true; }
};

template <class Q, class Before>
void ordered(Exploration& x) {
    struct State {
        Q queue;
        Model held;
    };
    auto& state = x.state<State>();
    const auto puts = [](State& s, int first, int second) -> Coro<> {
        co_await s.queue.put(first);
        s.held.add(first, Before{});
        if (second == 0) co_return;
        co_await s.queue.put(second);
        s.held.add(second, Before{});
    };
    auto a = x.task("producer a", puts(state, 20, 10));
    auto b = x.task("producer b", puts(state, 21, 0));
    auto consumer = x.task("consumer", consumes(x, state));
    auto helper = x.task("helper", consumes(x, state));
    const auto closes = [](Exploration& e, State& s, Task<> p, Task<> q, Task<> c, Task<> h) -> Coro<> {
        (void)co_await catch_cancelled(p);
        (void)co_await catch_cancelled(q);
        co_await empties(e, s, c, h);
    };
    x.task("closer", closes(x, state, a, b, consumer, helper));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: PriorityQueue: the lowest of what is there, equal ones as they came") {
    explored([](Exploration& x) { ordered<PriorityQueue<int, 2, ByTens>, ByTens>(x); }, {"producer a", "helper"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored: LifoQueue: the newest of what is there") {
    explored([](Exploration& x) { ordered<LifoQueue<int, 2>, NewestFirst>(x); }, {"producer a", "helper"}, few_random);
}

// RingQueue ----------------------------------------------------------------------------------------------------------------------

namespace {

template <WhenFull when_full>
void struck(Exploration& x) {
    struct State {
        RingQueue<int, 2, when_full> queue;
        ThreadSafeFlag all_put;
        Model held;
        int put = 0;
        unsigned dropped = 0;
    };
    auto& state = x.state<State>();
    auto consumer = x.task("consumer", consumes(x, state));
    auto helper = x.task("helper", consumes(x, state));
    x.strike(
        "irq",
        [&x, &state] {
            const bool full = state.held.size() == 2;
            const int message = ++state.put;
            x.require(state.queue.put_from_isr(message) == !full, "it costs a message if it is full");
            if (full) ++state.dropped;
            if (full && when_full == WhenFull::overwrite_oldest) (void)state.held.take(state.held.front());
            if (!full || when_full == WhenFull::overwrite_oldest) state.held.add(message);
            if (message == 4) state.all_put.set();
        },
        4);
    const auto closes = [](Exploration& e, State& s, Task<> c, Task<> h) -> Coro<> {
        co_await s.all_put.wait();
        co_await empties(e, s, c, h);
    };
    x.task("closer", closes(x, state, consumer, helper));
    x.check("counted", [&state] { return state.queue.dropped() == state.dropped; });
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: RingQueue: drops the newest, or overwrites the oldest, and loses nothing else") {
    explored(struck<WhenFull::drop_newest>, {"consumer", "helper"}, few_random);
    explored(struck<WhenFull::overwrite_oldest>, {"consumer", "helper"}, few_random);
}

// Channel ------------------------------------------------------------------------------------------------------------------------

namespace {

template <std::size_t N>
struct Line {
    Channel<int, N> channel;
    Model held;
    int receiving = 0;
    bool receivers_stay = true;  ///< nobody cancels them
};

template <std::size_t N>
Coro<> sends(Exploration& x, Line<N>& s, int first, int count) {
    for (int message = first; message < first + count; ++message) {
        const auto sent = co_await s.channel.send(message);
        x.require(sent.has_value() == !s.channel.closed(), "sent unless closed");
        if (!sent) co_return;
        s.held.add(message);
        if (N == 0 && s.receivers_stay) {
            x.require(static_cast<std::size_t>(s.receiving) >= s.held.size(), "somebody is there to receive it");
        }
    }
}

template <std::size_t N>
Coro<> receives(Exploration& x, Line<N>& s) {
    const Count count{s.receiving};
    while (auto message = co_await s.channel.receive()) x.require(s.held.take(*message), "first in, first out");
    x.require(s.channel.closed(), "it ends when the channel is closed");
}

template <std::size_t N>
void line(Exploration& x, bool receivers_stay) {
    auto& state = x.state<Line<N>>();
    state.receivers_stay = receivers_stay;
    x.task("sender a", sends(x, state, 1, 2));
    x.task("sender b", sends(x, state, 5, 1));
    auto receiver = x.task("receiver", receives(x, state));
    auto helper = x.task("helper", receives(x, state));
    const auto closes = [](Exploration& e, Line<N>& s, Task<> r, Task<> h) -> Coro<> {
        co_await yield();
        s.channel.close();
        (void)co_await catch_cancelled(r);
        (void)co_await catch_cancelled(h);
        while (auto message = co_await s.channel.receive()) e.require(s.held.take(*message), "what cancelled ones have left");
    };
    x.task("closer", closes(x, state, receiver, helper));
    x.always("no more than there is room for", [&state] { return state.held.size() <= (N == 0 ? 1 : N); });
    x.check("all that was sent has come", [&state] { return state.held.empty() && state.channel.empty(); });
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Channel: all that was sent comes, also after it was closed at any moment") {
    explored([](Exploration& x) { line<1>(x, false); }, {"sender a", "receiver"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored: Channel of 0: who has sent had somebody to send it to, and nothing is lost") {
    constexpr ExploreOptions more{.max_schedules = 60'000, .random_runs = few_random.random_runs};
    explored([](Exploration& x) { line<0>(x, true); }, {"sender a", "sender b"}, more);
    // A receiver that is cancelled leaves the place that it has offered, and a sender that is cancelled there passes it on. So then
    // a sender may go on with nobody there, but its message stays.
    explored([](Exploration& x) { line<0>(x, false); }, {"receiver", "sender a"}, more);
}

// Broadcast ----------------------------------------------------------------------------------------------------------------------

namespace {

template <Lag lag>
struct Station {
    using Source = Broadcast<int, lag == Lag::wait ? 1 : 2, lag>;

    Source source;
    typename Source::Subscriber shared{source};  ///< of two tasks
    Model held;                                  ///< what those two have not taken
    Model published;
};

template <Lag lag>
Coro<> publishes(Exploration& x, Station<lag>& s, int first, int count) {
    for (int message = first; message < first + count; ++message) {
        if constexpr (lag == Lag::wait) {
            co_await s.source.publish(message);
            s.held.add(message);
            s.published.add(message);
            x.require(s.held.size() == 1, "the slowest had room");
        } else {
            s.source.publish(message);
            s.held.add(message);
            const bool lost = s.held.size() == 3;
            if (lost) (void)s.held.take(s.held.front());
            x.require(s.shared.lagged() == (lost ? 1 : 0), "it is told of what it lost");
            s.published.add(message);
            co_await yield();
        }
    }
}

template <Lag lag>
Coro<> shares(Exploration& x, Station<lag>& s) {
    while (true) {
        const int message = co_await s.shared.get();
        x.require(s.held.take(message), "in order, each to one of those who share");
    }
}

/// Hears all from its subscription on, up to what it lost.
template <Lag lag>
Coro<> listens(Exploration& x, Station<lag>& s) {
    auto subscriber = s.source.subscribe();
    std::size_t heard = s.published.size();
    while (true) {
        const int message = co_await subscriber.get();
        const std::size_t missed = subscriber.lagged();
        x.require(lag == Lag::overwrite || missed == 0, "nothing is lost where publishing waits");
        heard += missed;
        x.require(heard < s.published.size() && s.published.at(heard) == message, "the next, or that after what it lost");
        ++heard;
        x.require(subscriber.qsize() == s.published.size() - heard, "and it will hear the others");
    }
}

template <Lag lag, bool shared>
void station(Exploration& x) {
    auto& state = x.state<Station<lag>>();
    auto a = x.task("publisher a", publishes(x, state, 1, lag == Lag::wait ? 2 : 3));
    auto b = lag == Lag::wait ? x.task("publisher b", publishes(x, state, 5, 1)) : a;
    auto sharer = x.task("sharer", shares(x, state));
    auto helper = shared ? x.task("helper", shares(x, state)) : sharer;
    if (!shared) x.background("listener", listens(x, state));
    const auto closes = [](Exploration& e, Station<lag>& s, Task<> p, Task<> q, Task<> c, Task<> h) -> Coro<> {
        (void)co_await catch_cancelled(p);
        (void)co_await catch_cancelled(q);
        c.cancel();
        h.cancel();
        (void)co_await catch_cancelled(c);
        (void)co_await catch_cancelled(h);
        while (auto message = s.shared.get_nowait()) e.require(s.held.take(*message), "what is left, in order");
        e.require(s.held.empty(), "all of it");
    };
    x.task("closer", closes(x, state, a, b, sharer, helper));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Broadcast: each subscriber gets all in order, or is told how many it lost") {
    explored(station<Lag::overwrite, true>, {"publisher a", "helper"}, few_random);
    explored(station<Lag::overwrite, false>, {"publisher a", "listener"}, few_random);
}

TEST_CASE_FIXTURE(Simulated, "explored: Broadcast that waits: nothing is lost, and no publisher waits for one that has gone") {
    explored(station<Lag::wait, true>, {"publisher a", "helper"}, few_random);
    explored(station<Lag::wait, false>, {"publisher a", "listener"}, few_random);
}

// Watch --------------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Simulated, "explored: Watch: values only go forward, each reader sees the newest, and all see the last") {
    constexpr int last = 9;
    explored(
        [](Exploration& x) {
            struct State {
                Watch<int> watch;
                int put = 0;
                int done = 0;
            };
            auto& state = x.state<State>();
            const auto reads = [](Exploration& e, State& s) -> Coro<> {
                auto reader = s.watch.reader();
                e.require(reader.empty() == (s.put == 0), "the present value first");
                int seen = 0;
                while (seen != last) {
                    const int value = co_await reader.get();
                    e.require(value > seen && value == s.put && reader.empty(), "the newest, once");
                    seen = value;
                }
                ++s.done;
            };
            const auto puts = [](State& s) -> Coro<> {
                for (int value = 1; value <= 3; ++value) {
                    s.put = value;
                    s.watch.put(value);
                    co_await yield();
                }
            };
            const auto closes = [](State& s, Task<> putter) -> Coro<> {
                (void)co_await catch_cancelled(putter);
                s.put = last;
                s.watch.put(last);
            };
            x.task("a", reads(x, state));
            x.task("b", reads(x, state));
            auto putter = x.task("putter", puts(state));
            x.task("closer", closes(state, putter));
            x.check("the last", [&state] { return state.done >= 1 && *state.watch.value() == last; });
        },
        {"a", "putter"}, few_random);
}

// Pipe ---------------------------------------------------------------------------------------------------------------------------

namespace {

struct Stream {
    Pipe<2> pipe;
    std::array<char, 8> got{};
    std::size_t size = 0;
    bool wrote_a = false;
    bool wrote_b = false;

    void add(std::span<const char> bytes) {
        for (const char byte : bytes) {
            REQUIRE(size < got.size());
            got[size++] = byte;
        }
    }
    /// A beginning of one text, or all of it if its write went well, then the same of the other: they do not mix.
    bool right() const {
        const std::string_view stream{got.data(), size};
        const std::string_view a = "abc";
        const std::string_view b = "xy";
        for (std::size_t i = wrote_a ? a.size() : 0; i <= a.size(); ++i) {
            for (std::size_t j = wrote_b ? b.size() : 0; j <= b.size(); ++j) {
                if (stream.size() != i + j) continue;
                if (stream.starts_with(a.substr(0, i)) && stream.ends_with(b.substr(0, j))) return true;
                if (stream.starts_with(b.substr(0, j)) && stream.ends_with(a.substr(0, i))) return true;
            }
        }
        return false;
    }
};

Coro<> writes(Exploration& x, Stream& s, std::string_view text, bool& written) {
    const auto result = co_await s.pipe.write(text);
    x.require(result.has_value(), "nobody has closed it");
    written = true;
}

Coro<> reads(Exploration& x, Stream& s) {
    while (true) {
        std::array<char, 2> bytes{};
        const std::size_t count = co_await s.pipe.read(std::span<char>{bytes});
        if (count == 0) break;
        s.add(std::span<const char>{bytes}.first(count));
    }
    x.require(s.pipe.closed(), "the end");
}

Coro<> reads_pairs(Exploration& x, Stream& s) {
    while (true) {
        std::array<char, 2> bytes{};
        const auto result = co_await s.pipe.read_exactly(std::span<char>{bytes});
        if (!result) break;
        s.add(bytes);
    }
    x.require(s.pipe.closed(), "the end");
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "explored: Pipe: all that was written is read, in order, and writes do not mix") {
    explored(
        [](Exploration& x) {
            auto& state = x.state<Stream>();
            auto a = x.task("writer a", writes(x, state, "abc", state.wrote_a));
            auto b = x.task("writer b", writes(x, state, "xy", state.wrote_b));
            auto reader = x.task("reader", reads(x, state));
            auto pairs = x.task("pairs", reads_pairs(x, state));
            const auto closes = [](Exploration& e, Stream& s, Task<> p, Task<> q, Task<> r, Task<> t) -> Coro<> {
                (void)co_await catch_cancelled(p);
                (void)co_await catch_cancelled(q);
                s.pipe.close();
                (void)co_await catch_cancelled(r);
                (void)co_await catch_cancelled(t);
                co_await reads(e, s);  // what a pair was too long for
            };
            x.task("closer", closes(x, state, a, b, reader, pairs));
            x.check("one text and then the other", [&state] { return state.right() && state.pipe.size() == 0; });
        },
        {"writer a", "pairs"}, few_random);
}
