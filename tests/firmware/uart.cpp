// A serial line on UART 1 with tests/firmware/uart.mjs at its other end, which sends what a line "> ..." of the console asks for.

#include <optional>

#include <uasync/board.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

constexpr Uart::Options options{.tx = 4, .rx = 5};

Coro<> read_some(Uart& uart) {
    std::uint8_t in[100];
    print("> 50\n");  // bytes 0, 1, 2 ...
    std::size_t count = 0;
    unsigned reads = 0, wrong = 0;
    while (count < 50) {
        const Result<std::size_t> got = co_await uart.read(in);
        ++reads;
        for (std::size_t i = 0; got && i < *got; ++i) wrong += in[i] != static_cast<std::uint8_t>(count + i) ? 1 : 0;
        count += got.value_or(0);
    }
    print("{} bytes, {} wrong, several reads: {}\n", count, wrong, reads > 2);

    print("> 300\n");  // more than the ring has room for, read as they come
    std::uint8_t large[300];
    const Result<std::size_t> exactly = co_await uart.read_exactly(large);
    wrong = 0;
    for (unsigned i = 0; i < 300; ++i) wrong += large[i] != static_cast<std::uint8_t>(i) ? 1 : 0;
    print("exactly {}, {} wrong\n", exactly.value_or(0), wrong);

    // Nothing is lost while nobody reads.
    print("> 100\n");
    co_await sleep_ms(20);
    print("any: {}\n", uart.any());
    const Result<std::size_t> later = co_await uart.read(in);
    print("later: {} from {} to {}\n", later.value_or(0), in[0], in[99]);

    // A limit that strikes in the middle takes nothing away.
    print("> 100\n");
    const auto late = co_await wait_for_ms(uart.read_exactly({large, 150}), 20);
    print("late: {}, any: {}\n", late ? "?" : to_string(late.error()), uart.any());
    const Result<std::size_t> again = co_await uart.read(in);
    print("again: {} from {} to {}\n", again.value_or(0), in[0], in[99]);
    // The same at each moment of the coming of 20 bytes.
    unsigned lost = 0;
    for (unsigned us = 20; us < 2000; us += 73) {
        print("> 20\n");
        (void)co_await wait_for(uart.read_exactly({large, 21}), std::chrono::microseconds{us});
        const Result<std::size_t> all = co_await uart.read_exactly({in, 20});
        for (unsigned i = 0; i < 20; ++i) lost += in[i] != i ? 1 : 0;
        if (all.value_or(0) != 20 || uart.any() != 0) ++lost;
    }
    print("lost: {}\n", lost);
}

Coro<> read_lines(Uart& uart) {
    char buffer[24];
    print("> lines\n");
    for (int i = 0; i < 5; ++i) {
        const Result<std::string_view> line = co_await uart.readline(buffer);
        std::string_view text = line.value_or("?");
        if (text.back() == '\n') text.remove_suffix(1);
        print("[{}]\n", text);
    }
}

Coro<> overrun(Uart& uart) {
    print("> 200\n");
    co_await sleep_ms(30);
    std::uint8_t in[200];
    std::size_t count = 0;
    while (true) {
        const auto got = co_await wait_for_ms(uart.read({in + count, 200 - count}), 5);
        if (!got || !*got) break;
        count += **got;
    }
    unsigned wrong = 0;
    for (unsigned i = 0; i < count; ++i) wrong += in[i] != i ? 1 : 0;
    print("kept {}, {} wrong, any: {}\n", count, wrong, uart.any());
    print("> 1\n");
    (void)co_await uart.read(in);
    const Uart::Counts counts = uart.counts();
    print("> bad\n");  // A, a byte with a wrong stop bit, B, a break, C, a wrong parity, D
    const Result<std::size_t> good = co_await uart.read_exactly({in, 4});
    const Uart::Counts more = uart.counts();
    print("overruns {}, good {} {}{}{}{}, framing {}, breaks {}, parity {}\n", counts.overruns, good.value_or(0), char(in[0]),
          char(in[1]), char(in[2]), char(in[3]), more.framing, more.breaks, more.parity);
}

Coro<> write(Uart& uart, const char* name, std::string_view text) {
    const Result<void> result = co_await uart.write(text);
    print("{} {}\n", name, result ? "is out" : to_string(result.error()));
}

Coro<> write_all(Uart& uart) {
    constexpr std::string_view long_text = "The quick brown fox jumps over the lazy dog, and over the other one too.\n";
    print("@ short\n");
    co_await write(uart, "short", "hello\n");
    co_await uart.drain();
    print("@ drained\n");
    co_await gather(write(uart, "long", long_text), write(uart, "next", "next\n"), write(uart, "last", "last\n"));
    co_await uart.drain();
    print("@ drained\n");
    // A write that is cancelled leaves the line to the next.
    auto cut = create_task(write(uart, "cut", long_text));
    auto behind = create_task(write(uart, "behind", "\nbehind\n"));
    co_await sleep_ms(1);
    cut.cancel();
    (void)co_await catch_cancelled(cut);
    co_await behind;
    co_await uart.drain();
}

/// The registers of UART 1, whose settings the emulator takes no notice of: UARTLCR_H and UARTCR, and whether UARTIMSC lets it interrupt.
void show_settings(const char* whose) {
    const auto read = [](std::uintptr_t offset) { return *reinterpret_cast<volatile std::uint32_t*>(0x4003'8000 + offset); };
    print("{}: {} {} {}\n", whose, read(0x2c), read(0x30), read(0x38) != 0);
}

void settings() {
    {
        const Uart uart{1, {.tx = 8, .rx = 9, .bits = 7, .parity = Uart::even, .stop = 2, .rts = 11, .cts = 10}};
        show_settings("7e2 with RTS and CTS");
    }
    show_settings("closed");
    const Uart uart{1, {.tx = 8, .rx = 9, .parity = Uart::odd}};
    show_settings("8o1");
}

Coro<> misuse() {
    std::uint8_t in[4];
    Uart wrong{0, {.tx = 4, .rx = 5}};
    const Result<std::size_t> result = co_await wrong.read(in);
    print("wrong pins: {}\n", to_string(result.error()));
    std::optional<Uart> uart;
    uart.emplace(1U, options);
    auto reading = create_task([](Uart& line) -> Coro<> {
        std::uint8_t bytes[4];
        (void)co_await line.read(bytes);
    }(*uart));
    co_await yield();
    const Result<std::size_t> second = co_await uart->read(in);
    print("second reader: {}\n", to_string(second.error()));
    uart.reset();
    const auto ended = co_await catch_cancelled(reading);
    print("destroyed: {}\n", to_string(ended.error()));
}

Coro<> console() {
    // Beside print(), on the same UART.
    Uart uart{0, {.tx = 0, .rx = 1}};
    co_await uart.write("written\n");
    print("> 0:typed\n");
    char buffer[10];
    const Result<std::string_view> line = co_await uart.readline(buffer);
    print("got {}", line.value_or("nothing\n"));
}

Coro<> async_main() {
    {
        Uart uart{1, options};
        co_await read_some(uart);
        co_await read_lines(uart);
        co_await overrun(uart);
        co_await write_all(uart);
    }
    settings();
    co_await misuse();
    co_await console();
    print("end\n");
}

}  // namespace

int main() { run(async_main()); }
