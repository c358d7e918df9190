// Lesson 7: a weather station. Something is wrong: the LED should blink ten times a second.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> blink(Pin led) {
    while (true) {
        led.toggle();
        co_await sleep_ms(50);
    }
}

Coro<> measure(Queue<int, 4>& readings) {
    int celsius = 20;
    while (true) {
        co_await sleep_ms(230);
        co_await readings.put(celsius++);
    }
}

void draw(int celsius) {
    for (volatile int pixel = 0; pixel < 400'000;) pixel = pixel + 1;
    print("{} degrees\n", celsius);
}

Coro<> display(Queue<int, 4>& readings) {
    while (true) {
        int celsius = co_await readings.get();
        draw(celsius);
    }
}

Coro<> async_main() {
    Pin led{25, Pin::out};
    Queue<int, 4> readings;
    co_await gather(blink(led), measure(readings), display(readings));
}

int main() { run(async_main()); }

// $ UASYNC_UNTIL=1s 07_station
// 20 degrees
// 21 degrees
// 22 degrees
// 23 degrees
