#include <memory>
#include <string>
#include <vector>

#include <uasync/queue/pipe.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

template <std::size_t N>
Coro<> writes(Trace& trace, Pipe<N>& pipe, std::string text) {
    const auto written = co_await pipe.write(text);
    trace("write " + text + ": " + outcome(written));
}

template <std::size_t N>
Coro<> reads(Trace& trace, Pipe<N>& pipe, std::size_t limit, int id = 0) {
    std::string text(limit, '?');
    text.resize(co_await pipe.read(std::span{text.data(), text.size()}));
    trace("read " + std::to_string(id) + ": " + text);
}

template <std::size_t N>
Coro<> reads_exactly(Trace& trace, Pipe<N>& pipe, std::size_t count) {
    std::string text(count, '?');
    const auto whole = co_await pipe.read_exactly(std::span{text.data(), text.size()});
    trace("exactly " + text + ": " + outcome(whole));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Pipe: a read gives what is there, one byte at least; a write waits until all is in") {
    auto body = [&]() -> Coro<> {
        Pipe<4> pipe;
        create_task(reads(trace, pipe, 10));
        co_await sleep_ms(1);
        create_task(writes(trace, pipe, "abc"));
        co_await sleep_ms(1);
        CHECK(pipe.size() == 0);
        auto writer = create_task(writes(trace, pipe, "defghijklm"));
        co_await sleep_ms(1);
        CHECK(pipe.size() == 4);
        co_await reads(trace, pipe, 2);
        co_await reads(trace, pipe, 10);
        CHECK_FALSE(writer.done());
        co_await reads(trace, pipe, 10);
        co_await sleep_ms(1);
        CHECK(pipe.size() == 0);
        co_await writes(trace, pipe, "");
    };
    CHECK(run(body()));
    trace.expect({"1 write abc: ok", "1 read 0: abc", "3 read 0: de", "3 read 0: fghi", "3 read 0: jklm", "3 write defghijklm: ok",
                  "4 write : ok"});
}

TEST_CASE_FIXTURE(Simulated, "Pipe: read_exactly waits for all, also for more than the buffer holds; writes do not mix") {
    auto body = [&]() -> Coro<> {
        Pipe<3> pipe;
        auto reader = create_task(reads_exactly(trace, pipe, 8));
        create_task(reads_exactly(trace, pipe, 2));
        create_task(writes(trace, pipe, "abcdef"));
        create_task(writes(trace, pipe, "GHIJ"));
        co_await sleep_ms(1);
        CHECK(reader.done());
        CHECK(pipe.size() == 0);
    };
    CHECK(run(body()));
    trace.expect({"0 write abcdef: ok", "0 exactly abcdefGH: ok", "0 write GHIJ: ok", "0 exactly IJ: ok"});
}

TEST_CASE_FIXTURE(Simulated, "Pipe: closed: waiting writes fail, what is there is read, then the end") {
    auto body = [&]() -> Coro<> {
        Pipe<4> pipe;
        create_task(writes(trace, pipe, "abcdef"));
        create_task(writes(trace, pipe, "ghi"));
        co_await sleep_ms(1);
        pipe.close();
        CHECK(pipe.closed());
        co_await sleep_ms(1);
        co_await reads_exactly(trace, pipe, 5);
        co_await reads(trace, pipe, 10);
        co_await reads(trace, pipe, 10);
        co_await writes(trace, pipe, "x");

        Pipe<4> idle;
        create_task(reads(trace, idle, 4));
        create_task(reads_exactly(trace, idle, 2));
        co_await sleep_ms(1);
        idle.close();
        co_await sleep_ms(1);
    };
    CHECK(run(body()));
    trace.expect({"1 write abcdef: shut down", "1 write ghi: shut down", "2 exactly ?????: shut down", "2 read 0: abcd",
                  "2 read 0: ", "2 write x: shut down", "3 read 0: ", "3 exactly ??: shut down"});
}

