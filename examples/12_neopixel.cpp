// Step 12: a strip of addressable LEDs. Each press of the button puts the next effect into a queue, and the one that is shown is cancelled.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>
#include <uasync/device.hpp>

using namespace uasync;

enum class Effect { rainbow, comet, breath };

Coro<> rainbow(NeoPixelStrip& strip) {
    for (int turn = 0;; turn = (turn + 4) % 360) {
        for (std::size_t i = 0; i < strip.size(); ++i) strip[i] = Color::hue(turn + static_cast<int>(i) * 45);
        co_await strip.write();
        co_await sleep_ms(20);
    }
}

Coro<> comet(NeoPixelStrip& strip) {
    for (std::size_t head = 0;; head = (head + 1) % strip.size()) {
        for (std::size_t i = 0; i < strip.size(); ++i) {
            const Color color = strip[i];
            strip[i] = {static_cast<std::uint8_t>(color.red / 2), 0, 0};
        }
        strip[head] = {255, 0, 0};
        co_await strip.write();
        co_await sleep_ms(80);
    }
}

Coro<> breath(NeoPixelStrip& strip) {
    for (int step = 0;; step = (step + 1) % 128) {
        const auto level = static_cast<std::uint8_t>(step < 64 ? step : 127 - step);
        strip.fill({0, level, level});
        co_await strip.write();
        co_await sleep_ms(20);
    }
}

Coro<> show(NeoPixelStrip& strip, Effect effect) {
    switch (effect) {
        case Effect::rainbow: co_await rainbow(strip); break;
        case Effect::comet: co_await comet(strip); break;
        case Effect::breath: co_await breath(strip); break;
    }
}

Coro<> choose(Queue<Effect, 4>& effects) {
    Switch button{Pin{15, Pin::in, Pin::pull_up}};
    button.start();
    for (int next = 1;; ++next) {
        co_await button.wait_for_close();
        co_await effects.put(static_cast<Effect>(next % 3));
    }
}

Coro<> async_main() {
    NeoPixel<8> strip{16};
    Queue<Effect, 4> effects;
    auto choosing = create_task(choose(effects));

    auto effect = Effect::rainbow;
    while (true) {
        print("effect {}\n", static_cast<int>(effect));
        auto shown = create_task(show(strip, effect));
        effect = co_await effects.get();
        shown.cancel();
        co_await catch_cancelled(shown);  // the wire is at rest
    }
}

int main() { run(async_main()); }
