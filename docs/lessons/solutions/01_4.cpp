// Lesson 1, exercise 4: SOS in Morse code. A dot lasts 100 ms, a dash three dots; one dot lies between signs, three between letters.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

constexpr int dot_ms = 100;

Coro<> sign(Pin led, int dots) {
    led.on();
    co_await sleep_ms(dots * dot_ms);
    led.off();
    co_await sleep_ms(dot_ms);
}

Coro<> letter(Pin led, const char* signs) {
    for (; *signs != '\0'; ++signs) co_await sign(led, *signs == '-' ? 3 : 1);
    co_await sleep_ms(2 * dot_ms);  // one dot has passed since the last sign
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    for (const char* signs : {"...", "---", "..."}) {
        co_await letter(led, signs);
        print("{} ms: {}\n", ticks_ms(), signs);
    }
}

int main() { run(async_main()); }

// $ UASYNC_EDGES=1 01_4
// 800 ms: ...
// 2200 ms: ---
// 3000 ms: ...
// 0 us GP25 1
// 100000 us GP25 0
// 200000 us GP25 1
// 300000 us GP25 0
// 400000 us GP25 1
// 500000 us GP25 0
// 800000 us GP25 1
// 1100000 us GP25 0
// 1200000 us GP25 1
// 1500000 us GP25 0
// 1600000 us GP25 1
// 1900000 us GP25 0
// 2200000 us GP25 1
// 2300000 us GP25 0
// 2400000 us GP25 1
// 2500000 us GP25 0
// 2600000 us GP25 1
// 2700000 us GP25 0
