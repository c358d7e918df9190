// ThreadSafeFlag as it is on hosts with threads: lock free. All in one thread here, so that every order is certain; test_linux.cpp has the
// threads.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

Coro<> waits(ThreadSafeFlag& flag, Lines& lines, const char* name) {
    co_await flag.wait();
    lines.emplace_back(name);
}

}  // namespace

TEST_CASE("linux: as many sets as there are waiters, before the loop looks, wake them all, in order") {
    Lines lines;
    ThreadSafeFlag flag;
    auto main = [&]() -> Coro<> {
        auto a = create_task(waits(flag, lines, "a"));
        auto b = create_task(waits(flag, lines, "b"));
        auto c = create_task(waits(flag, lines, "c"));
        co_await yield();
        flag.set();
        flag.set();
        flag.set();
        flag.set();
        co_await gather(a, b, c);
        CHECK(flag.is_set());  // one was nobody's
    };
    CHECK(run(main()));
    CHECK(lines == Lines{"a", "b", "c"});
}

TEST_CASE("linux: a set whose waiter is cancelled, at whatever moment, is the next waiter's, or kept") {
    for (int turns = 0; turns < 6; ++turns) {
        for (const bool another : {false, true}) {
            CAPTURE(turns);
            CAPTURE(another);
            Lines lines;
            ThreadSafeFlag flag;
            auto main = [&]() -> Coro<> {
                auto first = create_task(waits(flag, lines, "first"));
                auto second = another ? create_task(waits(flag, lines, "second")) : Task<>{};
                co_await yield();
                flag.set();
                for (int i = 0; i < turns; ++i) co_await yield();
                const bool cancelled = first.cancel();
                for (int i = 0; i < 6; ++i) co_await yield();
                CHECK(first.done());
                if (!cancelled) {
                    CHECK(lines == Lines{"first"});
                } else if (another) {
                    CHECK(lines == Lines{"second"});
                } else {
                    CHECK(lines.empty());
                }
                CHECK(flag.is_set() == (cancelled && !another));
                if (another) {
                    (void)second.cancel();
                    (void)co_await catch_cancelled(second);
                }
            };
            CHECK(run(main()));
        }
    }
}

TEST_CASE("linux: a flag forgets a waiter that was cancelled, whose memory is another flag's waiter's then") {
    Lines lines;
    ThreadSafeFlag flag;
    ThreadSafeFlag other;
    auto main = [&]() -> Coro<> {
        auto first = create_task(waits(flag, lines, "first"));
        auto second = create_task(waits(flag, lines, "second"));
        co_await yield();
        CHECK(first.cancel());
        (void)co_await catch_cancelled(first);
        first = create_task(waits(other, lines, "another"));
        co_await yield();
        flag.set();
        for (int i = 0; i < 6; ++i) co_await yield();
        CHECK(lines == Lines{"second"});
        other.set();
        co_await gather(first, second);
    };
    CHECK(run(main()));
    CHECK(lines == Lines{"second", "another"});
}

TEST_CASE("linux: sets whose waiters are all cancelled before the loop looks are kept as one, and the loop goes on") {
    Lines lines;
    ThreadSafeFlag flag;
    auto main = [&]() -> Coro<> {
        auto first = create_task(waits(flag, lines, "first"));
        auto second = create_task(waits(flag, lines, "second"));
        co_await yield();
        flag.set();
        flag.set();
        CHECK(first.cancel());
        CHECK(second.cancel());
        for (int i = 0; i < 6; ++i) co_await yield();
        CHECK(first.done());
        CHECK(second.done());
        CHECK(flag.is_set());
        co_await flag.wait();
        CHECK_FALSE(flag.is_set());
    };
    CHECK(run(main()));
    CHECK(lines.empty());
}

TEST_CASE("linux: what is posted between two sets of a flag is not lost") {
    Lines lines;
    ThreadSafeFlag flag;
    Callback callback{[](void* text) { static_cast<Lines*>(text)->emplace_back("called"); }, &lines};
    auto main = [&]() -> Coro<> {
        auto first = create_task(waits(flag, lines, "first"));
        auto second = create_task(waits(flag, lines, "second"));
        co_await yield();
        flag.set();
        running_loop().call_soon_threadsafe(callback);
        flag.set();
        for (int i = 0; i < 6; ++i) co_await yield();
        CHECK(first.done());
        CHECK(second.done());
    };
    CHECK(run(main()));
    CHECK(lines == Lines{"called", "first", "second"});
}
