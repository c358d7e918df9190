// Step 11: a game. When the light turns green, the faster of two buttons wins the round; who presses before that has lost it.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>
#include <uasync/device.hpp>

#include <charconv>

using namespace uasync;
using namespace std::chrono_literals;

// Writes a number where a display can show it.
void draw_number(FrameBuffer& display, int number, int x, int y) {
    char text[12];
    display.text({text, std::to_chars(text, std::end(text), number).ptr}, x, y);
}

Coro<> show(Ssd1306<>& display, std::string_view title, const int (&points)[2], int reaction_ms = 0) {
    display.fill(0);
    display.text(title, 0, 0);
    draw_number(display, points[0], 24, 28);
    display.text(":", 56, 28);
    draw_number(display, points[1], 96, 28);
    if (reaction_ms > 0) {
        draw_number(display, reaction_ms, 0, 56);
        display.text("ms", 40, 56);
    }
    auto shown = co_await display.show();
    if (!shown) print("display: {}\n", shown.error());
}

// Which of the buttons goes down first: 0 or 1.
Coro<int> first_press(const Pin& left, const Pin& right) {
    auto pressed = co_await select(left.wait_for_falling_edge(), right.wait_for_falling_edge());
    co_return static_cast<int>(pressed.index());
}

Coro<> async_main() {
    Pin left{14, Pin::in, Pin::pull_up};
    Pin right{15, Pin::in, Pin::pull_up};
    RgbLed light{{.red = 16, .green = 17, .blue = 18}};
    Buzzer buzzer{20};
    static I2c bus{0, {.scl = 5, .sda = 4}};
    static Ssd1306 display{bus};  // static, as its picture takes half of the frame pool
    int points[2] = {0, 0};

    co_await show(display, "Press to begin", points);
    co_await first_press(left, right);
    while (true) {
        co_await light.fade(Color::hue(0), 300ms);
        co_await show(display, "Wait...", points);
        // The time of a press is as good as dice.
        auto early = co_await wait_for_ms(first_press(left, right), 1000 + static_cast<int>(ticks_us() % 2000));
        int winner = 0;
        int reaction_ms = 0;
        if (early) {
            winner = 1 - *early;
        } else {
            light.color(Color::hue(120));
            const auto begin = ticks_ms();
            winner = co_await first_press(left, right);
            reaction_ms = ticks_diff(ticks_ms(), begin);
        }
        ++points[winner];
        light.color(Color::hue(winner == 0 ? 240 : 60));  // blue is left, yellow is right
        co_await show(display, winner == 0 ? "Left wins" : "Right wins", points, reaction_ms);
        if (early) {
            co_await buzzer.tone(110, 500ms);
        } else {
            co_await buzzer.play("C5:1 E G C6:3");
        }
        co_await sleep(1s);
    }
}

int main() { run(async_main()); }
