// A loop's lock-free inbox, loops that come and go under those who post to them, and loops that change their thread.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/uasync.hpp>

#include <support/explored.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr int posters = 4;
constexpr int slots = 1024;

/// Ten million in all; a tenth where a sanitizer makes each slow, unless UASYNC_INBOX_POSTS says how many.
int posts_in_all() {
    if (const char* text = std::getenv("UASYNC_INBOX_POSTS")) return std::atoi(text);
    return test::slowed_by_a_sanitizer ? 1'000'000 : 10'000'000;
}
const int posts_of_each = posts_in_all() / posters;

/// A posting thread with some callbacks, which it posts in turn.
struct Poster {
    struct Slot {
        Callback callback{[](void* self) { static_cast<Slot*>(self)->called(); }, this};
        Poster* poster = nullptr;
        int data = 0;  // not atomic: the post orders the accesses
        void called() { poster->called(*this); }
    };

    void called(const Slot& slot) {
        const int before = seen.load(std::memory_order_relaxed);
        if (&slot != &all[static_cast<std::size_t>(before % slots)] || slot.data != before) ++wrong;
        seen.store(before + 1, std::memory_order_release);
        if (++*calls == posters * posts_of_each) loop->stop();
    }

    /// Each slot again when it has been called.
    void post_all() {
        for (int i = 0; i < posts_of_each; ++i) {
            while (seen.load(std::memory_order_acquire) <= i - slots) std::this_thread::yield();
            Slot& slot = all[static_cast<std::size_t>(i % slots)];
            slot.data = i;
            if (!loop->call_soon_threadsafe(slot.callback)) ++refused;
        }
    }

    std::array<Slot, slots> all;
    EventLoop* loop = nullptr;
    int* calls = nullptr;
    std::atomic<int> seen{0};
    int wrong = 0;
    int refused = 0;
};

std::size_t open_files() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}));
}

}  // namespace

TEST_CASE("linux: four threads post ten million times: each post is called once, a thread's in order") {
    EventLoop loop;
    int calls = 0;
    std::array<Poster, posters> all;
    std::vector<std::thread> threads;
    for (Poster& poster : all) {
        poster.loop = &loop;
        poster.calls = &calls;
        for (auto& slot : poster.all) slot.poster = &poster;
    }
    for (Poster& poster : all) threads.emplace_back([&poster] { poster.post_all(); });
    CHECK(loop.run_forever() == Error::none);
    for (auto& thread : threads) thread.join();
    CHECK(calls == posters * posts_of_each);
    for (const Poster& poster : all) {
        CHECK(poster.wrong == 0);
        CHECK(poster.refused == 0);
    }
}

TEST_CASE("linux: four threads and one callback: it is called after the last of their posts") {
    EventLoop loop;
    struct Shared {
        EventLoop& loop;
        int each = posts_of_each / 20;
        std::array<std::atomic<int>, posters> done{};
        int called = 0;
    } shared{.loop = loop};
    Callback callback{[](void* argument) {
                          auto& s = *static_cast<Shared*>(argument);
                          ++s.called;
                          for (const auto& done : s.done) {
                              if (done.load(std::memory_order_relaxed) != s.each) return;
                          }
                          s.loop.stop();
                      },
                      &shared};
    std::vector<std::thread> threads;
    for (int t = 0; t < posters; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 1; i <= shared.each; ++i) {
                shared.done[static_cast<std::size_t>(t)].store(i, std::memory_order_relaxed);  // the post orders it
                loop.call_soon_threadsafe(callback);
            }
        });
    }
    CHECK(loop.run_forever() == Error::none);
    for (auto& thread : threads) thread.join();
    CHECK(shared.called > 0);
}

TEST_CASE("linux: loops end while threads are still about to wake them; no descriptor is opened or closed for it") {
    constexpr int rounds = 2'000;
    std::atomic<ThreadSafeFlag*> place{nullptr};
    std::atomic<bool> quit{false};
    std::vector<std::thread> setters;
    for (int t = 0; t < 2; ++t) {
        setters.emplace_back([&] {
            while (!quit.load(std::memory_order_relaxed)) {
                if (ThreadSafeFlag* flag = place.exchange(nullptr)) flag->set();
            }
        });
    }
    std::size_t before = 0;
    int served = 0;
    for (int i = 0; i < rounds; ++i) {
        auto body = [&]() -> Coro<> {
            ThreadSafeFlag flag;  // goes, and the loop with it, as soon as the set has woken this
            place.store(&flag);
            co_await flag.wait();
            ++served;
        };
        CHECK(run(body()));
        if (i == 0) before = open_files();
    }
    quit = true;
    for (auto& setter : setters) setter.join();
    CHECK(served == rounds);
    CHECK(open_files() == before);
}

TEST_CASE("linux: a callback that a loop had no turn for can be posted to the next loop") {
    int called = 0;
    Callback callback{[](void* count) { ++*static_cast<int*>(count); }, &called};
    {
        EventLoop first;
        CHECK(first.call_soon_threadsafe(callback));
        CHECK_FALSE(first.call_soon_threadsafe(callback));
        first.close();
    }
    EventLoop second;
    CHECK(second.call_soon_threadsafe(callback));
    second.stop();
    CHECK(second.run_forever() == Error::none);
    CHECK(called == 1);
}

TEST_CASE("linux: a loop is made in one thread and runs in another; its tasks live there") {
    EventLoop loop;
    std::vector<std::string> order;
    auto first = [&]() -> Coro<int> {
        order.emplace_back("first");
        co_await sleep(1us);
        order.emplace_back("slept");
        co_return 1;
    };
    auto task = loop.create_task(first());
    Result<int> result = 0;
    std::thread{[&] { result = loop.run_until_complete(task); }}.join();
    CHECK(result == Result<int>{1});
    CHECK(order == std::vector<std::string>{"first", "slept"});
    // Back in the thread that has made it.
    CHECK(loop.run_until_complete(first()) == Result<int>{1});
    auto other = []() -> Coro<int> { co_return 2; };
    CHECK(run(other()) == Result<int>{2});
}

