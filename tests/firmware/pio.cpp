// State machines of the PIO with programs of the datasheet's kind. GP2, GP3 and GP4 have pulses that test_pio.py looks at; GP6 is wired to GP7. Prints what
// happens, in order.

#include <array>
#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

/// High for 3 cycles and low for 5, with what is above it in the memory moved.
constexpr PioProgram wave = asm_pio(R"(
    .program wave
    .side_set 1 opt
    .wrap_target
        nop          side 1 [2]
    again:
        jmp over     side 0
        nop [7]                 ; never
    over:
        nop [3]
    .wrap
)");
/// Gives back each word inverted.
constexpr PioProgram invert = asm_pio(R"(
    .wrap_target
        pull block
        mov isr, ~osr
        push block
    .wrap
)");
/// Counts up to a number, and gives back how many there are below it: busy for a time.
constexpr PioProgram slow = asm_pio(R"(
        out x, 32
    count:
        jmp x-- count [3]
        in osr, 32
)");
/// Raises its flag 0 for each word, and waits until somebody has cleared it; then gives the word back.
constexpr PioProgram flag = asm_pio(R"(
        pull
        irq wait 0 rel
        mov isr, osr
        push
)");
/// Bits out at one pin and in at another.
constexpr PioProgram loop_back = asm_pio(R"(
    .side_set 1
        out pins, 1   side 0 [1]
        in pins, 1    side 1 [1]
)");
/// Gives a word each time that a pin goes low, with the number of turns that it was high.
constexpr PioProgram measure = asm_pio(R"(
    .wrap_target
        wait 1 pin 0
        mov x, ~null
    high:
        jmp x-- next
    next:
        jmp pin high
        mov isr, ~x
        push noblock
    .wrap
)");

/// Does nothing, with its pin high, as an output.
constexpr PioProgram high = asm_pio(R"(
    .side_set 1
        nop           side 1
)");
constexpr PioProgram output = asm_pio(R"(
    .side_set 1 pindirs
        nop           side 1
)");
/// Raises flag 0 of the block, and waits; then gives a word.
constexpr PioProgram block_flag = asm_pio(R"(
        irq wait 0
        push
    here:
        jmp here
)");

const char* words(Result<void> result) { return result ? "ok" : to_string(result.error()); }
const char* why(const Result<std::uint32_t>& result) { return result ? "ok" : to_string(result.error()); }

std::array<std::uint32_t, 300> out, in;

void prepare() {
    for (std::uint32_t i = 0; i < out.size(); ++i) {
        out[i] = i * 0x0101'0101U;
        in[i] = 0;
    }
}
/// How many words are the answers to those that were put.
int answers() {
    std::size_t count = 0;
    while (count < in.size() && in[count] == ~out[count]) ++count;
    for (std::size_t i = count; i < in.size(); ++i) {
        if (in[i] != 0) return -1;
    }
    return static_cast<int>(count);
}

