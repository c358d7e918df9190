// Lesson 6, exercise 4: the stop button ends the drive. select cancels the loser, whose clean-up has run when it returns.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

struct Motor {
    Motor() { print("{} ms: motor on\n", ticks_ms()); }
    Motor(const Motor&) = delete;
    ~Motor() { print("{} ms: motor off\n", ticks_ms()); }
};

Coro<> drive(int ms) {
    Motor motor;
    co_await sleep_ms(ms);
}

Coro<> async_main() {
    Pin stop{15, Pin::in, Pin::pull_up};
    for (int ms : {1000, 5000}) {
        auto first = co_await select(stop.wait_for_falling_edge(), drive(ms));
        print("{} ms: {}\n", ticks_ms(), first.index() == 0 ? "stopped by the button" : "arrived");
    }
}

int main() { run(async_main()); }

// $ UASYNC_PRESS="GP15@2500ms+100ms" 06_4
// 0 ms: motor on
// 1000 ms: motor off
// 1000 ms: arrived
// 1000 ms: motor on
// 2500 ms: motor off
// 2500 ms: stopped by the button