TEST_CASE_FIXTURE(Simulated, "Pipe: a read that is cancelled, or times out, just as it was woken too, has taken nothing") {
    auto body = [&]() -> Coro<> {
        Pipe<4> pipe;
        char c = 0;
        const auto late = co_await wait_for(pipe.read(std::span{&c, 1}), 1ms);
        CHECK(late.error() == Error::timeout);
        auto first = create_task(reads(trace, pipe, 4, 1));
        auto whole = create_task(reads_exactly(trace, pipe, 3));
        create_task(reads(trace, pipe, 4, 2));
        co_await yield();
        co_await writes(trace, pipe, "ab");
        CHECK(pipe.size() == 1);  // a byte is kept for the first
        first.cancel();
        co_await yield();
        whole.cancel();
        co_await sleep_ms(1);

        auto writer = create_task(writes(trace, pipe, "abcdefgh"));  // cancelled, it has written a beginning
        create_task(writes(trace, pipe, "xy"));
        co_await yield();
        writer.cancel();
        for (int i = 0; i < 2; ++i) {
            co_await sleep_ms(1);
            co_await reads(trace, pipe, 4, 3);
        }
    };
    CHECK(run(body()));
    trace.expect({"1 write ab: ok", "1 read 2: ab", "3 read 3: abcd", "3 write xy: ok", "4 read 3: xy"});
}

TEST_CASE_FIXTURE(
    Simulated,
    "Pipe: in any order, with a reader or a writer cancelled at any step, the bytes that come are those that went, in order") {
    for (unsigned victim = 0; victim < 3; ++victim) {
        for (unsigned when = 0; when < 10; ++when) {
            for_each_order(
                [&] {
                    std::string got;
                    auto body = [&]() -> Coro<> {
                        Pipe<3> pipe;
                        auto writes_digits = [&](char first) -> Coro<> {
                            for (int i = 0; i < 3; ++i) {
                                const std::string text(4, static_cast<char>(first + i));
                                (void)co_await pipe.write(text);
                            }
                        };
                        auto gathers = [&]() -> Coro<> {
                            char some[5];
                            while (const std::size_t count = co_await pipe.read(some)) got.append(some, count);
                        };
                        std::vector<Task<>> tasks;
                        tasks.push_back(create_task(gathers()));
                        for (char first : {'a', 'x'}) tasks.push_back(create_task(writes_digits(first)));
                        for (unsigned i = 0; i < when; ++i) co_await yield();
                        tasks[victim].cancel();
                        if (victim == 0) tasks.push_back(create_task(gathers()));
                        co_await sleep_ms(1);
                        CHECK(pipe.size() == 0);
                        pipe.close();
                        for (auto& task : tasks) (void)co_await catch_cancelled(task);
                    };
                    CHECK(run(body()));
                    std::string ab;  // each writer's bytes in order, four of each unless it was the victim
                    std::string xy;
                    for (char c : got) (c < 'x' ? ab : xy) += c;
                    const std::string all = "aaaabbbbcccc";
                    const std::string others = "xxxxyyyyzzzz";
                    CHECK(ab == all.substr(0, victim == 1 ? ab.size() : 12));
                    CHECK(xy == others.substr(0, victim == 2 ? xy.size() : 12));
                },
                10);
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "Pipe: destroyed while tasks wait, or were woken: each ends with Error::destroyed") {
    for_each_order([&] {
        auto body = [&]() -> Coro<> {
            auto pipe = std::make_unique<Pipe<4>>();
            auto full = std::make_unique<Pipe<2>>();
            std::vector<Task<>> tasks;
            for (int i = 0; i < 2; ++i) {
                tasks.push_back(create_task(reads(trace, *pipe, 4, i)));
                tasks.push_back(create_task(writes(trace, *full, "abcd")));
            }
            co_await sleep_ms(1);
            CHECK(co_await pipe->write("x"));
            pipe.reset();
            full.reset();
            for (auto& task : tasks) {
                const auto ended = co_await catch_cancelled(task);
                CHECK(ended == Result<void>{std::unexpected{Error::destroyed}});
            }
        };
        CHECK(run(body()));
        for (const auto& line : trace.lines()) CHECK(line.find("report") != std::string::npos);
    });
}

TEST_CASE_FIXTURE(Simulated, "Pipe: when it is closed, a read behind one that is too long gets what is left") {
    auto main = [&]() -> Coro<> {
        Pipe<2> pipe;
        std::array<std::byte, 2> whole{};
        std::array<std::byte, 2> some{};
        auto reads_all = [&]() -> Coro<> {
            const auto r = co_await pipe.read_exactly(whole);
            trace(r ? "all" : "not all");
        };
        auto reads = [&]() -> Coro<> { trace("got", static_cast<int>(co_await pipe.read(some))); };
        create_task(reads_all());
        create_task(reads());
        co_await sleep_ms(1);
        (void)co_await pipe.write("y");
        pipe.close();
        co_await sleep_ms(1);
    };
    CHECK(run(main()));
    trace.expect({"1 not all", "1 got 1"});
}