TEST_CASE("linux: a thread whose loop has gone elsewhere, and ended there, runs loops of its own") {
    auto loop = std::make_unique<EventLoop>();
    std::thread{[loop = std::move(loop)]() mutable {
        auto body = []() -> Coro<> { co_await sleep(1us); };
        CHECK(loop->run_until_complete(body()));
        loop.reset();
    }}.join();
    auto body = []() -> Coro<int> { co_return 3; };
    CHECK(run(body()) == Result<int>{3});
    EventLoop next;
    CHECK(next.run_until_complete(body()) == Result<int>{3});
}

TEST_CASE("linux: a primitive whose loop has run in another thread ends its waiters when it is destroyed here") {
    std::vector<std::string> order;
    EventLoop loop;
    auto event = std::make_unique<Event>();
    auto waits = [&]() -> Coro<> {
        const auto result = co_await catch_cancelled(event->wait());
        order.push_back(to_string(result.error()));
    };
    auto stops = [&]() -> Coro<> {
        co_await sleep(1us);
        loop.stop();
    };
    loop.create_task(waits());
    std::thread{[&] {
        loop.create_task(stops());
        CHECK(loop.run_forever() == Error::none);
    }}.join();
    event.reset();
    loop.stop();
    CHECK(loop.run_forever() == Error::none);
    REQUIRE(order.size() == 1);
    CHECK(order[0] == to_string(Error::destroyed));
}

TEST_CASE("inbox: a loop does not fall asleep while there is a node or a ring that it has not seen") {
    Mailbox& mailbox = *Mailbox::acquire();
    LoopCallback node{[](LoopCallback&) noexcept {}};
    const auto forget = [&] {
        WaitNode** end = nullptr;
        (void)mailbox.take(end);
        mailbox.signalled.store(false);
    };
    CHECK(mailbox.fall_asleep());
    mailbox.wake_up();
    mailbox.ring();
    CHECK_FALSE(mailbox.fall_asleep());
    forget();
    mailbox.post(node);
    CHECK_FALSE(mailbox.fall_asleep());
    mailbox.signalled.store(false);
    CHECK_FALSE(mailbox.fall_asleep());
    forget();
    CHECK(mailbox.fall_asleep());
    mailbox.wake_up();
    mailbox.release();
}

TEST_CASE("inbox: only the first of many posts rings, until the loop finds none or falls asleep") {
    Mailbox& mailbox = *Mailbox::acquire();
    LoopCallback node{[](LoopCallback&) noexcept {}};
    const auto post_rings = [&] {
        mailbox.signalled.store(false);
        mailbox.post(node);
        return mailbox.signalled.load();
    };
    const auto take = [&] {
        WaitNode** end = nullptr;
        WaitNode* const first = mailbox.take(end);
        if (first != nullptr) CHECK(end == &first->next);
        return first;
    };
    CHECK(post_rings());
    CHECK(take() == &node);
    CHECK(node.next == nullptr);
    CHECK_FALSE(post_rings());  // the loop watches
    CHECK_FALSE(mailbox.at_rest());
    CHECK(take() == &node);
    CHECK(node.next == nullptr);
    CHECK(take() == nullptr);
    CHECK(mailbox.at_rest());
    CHECK(post_rings());
    CHECK(take() == &node);
    mailbox.signalled.store(false);
    CHECK(mailbox.fall_asleep());
    mailbox.wake_up();
    CHECK(post_rings());
    CHECK(take() == &node);
    CHECK_FALSE(post_rings());
    CHECK_FALSE(mailbox.fall_asleep());
    CHECK(take() == &node);
    mailbox.release();
}

namespace {

/// Counts a task's turns, and notes how many there were when the loop called it.
struct Turns {
    int yields = 0;
    int called_after = -1;
    Callback callback{[](void* self) {
                          auto& turns = *static_cast<Turns*>(self);
                          turns.called_after = turns.yields;
                      },
                      this};

    /// After how many turns the loop calls what `post` posts to it.
    template <class Post>
    Coro<int> count(Post post) {
        called_after = -1;
        post(callback);
        for (yields = 0; called_after < 0 && yields < 1000; ++yields) co_await yield();
        co_return called_after;
    }
};

}  // namespace

TEST_CASE("inbox: a busy loop calls what its own thread posts before its next step") {
    Turns turns;
    auto main = [&]() -> Coro<> {
        Loop& loop = running_loop();
        for (int round = 0; round < 100; ++round) {
            CHECK(co_await turns.count([&](Callback& callback) { CHECK(loop.call_soon_threadsafe(callback)); }) <= 1);
        }
    };
    CHECK(run(main()));
}

TEST_CASE("inbox: a busy loop calls another thread's post before its next step, and what comes soon after that within 61") {
    Turns turns;
    auto main = [&]() -> Coro<> {
        Loop& loop = running_loop();
        const auto post = [&loop](Callback& callback) { std::thread{[&] { loop.call_soon_threadsafe(callback); }}.join(); };
        int latest = 0;
        for (int round = 0; round < 10; ++round) {
            CHECK(co_await turns.count(post) <= 1);
            latest = std::max(latest, co_await turns.count(post));
            for (int i = 0; i < 2 * 61; ++i) co_await yield();  // the loop looks, and finds none
        }
        CHECK(latest > 1);
        CHECK(latest <= 61);
    };
    CHECK(run(main()));
}
