// Step 15: programs for PIO. One blinks the LED, and one makes a tone at a speaker; the processor sleeps between the notes.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

// High for as many cycles as the word says, and low for as many.
constexpr PioProgram blink = asm_pio(R"(
    .program blink
        pull block
    .wrap_target
        mov x, osr
        set pins, 1
    on:
        jmp x-- on
        mov x, osr
        set pins, 0
    off:
        jmp x-- off
    .wrap
)");

// Two cycles are a period.
constexpr PioProgram square_wave = asm_pio(R"(
    .program square_wave
        set pins, 1
        set pins, 0
)");

Coro<> async_main() {
    constexpr std::uint32_t cycles_in_s = 10'000;
    Pio light{blink, {.freq = cycles_in_s, .set_base = 25}};
    light.active(true);
    co_await light.put(cycles_in_s / 4 - 3);  // each half has three more cycles: a quarter of a second

    Pio speaker{square_wave, {.set_base = 16}};
    while (true) {
        for (const unsigned hertz : {2000U, 2500U, 3000U, 4000U}) {
            speaker.freq(2 * hertz);
            speaker.active(true);
            co_await sleep_ms(200);
            speaker.active(false);
            co_await sleep_ms(300);
        }
    }
}

int main() { run(async_main()); }
