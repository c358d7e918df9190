#include <optional>
#include <vector>

#include <uasync/device.hpp>
#include <uasync/sim.hpp>
#include <uasync/sim/ir_device.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Simulated;

namespace {

using Received = Result<IrCode>;

Error error_of(const Received& code) { return code ? Error::none : code.error(); }
Error error_of(const Result<void>& sent) { return sent ? Error::none : sent.error(); }

Coro<> listen(IrReceiver& receiver, std::vector<IrCode>& codes) {
    while (true) {
        const Received code = co_await receiver.next();
        if (!code) co_return;
        codes.push_back(*code);
    }
}

using Codes = std::vector<IrCode>;

}  // namespace

TEST_CASE_FIXTURE(Simulated, "IrReceiver: a key is a code when its frame is over, and a repeat each 108 ms") {
    sim::IrRemote remote{16};
    auto body = [&]() -> Coro<> {
        IrReceiver receiver{16};
        remote.press({.address = 0x59, .command = 0x16}, 1s, 220ms);
        Codes codes;
        std::vector<sim::Duration> times;
        for (int i = 0; i < 3; ++i) {
            const Received code = co_await receiver.next();
            REQUIRE(code);
            codes.push_back(*code);
            times.push_back(sim::now());
        }
        CHECK(codes == Codes{{0x59, 0x16}, {0x59, 0x16, true}, {0x59, 0x16, true}});
        CHECK(times == std::vector<sim::Duration>{1'067'500us, 1'119'800us, 1'227'800us});
        CHECK(receiver.damaged() == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "IrReceiver: an address is short if its second byte is the complement of the first, else extended") {
    sim::IrRemote remote{16};
    auto body = [&]() -> Coro<> {
        IrReceiver receiver{16};
        const Codes sent{{0, 0}, {0xff, 0xff}, {0x0100, 1}, {0xffff, 0x80}, {0x7f7f, 0x7f}, {0x80, 0x55}};
        sim::Duration start = 1s;
        for (const IrCode& code : sent) {
            remote.press(code, start);
            start += 110ms;
        }
        for (const IrCode& code : sent) {
            const Received got = co_await receiver.next();
            CHECK((got && *got == code));
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "IrReceiver: what is damaged is counted, and its repeats are not those of the code before") {
    sim::IrRemote remote{16};
    auto body = [&]() -> Coro<> {
        IrReceiver receiver{16};
        Codes codes;
        auto listening = create_task(listen(receiver, codes));
        remote.repeat(1s);  // of what was sent before
        remote.press({.address = 1, .command = 2}, 2s);
        remote.repeat(2'108ms);
        remote.disturb(3s);
        remote.repeat(3'108ms);
        remote.press({.address = 3, .command = 4}, 4s);
        remote.repeat(4'500ms, true);
        remote.repeat(4'608ms);
        remote.press({.address = 5, .command = 6}, 5s);
        for (unsigned bit = 16; bit < 32; ++bit) remote.disturb(5s + bit * 100ms, (0xf708'fe01U) ^ 1U << bit);
        remote.disturb(9s, 31);
        remote.disturb(9'100ms, 6'251);
        co_await sleep(10s);
        CHECK(codes == Codes{{1, 2}, {1, 2, true}, {3, 4}, {5, 6}});
        CHECK(receiver.damaged() == 1 + 2 + 2 + 16 + 2);
        remote.press({.address = 1, .command = 7}, 11s);
        remote.disturb(11'200ms, 0xf708'fe00U);  // an address that is damaged cannot be told from another one
        co_await sleep(2s);
        CHECK(codes.size() == 6);
        CHECK(codes.back() == IrCode{0xfe00, 8});
        listening.cancel();
        (void)co_await catch_cancelled(listening);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "IrReceiver: the edges of a repeat's time are a repeat") {
    sim::IrRemote remote{16};
    auto body = [&]() -> Coro<> {
        IrReceiver receiver{16};
        remote.press({.address = 1, .command = 2}, 1s);
        for (const std::uint32_t left : {32U, 6'250U}) remote.disturb(2s, left);
        for (const bool is_repeat : {false, true, true}) {
            const Received code = co_await receiver.next();
            CHECK((code && *code == IrCode{1, 2, is_repeat}));
        }
        CHECK(receiver.damaged() == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "IrReceiver: four codes wait for a task that comes late, and are of different tasks then") {
    sim::IrRemote remote{16};
    auto body = [&]() -> Coro<> {
        IrReceiver receiver{16};
        for (int key = 0; key < 5; ++key) {
            remote.press({.address = 1, .command = static_cast<std::uint8_t>(key)}, 1s + key * 110ms);
        }
        co_await sleep(3s);
        auto first = create_task(receiver.next());
        auto second = create_task(receiver.next());
        const Received one = co_await first, other = co_await second;
        CHECK((one && one->command == 0));
        CHECK((other && other->command == 1));
        for (const int key : {2, 3}) {
            const Received code = co_await receiver.next();
            CHECK((code && code->command == key));
        }
        auto nothing = co_await wait_for(receiver.next(), 1s);
        CHECK(!nothing);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "IrReceiver: a repeat of a code that found no room is not one of the code before") {
    sim::IrRemote remote{16};
    for (const int waiting : {3, 4, 6}) {
        CAPTURE(waiting);
        auto body = [&]() -> Coro<> {
            IrReceiver receiver{16};
            Codes codes, expected;
            const auto press = [&](int key, sim::Duration start, bool is_told) {
                const IrCode code{.address = 1, .command = static_cast<std::uint8_t>(key)};
                remote.press(code, start);
                if (is_told) expected.push_back(code);
            };
            for (int key = 0; key < waiting; ++key) press(key, 1s + key * 110ms, key < 4);
            co_await sleep(2s);
            auto listening = create_task(listen(receiver, codes));
            for (const auto time : {2'100ms, 2'208ms}) {
                remote.repeat(time);
                if (waiting == 3) expected.push_back({1, 2, true});
            }
            press(9, 3s, true);
            remote.repeat(3'108ms);
            expected.push_back({1, 9, true});
            co_await sleep(2s);
            CHECK(codes == expected);
            CHECK(receiver.damaged() == (waiting == 3 ? 0 : 2));
            listening.cancel();
            (void)co_await catch_cancelled(listening);
        };
        CHECK(run(body()));
        sim::reset();
    }
}

TEST_CASE_FIXTURE(Simulated, "IrReceiver: codes may be lost twice before a task takes those that wait") {
    sim::IrRemote remote{16};
    auto body = [&](bool has_frame_between) -> Coro<> {
        IrReceiver receiver{16};
        Codes codes;
        for (int key = 0; key < 5; ++key) {
            remote.press({.address = 1, .command = static_cast<std::uint8_t>(key)}, 1s + key * 110ms);
        }
        if (has_frame_between) {
            remote.press({.address = 1, .command = 6}, 1'650ms);
        } else {
            remote.repeat(1'650ms);  // of key 4, which found no room
        }
        remote.press({.address = 1, .command = 5}, 1'800ms);  // finds no room either
        remote.repeat(2'100ms);                               // of that
        co_await sleep(1'600ms);
        const Received first = co_await receiver.next();
        CHECK((first && first->command == 0));
        co_await sleep(400ms);
        auto listening = create_task(listen(receiver, codes));
        co_await sleep(1s);
        if (has_frame_between) {
            CHECK(codes == Codes{{1, 1}, {1, 2}, {1, 3}, {1, 6}});
        } else {
            CHECK(codes == Codes{{1, 1}, {1, 2}, {1, 3}});
        }
        CHECK(receiver.damaged() == (has_frame_between ? 1 : 2));
        listening.cancel();
        (void)co_await catch_cancelled(listening);
    };
    for (const bool has_frame_between : {false, true}) {
        CHECK(run(body(has_frame_between)));
        sim::reset();
    }
}

TEST_CASE_FIXTURE(Simulated, "IrReceiver: a cancelled next() has taken nothing, whenever that is") {
    sim::IrRemote remote{16};
    auto body = [&](int us) -> Coro<> {
        IrReceiver receiver{16};
        remote.disturb(30ms);
        remote.press({.address = 1, .command = 2}, 32ms + 500us);
        auto cancelled = create_task(receiver.next());
        co_await sleep(std::chrono::microseconds{us});
        const bool had_it = cancelled.done();
        cancelled.cancel();
        const auto code = co_await catch_cancelled(cancelled);
        if (had_it || code) co_return;
        const Received next = co_await receiver.next();
        CHECK((next && *next == IrCode{1, 2}));
    };
    for (int us = 95'000; us < 101'000; us += 97) {
        CHECK(run(body(us)));
        sim::reset();
    }
    for (int us = 99'995; us < 100'005; ++us) for_each_order([&] { CHECK(run(body(us))); }, 5);
}

TEST_CASE_FIXTURE(Simulated, "IrSender: a key is a frame, and a repeat each 108 ms while it is held") {
    sim::IrListener listener{17};
    auto body = [&]() -> Coro<> {
        IrSender sender{17};
        const Codes codes{{0x59, 0x16}, {0x0100, 0}, {0xffff, 0xff}, {0, 0x81, true}, {0xff, 0x7e}};
        for (const IrCode& code : codes) (void)co_await sender.send(code);
        CHECK(sim::now() == 5 * 108ms);
        CHECK(listener.codes == Codes{{0x59, 0x16}, {0x0100, 0}, {0xffff, 0xff}, {0, 0x81}, {0xff, 0x7e}});
        for (std::size_t i = 1; i < 5; ++i) CHECK(listener.starts[i] - listener.starts[i - 1] == 108ms);

        listener.codes.clear();
        (void)co_await sender.send({.address = 7, .command = 9}, 107ms);
        CHECK(listener.codes == Codes{{7, 9}});
        (void)co_await sender.send({.address = 7, .command = 9}, 216ms);
        CHECK(listener.codes == Codes{{7, 9}, {7, 9}, {7, 9, true}, {7, 9, true}});
        CHECK(sim::now() == (5 + 1 + 3) * 108ms);
        CHECK(listener.starts.back() - listener.starts[5] == 3 * 108ms);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "IrSender: a frame is 16 units on, 8 off, 32 bits from the lowest on, and one on") {
    sim::IrListener listener{17};
    auto body = [&]() -> Coro<> {
        IrSender sender{17};
        (void)co_await sender.send({.address = 0xc001, .command = 5});
        std::vector<bool> expected(16, true);
        expected.insert(expected.end(), 8, false);
        for (const unsigned byte : {0x01U, 0xc0U, 0x05U, 0xfaU}) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                expected.push_back(true);
                expected.insert(expected.end(), (byte >> bit & 1U) != 0 ? 3 : 1, false);
            }
        }
        expected.push_back(true);
        expected.resize(160, false);
        CHECK(listener.units == expected);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "IrSender: cancelled at any moment, its frame is whole, and the next one waits until it is over") {
    sim::IrListener listener{17};
    auto body = [&](int us) -> Coro<> {
        listener.codes.clear();
        listener.starts.clear();
        IrSender sender{17};
        auto cancelled = create_task(sender.send({.address = 1, .command = 2}, 1s));
        co_await sleep(std::chrono::microseconds{us});
        cancelled.cancel();
        (void)co_await catch_cancelled(cancelled);
        const Result<void> sent = co_await sender.send({.address = 3, .command = 4});
        CHECK(sent);
        REQUIRE(listener.codes.size() >= 2);
        CHECK(listener.codes.front() == IrCode{1, 2});
        CHECK(listener.codes.back() == IrCode{3, 4});
        for (std::size_t i = 2; i < listener.codes.size(); ++i) CHECK(listener.codes[i - 1] == IrCode{1, 2, true});
        for (std::size_t i = 1; i < listener.starts.size(); ++i) {
            CHECK(listener.starts[i] - listener.starts[i - 1] == 108ms);
        }
    };
    for (int us = 1; us < 330'000; us += 1'009) CHECK(run(body(us)));
    for (int us = 107'995; us < 108'005; ++us) for_each_order([&] { CHECK(run(body(us))); }, 5);
}

TEST_CASE_FIXTURE(Simulated, "Ir: tasks send one after the other; no pin and no machine are errors") {
    sim::IrListener listener{17};
    auto body = [&]() -> Coro<> {
        IrSender sender{17}, no_sender{40};
        IrReceiver no_receiver{40};
        Received code = co_await no_receiver.next();
        CHECK(error_of(code) == Error::misuse);
        Result<void> sent = co_await no_sender.send({.address = 1, .command = 1});
        CHECK(error_of(sent) == Error::misuse);
        CHECK(sim::now() == 0s);

        auto first = create_task(sender.send({.address = 1, .command = 1}, 108ms));
        auto second = create_task(sender.send({.address = 2, .command = 2}));
        (void)co_await first;
        (void)co_await second;
        CHECK(listener.codes == Codes{{1, 1}, {1, 1, true}, {2, 2}});

        IrReceiver one{0}, two{1}, three{2};  // one program fills the block that the sender's is not in
        IrReceiver other{3}, ninth{4};
        code = co_await ninth.next();
        CHECK(error_of(code) == Error::no_memory);
    };
    CHECK(run(body()));
}
