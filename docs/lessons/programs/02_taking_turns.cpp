// Lesson 2: two tasks take turns.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> count(const char* name, int rounds) {
    for (int i = 1; i <= rounds; ++i) {
        print("{} {}\n", name, i);
        co_await yield();  // the other task runs here
    }
    print("{} is done\n", name);
}

Coro<> async_main() {
    co_await gather(count("left", 3), count("right", 2));
    print("both are done\n");
}

int main() { run(async_main()); }

// $ 02_taking_turns
// left 1
// right 1
// left 2
// right 2
// left 3
// right is done
// left is done
// both are done
