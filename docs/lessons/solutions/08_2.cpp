// Lesson 8, exercise 2: the alarm may come in every wait, so let_in looks at the lock after the last one.

#include <cstdio>

#include <uasync/testing.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

struct Door {
    ThreadSafeFlag alarm;
    bool locked = false;
    bool open = false;
};

Coro<bool> check_card() {
    co_await sleep_ms(10);
    co_return true;
}

Coro<> let_in(Door& door) {
    bool valid = co_await check_card();
    if (!valid || door.locked) co_return;
    co_await sleep_ms(5);
    door.open = !door.locked;
    co_await sleep_ms(2000);
    door.open = false;
}

Coro<> watch_alarm(Door& door) {
    co_await door.alarm.wait();
    door.locked = true;
    door.open = false;
}

int main() {
    ExploreReport report = explore([](Exploration& x) {
        auto& door = x.state<Door>();
        x.task("let_in", let_in(door));
        x.task("watch_alarm", watch_alarm(door));
        x.strike("alarm", [&] { door.alarm.set(); });
        x.always("a locked door is closed", [&] { return !(door.locked && door.open); });
    });
    std::printf("%s\n%s\n", report.ok() ? "holds" : report.text.c_str(),
                report.complete ? "in every order" : "in the orders tried");
}

// $ 08_2
// holds
// in every order