Coro<> pulses() {
    Pio first{wave, {.freq = 1'000'000, .sideset_base = 2}};
    Pio second{wave, {.freq = 8'000'000, .sideset_base = 3, .init_high = 1U << 3}};
    Pio third{7, wave, {.freq = 125'000'000, .sideset_base = 4}};
    print("{} {} {}: {} {} {} Hz\n", first.number(), second.number(), third.number(), first.freq(), second.freq(), third.freq());
    print("before: {} {}\n", port::gpio_get(2), port::gpio_get(3));
    first.active(true);
    second.active(true);
    co_await sleep(100us);
    third.active(true);
    co_await sleep(2us);
    third.active(false);
    first.active(false);
    first.freq(500'000);
    first.restart();
    first.active(true);
    co_await sleep(100us);
    second.active(false);
    second.exec(asm_pio_encode("set pins, 1"));  // which pins `set` has none of
    print("active: {} {}\n", first.active(), second.active());
}

Coro<> exchange() {
    Pio machine{invert};
    machine.active(true);
    prepare();
    Result<void> result = co_await machine.put(7);
    Result<std::uint32_t> word = co_await machine.get();
    print("one: {} {}, {}\n", words(result), why(word), word.value_or(0) == ~7U);
    auto putting = create_task(machine.put(out));
    for (std::uint32_t& each : in) {
        word = co_await machine.get();
        each = word.value_or(0);
    }
    co_await putting;
    print("words: {}\n", answers());
    prepare();
    Dma sending, receiving;
    auto sent = create_task(machine.write(sending, out));
    result = co_await machine.read(receiving, in);
    print("by DMA: {}, {}\n", words(result), answers());
    co_await sent;
    // Bytes come four times in a word.
    static const std::uint8_t bytes[] = {1, 2, 3};
    static std::uint8_t back[3];
    auto bytes_sent = create_task(machine.write(sending, bytes));
    result = co_await machine.read(receiving, back);
    print("bytes: {}, {} {} {}\n", words(result), back[0], back[1], back[2]);
    co_await bytes_sent;
    machine.active(false);
    for (std::uint32_t i = 0; i < 4; ++i) (void)machine.put_nowait(i);
    print("full: {}, {} words, {}\n", words(machine.put_nowait(4)), machine.tx_fifo(), why(machine.get_nowait()));
    machine.active(true);
    co_await sleep(10us);
    word = machine.get_nowait();
    print("then: {}, {} words, {}\n", machine.tx_fifo(), machine.rx_fifo(), word.value_or(0) == ~0U);
    machine.clear_fifos();
    print("cleared: {} {}\n", machine.tx_fifo(), machine.rx_fifo());
    Pio joined{invert, {.fifo_join = PioJoin::tx}};
    for (std::uint32_t i = 0; i < 8; ++i) (void)joined.put_nowait(i);
    print("joined: {} words, {}\n", joined.tx_fifo(), words(joined.put_nowait(8)));
}

/// The chip sleeps while a program is busy.
Coro<> wait_long() {
    Pio machine{slow, {.freq = 1'000'000, .autopush = true, .autopull = true}};
    machine.active(true);
    const auto start = ticks_us();
    for (int i = 0; i < 20; ++i) {
        (void)co_await machine.put(499);
        (void)co_await machine.get();
    }
    print("20 times 500 turns: {} us\n", ticks_diff(ticks_us(), start));
}

Coro<> waits(Pio& machine, int id) {
    const Result<void> result = co_await machine.wait_irq_rel(0);
    print(" {} {}", id, words(result));
}

Coro<> flags() {
    Pio first{2, flag}, second{3, flag};
    first.active(true);
    second.active(true);
    auto a = create_task(waits(first, 1));
    auto b = create_task(waits(second, 2));
    print("flags:");
    co_await sleep_ms(1);
    co_await second.put(5);
    const Result<std::uint32_t> five = co_await second.get();
    print(" {}", five.value_or(0));
    co_await first.put(6);
    const Result<std::uint32_t> six = co_await first.get();
    print(" {}", six.value_or(0));
    co_await gather(a, b);
    // Nobody waits: the program does, with the word.
    co_await first.put(7);
    const auto late = co_await wait_for(first.get(), 100us);
    const Result<void> raised = co_await first.wait_irq_rel(0);
    const Result<std::uint32_t> seven = co_await first.get();
    print(" {} {} {}\n", late ? "?" : to_string(late.error()), words(raised), seven.value_or(0));
    const Result<void> none = co_await first.wait_irq(4);
    print("flag 4: {}\n", words(none));
}

Coro<> pins() {
    {
        Pio machine{loop_back,
                    {.freq = 1'000'000,
                     .out_base = 6,
                     .in_base = 7,
                     .sideset_base = 8,
                     .autopush = true,
                     .autopull = true,
                     .push_thresh = 8,
                     .pull_thresh = 8}};
        machine.active(true);
        (void)co_await machine.put(0xa5U << 24);
        const Result<std::uint32_t> left = co_await machine.get();
        Pio right{loop_back,
                  {.freq = 1'000'000,
                   .out_base = 6,
                   .in_base = 7,
                   .sideset_base = 8,
                   .in_shiftdir = PioShift::right,
                   .out_shiftdir = PioShift::right,
                   .autopush = true,
                   .autopull = true,
                   .push_thresh = 12,
                   .pull_thresh = 12}};
        machine.active(false);
        right.active(true);
        (void)co_await right.put(0x123);
        const Result<std::uint32_t> word = co_await right.get();
        print("looped: {} {}\n", left.value_or(0) == 0xa5, word.value_or(0) == 0x123U << 20);
    }
    Pio machine{measure, {.freq = 1'000'000, .in_base = 7, .jmp_pin = 7}};
    machine.active(true);
    Pin pulse{6, Pin::out};
    pulse.on();
    co_await sleep(200us);
    pulse.off();
    const Result<std::uint32_t> turns = co_await machine.get();
    print("measured: {}\n", turns.value_or(0) > 95 && turns.value_or(0) < 115);
}

Coro<> claim() {
    std::array<std::optional<Pio>, 8> machines;
    for (auto& machine : machines) machine.emplace(wave, Pio::Options{.sideset_base = 2});
    Pio none{invert};
    Result<void> result = co_await none.put(1);
    print("eight are taken: {}, {}\n", static_cast<bool>(*machines[7]), words(result));
    machines[6].reset();
    Pio again{wave, {.sideset_base = 40}};
    result = co_await again.put(1);
    print("wrong pin: {}\n", words(result));
    Pio there{invert};
    print("again: {}\n", there.number());
    machines[0].reset();
    static constexpr PioProgram large = [] {
        PioProgram program = invert;
        program.length = 29;
        program.wrap = 28;
        return program;
    }();
    Pio full{0, large};
    result = co_await full.put(1);
    print("no room: {}\n", words(result));
}

/// A side-set in each instruction: the pins keep their first levels and directions until the program begins. (GP9 and GP10 have pull-downs.)
Coro<> side_set() {
    Pio keeps{0, high, {.sideset_base = 9, .init_high = 1U << 9}};
    Pio drives{1, output, {.sideset_base = 10, .init_high = 1U << 10}};
    print("first: {} {}", port::gpio_get(9), port::gpio_get(10));
    keeps.restart();
    drives.restart();
    print(", restarted: {} {}", port::gpio_get(9), port::gpio_get(10));
    {
        Pio beside{2, high, {.sideset_base = 9, .init_high = 1U << 9}};
    }
    print(", shared: {}\n", port::gpio_get(9));
    co_return;
}

/// What comes to and goes from the block does not clear the flag at which another machine stands; a flag goes with the machine that raised it.
Coro<> flags_of_the_block() {
    {
        Pio stands{2, block_flag};
        stands.active(true);
        co_await sleep(10us);
        {
            Pio beside{0, invert};
        }
        co_await sleep(10us);
        print("stands: {}", stands.rx_fifo() == 0);
        const Result<void> raised = co_await stands.wait_irq(0);
        co_await sleep(10us);
        print(" {} {}", words(raised), stands.rx_fifo());
    }
    Pio stays{1, invert};
    {
        Pio goes{2, block_flag};
        goes.active(true);
        co_await sleep(10us);
    }
    const auto late = co_await wait_for(stays.wait_irq(0), 100us);
    print(", gone: {}\n", late ? "raised" : to_string(late.error()));
}

Coro<> notes(bool& has_run) {
    has_run = true;
    co_return;
}
/// A program that is as fast as put(): other tasks and interrupts have their turns before the last word.
Coro<> fast() {
    constexpr static PioProgram drop = asm_pio("out null, 32");
    Pio machine{drop, {.autopull = true}};
    machine.active(true);
    bool has_run = false;
    auto other = create_task(notes(has_run));
    const Result<void> result = co_await machine.put(out);
    print("fast: {} {}\n", words(result), has_run);
    co_await other;
}

#if UASYNC_LOOPS
Core1<> core1;

/// Its interrupts are those of line 1.
Coro<> on_core_1() {
    Pio machine{flag, {.freq = 1'000'000}};
    machine.active(true);
    auto first = create_task(machine.get());
    co_await sleep(10us);
    co_await machine.put(9);
    const Result<void> raised = co_await machine.wait_irq_rel(0);
    const Result<std::uint32_t> word = co_await first;
    print("core 1: {} {}\n", words(raised), word.value_or(0));
}
#endif

/// Takes so many cycles, and some that are always the same.
void spin(unsigned cycles) {
    for (unsigned rest = cycles % 4; rest != 0; --rest) asm volatile("nop");
    for (unsigned left = cycles / 4; left != 0; --left) asm volatile("nop");
}

Coro<> puts(Pio& machine) { (void)co_await machine.put(std::span{out}.first<12>()); }
Coro<> gets(Pio& machine, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        const Result<std::uint32_t> word = co_await machine.get();
        if (word) in[i] = *word;
    }
}

