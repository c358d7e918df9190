#include <array>
#include <optional>
#include <string>
#include <vector>

#include <uasync/board.hpp>
#include <uasync/sim/state_machine.hpp>
#include <uasync/uasync.hpp>

#include <support/results.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::destroyed;
using uasync::test::misuse;
using uasync::test::Simulated;

namespace {

constexpr PioProgram one = asm_pio("out pins, 32");
constexpr PioProgram other = asm_pio("in pins, 32\nnop");
constexpr PioProgram raises = asm_pio("irq wait 0"), raises_rel = asm_pio("irq wait 0 rel");
constexpr PioProgram at_0 = asm_pio(".origin 0\nnop\nnop");
constexpr PioProgram with_side = asm_pio(".side_set 2\nnop side 3");

/// A program of a number of instructions.
constexpr PioProgram long_program(unsigned length) {
    PioProgram program = one;
    program.length = static_cast<std::uint8_t>(length);
    program.wrap = static_cast<std::uint8_t>(length - 1);
    for (unsigned i = 0; i < length; ++i) program.code[i] = 0xa042;
    return program;
}
constexpr PioProgram all = long_program(32), most = long_program(31);

/// Is busy for some time with each word, and gives it back with one more.
class Adder : public sim::StateMachine {
public:
    using StateMachine::StateMachine;
    sim::Duration pull(std::uint32_t word) override {
        received.push_back(word);
        push(word + 1);
        return 10us;
    }
};

Coro<> gets(test::Trace& trace, Pio& machine, int id) {
    const Result<std::uint32_t> word = co_await machine.get();
    trace(word ? "got" : "none", id * 1000 + static_cast<int>(word.value_or(0)));
}
Coro<> puts(test::Trace& trace, Pio& machine, std::uint32_t word) {
    const Result<void> result = co_await machine.put(word);
    trace(result ? "put" : "not put", word);
}
Coro<> waits(test::Trace& trace, Pio& machine, unsigned flag) {
    const Result<void> result = co_await machine.wait_irq_rel(flag);
    trace(result ? "flag" : "no flag", flag);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "Pio: words go out and come in, when the FIFOs have room or words") {
    Adder adder{2};
    auto body = [&]() -> Coro<> {
        Pio machine{one, {.out_base = 2}};
        CHECK(machine);
        CHECK(!machine.active());
        const std::uint32_t words[] = {10, 20, 30};
        Result<void> result = co_await machine.put(words);
        CHECK(result);
        CHECK(machine.tx_fifo() == 3);
        result = co_await machine.put(40);
        CHECK(result);
        CHECK(sim::now() == 0us);
        CHECK(machine.put_nowait(50) == std::unexpected{Error::unavailable});
        CHECK(machine.get_nowait() == std::unexpected{Error::unavailable});
        machine.active(true);
        CHECK(machine.active());
        result = co_await machine.put(50);
        CHECK(result);
        CHECK(adder.received.size() == 1);
        const std::uint32_t more[] = {60, 70, 80};
        auto task = create_task(machine.put(more));
        for (std::uint32_t expected = 11; expected <= 81; expected += 10) {
            const Result<std::uint32_t> word = co_await machine.get();
            CHECK(word == expected);
        }
        CHECK(sim::now() == 70us);
        co_await task;
        CHECK(machine.rx_fifo() == 0);
        machine.active(false);
        result = co_await machine.put(90);
        co_await sleep(50us);
        CHECK(machine.tx_fifo() == 1);
        machine.active(true);
        co_await sleep(1us);
        CHECK(machine.rx_fifo() == 1);
        const Result<std::uint32_t> now = machine.get_nowait();
        CHECK(now == 91U);
        result = co_await machine.put(std::span<const std::uint32_t>{});
        CHECK(result);
        machine.exec(asm_pio_encode("set pins, 1"));
        CHECK(adder.executed == std::vector<std::uint16_t>{0xe001});
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pio: joined FIFOs hold eight words one way and none the other") {
    sim::StateMachine program{2};
    auto body = [&]() -> Coro<> {
        const std::array<std::uint32_t, 8> words{1, 2, 3, 4, 5, 6, 7, 8};
        Pio machine{one, {.out_base = 2, .fifo_join = PioJoin::tx}};
        const Result<void> result = co_await machine.put(words);
        CHECK(result);
        CHECK(sim::now() == 0us);
        CHECK(machine.tx_fifo() == 8);
        CHECK(!program.push(1));
        machine.clear_fifos();
        CHECK(machine.tx_fifo() == 0);
        machine.active(true);
        co_await sleep(5us);
        CHECK(program.received.empty());
        Pio receiver{one, {.set_base = 3, .fifo_join = PioJoin::rx}};
        sim::StateMachine source{3};
        for (std::uint32_t i = 0; i < 8; ++i) CHECK(source.push(i));
        CHECK(!source.push(8));
        CHECK(receiver.put_nowait(1) == std::unexpected{Error::unavailable});
        for (std::uint32_t i = 0; i < 8; ++i) {
            const Result<std::uint32_t> word = co_await receiver.get();
            CHECK(word == i);
        }
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pio: machines and memory are taken, shared and given back") {
    {
        std::array<std::optional<Pio>, 8> machines;
        for (auto& machine : machines) CHECK(machine.emplace(one));
        CHECK(machines[0]->number() == 0);
        CHECK(machines[7]->number() == 7);
        Pio none{one};
        CHECK(!none);
        machines[5].reset();
        Pio again{other};
        CHECK(again);
        CHECK(again.number() == 5);
        Pio same{5, one};
        CHECK(!same);
    }
    {
        Pio first{all};
        CHECK(first.number() == 0);
        Pio second{one};
        CHECK(second.number() == 4);  // no room in the first block
        Pio third{all};
        CHECK(third.number() == 1);  // shared
        Pio fourth{0, one};
        CHECK(!fourth);
        Pio fifth{2, one};
        CHECK(!fifth);
        Pio copy{all};
        CHECK(copy.number() == 2);
        static constexpr PioProgram same = long_program(32);
        Pio equal{same};
        CHECK(equal.number() == 3);
        Pio sixth{all};  // no machine is free in the first block
        CHECK(!sixth);
    }
    {
        Pio first{0, one};
        Pio second{1, most};
        CHECK(second);
        Pio third{2, other};
        CHECK(!third);
        Pio fourth{at_0};
        CHECK(fourth.number() == 4);
        Pio fifth{5, at_0};
        CHECK(fifth);
        static constexpr PioProgram also_at_0 = asm_pio(".origin 0\nnop");
        Pio sixth{6, also_at_0};
        CHECK(!sixth);
    }
    auto body = [&]() -> Coro<> {
        Pio first{0, all};
        Pio second{0, one};
        Result<void> result = co_await second.put(1);
        CHECK(result == std::unexpected{Error::unavailable});
        Pio third{1, one};
        const Result<std::uint32_t> word = co_await third.get();
        CHECK(word == std::unexpected{Error::no_memory});
        result = co_await third.wait_irq(0);
        CHECK(result == std::unexpected{Error::no_memory});
        Dma dma;
        const std::uint32_t words[] = {1, 2};
        result = co_await third.write(dma, words);
        CHECK(result == std::unexpected{Error::no_memory});
        CHECK(third.put_nowait(1) == std::unexpected{Error::no_memory});
        third.active(true);
        third.freq(1'000'000);
        third.restart();
        third.exec(0);
        third.clear_fifos();
        CHECK(!third.active());
        CHECK(third.freq() == 0);
        CHECK(third.tx_fifo() + third.rx_fifo() == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pio: pins and options that cannot be are misuse") {
    auto body = [&]() -> Coro<> {
        for (const Pio::Options& options : {Pio::Options{.out_base = 30},
                                            {.out_base = 28, .out_count = 3},
                                            {.out_base = 200},
                                            {.set_base = 0, .set_count = 6},
                                            {.set_base = 26, .set_count = 5},
                                            {.in_base = 30},
                                            {.jmp_pin = 31},
                                            {.sideset_base = 30},
                                            {.push_thresh = 0},
                                            {.pull_thresh = 33}}) {
            Pio machine{one, options};
            const Result<void> result = co_await machine.put(1);
            CHECK(result == misuse);
        }
        Pio no_side{with_side};
        Result<void> result = co_await no_side.put(1);
        CHECK(result == misuse);
        Pio high_side{with_side, {.sideset_base = 29}};
        result = co_await high_side.put(1);
        CHECK(result == misuse);
        Pio side{with_side, {.sideset_base = 28}};
        CHECK(side);
        Pio nowhere{8, one};
        result = co_await nowhere.put(1);
        CHECK(result == misuse);
        static constexpr PioProgram empty{};
        Pio nothing{empty};
        result = co_await nothing.put(1);
        CHECK(result == misuse);
        result = co_await side.wait_irq(4);
        CHECK(result == misuse);
        result = co_await side.wait_irq_rel(4);
        CHECK(result == misuse);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pio: the divider is the nearest that there is") {
    CHECK(port::pio_divider(125'000'000, 0) == 256);
    CHECK(port::pio_divider(125'000'000, 125'000'000) == 256);
    CHECK(port::pio_divider(125'000'000, 200'000'000) == 256);
    CHECK(port::pio_divider(125'000'000, 8'000'000) == 4000);
    CHECK(port::pio_divider(125'000'000, 124'900'000) == 256);
    CHECK(port::pio_divider(125'000'000, 124'700'000) == 257);
    CHECK(port::pio_divider(125'000'000, 3'000'000) == 10'667);  // 41.6667
    CHECK(port::pio_divider(125'000'000, 1908) == 16'771'488);
    CHECK(port::pio_divider(125'000'000, 1) == 65'536 * 256);
    CHECK(port::pio_divider(0x7fff'ffff, 0x7fff'fffe) == 256);
    Pio machine{one, {.freq = 1'000'000}};
    CHECK(machine.freq() == 1'000'000);
    machine.freq(0);
    CHECK(machine.freq() == 125'000'000);
    machine.freq(8'000'000);
    CHECK(machine.freq() == 8'000'000);
    machine.freq(3'000'000);
    CHECK(machine.freq() == 2'999'906);
    CHECK(port::pio_driven_pins(with_side, {.out_base = 4, .out_count = 2, .set_base = 29, .sideset_base = 10}) == 0x2000'0c30);
    CHECK(port::pio_driven_pins(one, {.out_base = 0, .out_count = 30}) == 0x3fff'ffff);
}

TEST_CASE_FIXTURE(Simulated, "Pio: tasks are served in the order in which they came") {
    Adder adder{2};
    auto body = [&]() -> Coro<> {
        Pio machine{one, {.out_base = 2}};
        for (std::uint32_t word : {1U, 2U, 3U, 4U}) co_await puts(trace, machine, word);
        auto a = create_task(puts(trace, machine, 5));
        auto b = create_task(puts(trace, machine, 6));
        auto c = create_task(gets(trace, machine, 1));
        auto d = create_task(gets(trace, machine, 2));
        auto e = create_task(gets(trace, machine, 3));
        co_await sleep(5us);
        d.cancel();
        (void)co_await catch_cancelled(d);
        machine.active(true);
        co_await gather(a, b, c, e);
    };
    CHECK(run(body()));
    trace.expect({"0 put 1", "0 put 2", "0 put 3", "0 put 4", "0.005 put 5", "0.005 got 1002", "0.015 put 6", "0.015 got 3003"});
}

TEST_CASE_FIXTURE(Simulated, "Pio: a word belongs to the task that was woken for it, before that has run") {
    sim::StateMachine program{2};
    auto body = [&]() -> Coro<> {
        Pio machine{one, {.out_base = 2}};
        auto first = create_task(gets(trace, machine, 1));
        co_await sleep(1us);
        program.push(7);
        co_await yield();  // the interrupt, and then this task
        CHECK(!first.done());
        CHECK(machine.get_nowait() == std::unexpected{Error::unavailable});
        auto pushes = [](sim::StateMachine& who) -> Coro<> {
            co_await sleep(2us);
            who.push(8);
        };
        auto pushing = create_task(pushes(program));
        const Result<std::uint32_t> word = co_await machine.get();
        CHECK(word == 8U);
        co_await pushing;
        co_await first;
    };
    CHECK(run(body()));
    trace.expect({"0.001 got 1007"});
}

TEST_CASE_FIXTURE(Simulated, "Pio: a flag wakes one task, which clears it; flags of machines are their own") {
    sim::StateMachine first{2}, second{3};
    auto body = [&]() -> Coro<> {
        Pio one_machine{0, one, {.out_base = 2}};
        Pio two_machine{1, one, {.out_base = 3}};
        auto a = create_task(waits(trace, one_machine, 0));
        auto b = create_task(waits(trace, two_machine, 0));
        co_await sleep(10us);
        second.irq(1);
        CHECK(second.irq_is_set(1));
        co_await sleep(10us);
        CHECK(!second.irq_is_set(1));
        CHECK(b.done());
        CHECK(!a.done());
        first.irq(4);  // interrupts nobody
        first.irq(0);
        co_await a;
        CHECK(first.irq_is_set(4));
        first.irq(3);
        Result<void> result = co_await two_machine.wait_irq_rel(2);  // 1 + 2
        CHECK(result);
        CHECK(!first.irq_is_set(3));
        first.irq(0);
        result = co_await two_machine.wait_irq(0);  // of the block
        CHECK(result);
        two_machine.restart();
    };
    CHECK(run(body()));
    {
        Pio machine{0, one, {.out_base = 2}};
        CHECK(!first.irq_is_set(4));  // flags that were left are not the next program's
    }
}

TEST_CASE_FIXTURE(Simulated, "Pio: a machine that comes or goes clears no flag at which another one of its block may stand") {
    sim::StateMachine first{2}, second{3};
    Pio stands{0, raises, {.out_base = 2}};
    first.irq(0);
    {
        Pio comes{3, raises_rel, {.out_base = 3}};
        CHECK(first.irq_is_set(0));
        second.irq(3);
        second.irq(5);  // of none of these programs
        Pio also{1, raises, {.out_base = 4}};
    }
    CHECK(first.irq_is_set(0));
    CHECK(!first.irq_is_set(3));  // its own, 0 rel
    CHECK(first.irq_is_set(5));
}

TEST_CASE_FIXTURE(Simulated, "Pio: a machine that goes takes the flags of its program with it") {
    sim::StateMachine first{2}, second{3};
    auto body = [&]() -> Coro<> {
        Pio stays{1, one, {.out_base = 3}};
        {
            Pio goes{2, raises, {.out_base = 2}};
            first.irq(0);
        }
        CHECK(!second.irq_is_set(0));
        const auto late = co_await wait_for(stays.wait_irq(0), 10us);
        CHECK(!late);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pio: a cancelled put gives no words before its task has had its turn") {
    sim::StateMachine program{2};
    auto body = [&]() -> Coro<> {
        Pio machine{0, one, {.out_base = 2}};
        const std::array<std::uint32_t, 9> words{};
        auto putting = create_task(machine.put(words));
        co_await sleep(1us);
        CHECK(machine.tx_fifo() == 4);
        putting.cancel();
        machine.clear_fifos();
        {
            Pio beside{1, one, {.out_base = 3}};
        }  // looks at what the block's tasks wait for
        CHECK(machine.tx_fifo() == 0);
        (void)co_await catch_cancelled(putting);
        CHECK(machine.tx_fifo() == 0);
        const Result<void> result = co_await machine.put(3);
        CHECK(result);
        CHECK(machine.tx_fifo() == 1);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pio: rows of words go by DMA at the program's pace, both ways, also as rings") {
    Adder adder{2};
    auto body = [&]() -> Coro<> {
        Pio machine{4, one, {.out_base = 2}};
        machine.active(true);
        Dma out, in;
        std::array<std::uint32_t, 20> from{}, to{};
        for (std::uint32_t i = 0; i < 20; ++i) from[i] = i * 7;
        auto sent = create_task(machine.write(out, from));
        const Result<void> result = co_await machine.read(in, to);
        CHECK(result);
        CHECK(to[0] == 1);
        CHECK(to[19] == 134);
        CHECK(sim::now() == 190us);
        CHECK(sent.done());
        co_await sent;
        alignas(4) static const std::uint8_t ring[] = {1, 2, 3, 4};
        adder.received.clear();
        machine.clear_fifos();
        auto again = create_task(machine.write(out, ring, 6));
        auto back = create_task(machine.read(in, std::span{to}.first(6)));
        co_await gather(again, back);
        CHECK(adder.received == std::vector<std::uint32_t>{1, 2, 3, 4, 1, 2});
        // Cancelled: what is in the FIFO still goes.
        co_await sleep(100us);
        adder.received.clear();
        const auto late = co_await wait_for(machine.write(out, from), 35us);
        CHECK(!late);
        co_await sleep(100us);
        const std::size_t count = adder.received.size();
        CHECK(count == 8);
        co_await sleep(100us);
        CHECK(adder.received.size() == count);
        CHECK(machine.tx_fifo() == 0);
    };
    CHECK(run(body()));
}

TEST_CASE_FIXTURE(Simulated, "Pio: a cancelled get has taken nothing, a cancelled put gives no more, whenever that is") {
    for_each_order([&] {
        Adder adder{2};
        auto takes = [](std::vector<std::uint32_t>& words, Pio& machine) -> Coro<> {
            const Result<std::uint32_t> word = co_await machine.get();
            if (word) words.push_back(*word);
        };
        auto cancelled_at = [&](int us) -> Coro<> {
            Pio machine{one, {.out_base = 2}};
            machine.active(true);
            std::array<std::uint32_t, 9> words{};
            for (std::uint32_t i = 0; i < words.size(); ++i) words[i] = i * 2;
            std::vector<std::uint32_t> taken;
            auto putting = create_task(machine.put(words));
            auto first = create_task(takes(taken, machine));
            auto second = create_task(takes(taken, machine));
            co_await sleep(std::chrono::microseconds{us});
            first.cancel();
            putting.cancel();
            (void)co_await catch_cancelled(first);
            (void)co_await catch_cancelled(putting);
            // All that the program pulls comes, in order.
            for (int i = 0; i < 10; ++i) {
                co_await sleep(10us);
                while (machine.rx_fifo() != 0) co_await takes(taken, machine);
            }
            co_await second;
            const std::size_t most = us < 10 ? 5 : us < 20 ? 6 : 7;  // four in the FIFO, and one is pulled each 10 us
            CHECK(taken.size() <= most);
            CHECK(taken.size() + 1 >= most);
            for (std::size_t i = 0; i < taken.size(); ++i) CHECK(taken[i] == i * 2 + 1);
            const Result<void> result = co_await machine.put(100);
            CHECK(result);
            const Result<std::uint32_t> last = co_await machine.get();
            CHECK(last == 101U);
        };
        for (int us : {1, 5, 10, 15, 20, 25}) CHECK(run(cancelled_at(us)));
    });
}

TEST_CASE_FIXTURE(Simulated, "Pio: a cancelled wait for a flag leaves the flag to the next task, whenever that is") {
    for_each_order([&] {
        sim::StateMachine program{2};
        auto cancelled_at = [&](int us) -> Coro<> {
            Pio machine{0, one, {.out_base = 2}};
            auto first = create_task(waits(trace, machine, 0));
            auto second = create_task(waits(trace, machine, 0));
            auto raise = [](sim::StateMachine& who) -> Coro<> {
                co_await sleep(10us);
                who.irq(0);
            };
            auto raiser = create_task(raise(program));
            co_await sleep(std::chrono::microseconds{us});
            first.cancel();
            const auto ended = co_await catch_cancelled(first);
            co_await raiser;
            if (!ended) {
                co_await second;
            } else {
                co_await sleep(1us);
                CHECK(!second.done());
                second.cancel();
                (void)co_await catch_cancelled(second);
            }
            co_await sleep(1us);
            CHECK(!program.irq_is_set(0));
        };
        for (int us : {0, 5, 10, 15}) CHECK(run(cancelled_at(us)));
    });
}

TEST_CASE_FIXTURE(Simulated, "Pio: a word that somebody else takes first is not there for a task that was woken") {
    sim::StateMachine program{2};
    int taken_first = 0;
    auto body = [&]() -> Coro<> {
        std::optional<Pio> machine;
        machine.emplace(one, Pio::Options{.out_base = 2});
        auto task = create_task(machine->get());
        co_await sleep(1us);
        auto next = create_task(machine->get());
        co_await sleep(1us);
        program.push(7);
        co_await yield();  // the interrupt, and the task is ready
        const bool is_first = !task.done();
        if (is_first) machine->clear_fifos();
        const Result<std::uint32_t> word = co_await task;
        CHECK(word == (is_first ? Result<std::uint32_t>{std::unexpected{Error::unavailable}} : Result<std::uint32_t>{7}));
        if (is_first) ++taken_first;
        program.push(8);
        const Result<std::uint32_t> second = co_await next;
        CHECK(second == 8U);
    };
    for_each_order([&] { CHECK(run(body())); });
    CHECK(taken_first != 0);
}

TEST_CASE_FIXTURE(Simulated,
                  "Pio: tasks that wait for a machine that is destroyed end with destroyed, and others of its block go on") {
    sim::StateMachine program{2}, other_program{3};
    auto body = [&]() -> Coro<> {
        std::optional<Pio> machine;
        machine.emplace(0U, one, Pio::Options{.out_base = 2});
        Pio beside{1, one, {.out_base = 3}};
        auto get = create_task(gets(trace, *machine, 1));
        const std::array<std::uint32_t, 9> words{};
        auto put = create_task(machine->put(words));
        auto flag = create_task(waits(trace, *machine, 0));
        auto lives = create_task(gets(trace, beside, 2));
        co_await sleep(10us);
        machine.reset();
        const auto one_end = co_await catch_cancelled(get);
        CHECK(one_end == destroyed);
        const auto two_end = co_await catch_cancelled(put);
        CHECK(!two_end);
        CHECK(to_string(two_end.error()) == std::string{to_string(Error::destroyed)});
        const auto three_end = co_await catch_cancelled(flag);
        CHECK(three_end == destroyed);
        other_program.push(5);
        co_await lives;
        Pio again{0, other, {.in_base = 2}};
        CHECK(again);
        program.push(6);
        const Result<std::uint32_t> word = co_await again.get();
        CHECK(word == 6U);
    };
    CHECK(run(body()));
    trace.expect({"0.01 got 2005"});
    // Destroyed between the interrupt and the task's turn.
    auto handed = [&]() -> Coro<> {
        std::optional<Pio> machine;
        machine.emplace(0U, one, Pio::Options{.out_base = 2});
        auto get = create_task(machine->get());
        auto flag = create_task(machine->wait_irq(0));
        co_await sleep(1us);
        program.push(7);
        program.irq(0);
        co_await yield();
        machine.reset();
        const Result<std::uint32_t> word = co_await get;
        CHECK(word == std::unexpected{Error::destroyed});
        const Result<void> raised = co_await flag;
        CHECK(raised == destroyed);
    };
    CHECK(run(handed()));
}