/// Cancelled at each moment: nothing is lost or comes twice, and the machine is usable.
Coro<> cancel() {
    Pio machine{invert, {.freq = 150'000}};  // 20 us a word
    machine.active(true);
    unsigned put_cancelled = 0, got_cancelled = 0, wrong = 0;
    for (unsigned us = 0; us < 270; us += 2) {
        prepare();
        auto putting = create_task(puts(machine));
        auto getting = create_task(gets(machine, 12));
        co_await sleep(std::chrono::microseconds{us});
        spin(us * 37 % 400);
        if (us % 4 != 0) putting.cancel();
        getting.cancel();
        const auto got = co_await catch_cancelled(getting);
        if (!got) ++got_cancelled;
        putting.cancel();
        const auto put = co_await catch_cancelled(putting);
        if (!put) ++put_cancelled;
        unsigned count = 0;
        while (count < 12 && in[count] == ~out[count]) ++count;
        // What is still on its way comes now, in order.
        while (true) {
            co_await sleep(45us);
            const Result<std::uint32_t> word = machine.get_nowait();
            if (!word) break;
            if (*word != ~out[count++]) ++wrong;
        }
        if (put && count != 12) ++wrong;
        (void)co_await machine.put(us);
        const Result<std::uint32_t> word = co_await machine.get();
        if (word != ~us) ++wrong;
    }
    print("puts {}, gets {}, {} wrong\n", put_cancelled, got_cancelled, wrong);
}

/// The same with DMA.
Coro<> cancel_dma() {
    Pio machine{invert, {.freq = 1'000'000}};
    machine.active(true);
    Dma sending, receiving;
    unsigned middle = 0, wrong = 0;
    for (unsigned cycles = 0; cycles < 16'000; cycles += 271) {
        prepare();
        auto sent = create_task(machine.write(sending, std::span{out}.first<40>()));
        auto received = create_task(machine.read(receiving, std::span{in}.first<40>()));
        co_await yield();
        spin(cycles);
        sent.cancel();
        const auto ended = co_await catch_cancelled(sent);
        co_await sleep(40us);
        received.cancel();
        (void)co_await catch_cancelled(received);
        const int count = answers();
        if (!ended && count > 0 && count < 40) ++middle;
        if (count < 0 || (ended && count != 40)) ++wrong;
        co_await sleep(40us);
        if (answers() != count || machine.tx_fifo() + machine.rx_fifo() != 0) ++wrong;
        (void)co_await machine.put(cycles);
        const Result<std::uint32_t> word = co_await machine.get();
        if (word != ~cycles) ++wrong;
    }
    print("DMA {}, {} wrong\n", middle, wrong);
}

/// The same with a flag: whoever waits next has it.
Coro<> cancel_flag() {
    Pio machine{flag, {.freq = 1'000'000}};  // raised after 250 cycles
    machine.active(true);
    unsigned cancelled = 0, wrong = 0;
    for (unsigned cycles = 0; cycles < 800; cycles += 7) {
        auto first = create_task(machine.wait_irq_rel(0));
        co_await yield();
        (void)machine.put_nowait(cycles);
        spin(cycles);
        first.cancel();
        const auto ended = co_await catch_cancelled(first);
        if (!ended) {
            ++cancelled;
            const Result<void> raised = co_await machine.wait_irq_rel(0);
            if (!raised) ++wrong;
        }
        const Result<std::uint32_t> word = co_await machine.get();
        if (word != cycles) ++wrong;
    }
    print("flags {}, {} wrong\n", cancelled, wrong);
}

Coro<> destroy() {
    std::optional<Pio> machine;
    machine.emplace(flag);
    machine->active(true);
    auto put = create_task(machine->put(out));
    auto get = create_task(machine->get());
    auto raised = create_task(machine->wait_irq_rel(1));
    co_await sleep(100us);
    machine.reset();
    const auto one = co_await catch_cancelled(put);
    const auto two = co_await catch_cancelled(get);
    const auto three = co_await catch_cancelled(raised);
    print("destroyed: {}, {}, {}\n", to_string(one.error()), to_string(two.error()), to_string(three.error()));
    Pio again{0, invert};
    again.active(true);
    (void)co_await again.put(1);
    const Result<std::uint32_t> word = co_await again.get();
    print("again: {}\n", word.value_or(0) == ~1U);
}

Coro<> async_main() {
    co_await pulses();
    co_await exchange();
    co_await flags();
    co_await pins();
    co_await claim();
    co_await cancel();
    co_await cancel_dma();
    co_await cancel_flag();
    co_await destroy();
    co_await side_set();
    co_await flags_of_the_block();
    co_await fast();
#if UASYNC_LOOPS
    co_await core1.start(on_core_1());
    core1.stop();
#endif
    co_await wait_long();
    print("end\n");
}

}  // namespace

int main() { run(async_main()); }
