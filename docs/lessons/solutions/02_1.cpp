// Lesson 2, exercise 1: three tasks. Each round, every task that is not done has one turn, in the order of their creation.

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> count(const char* name, int rounds) {
    for (int i = 1; i <= rounds; ++i) {
        print("{} {}\n", name, i);
        co_await yield();
    }
    print("{} is done\n", name);
}

Coro<> async_main() {
    co_await gather(count("left", 3), count("middle", 1), count("right", 2));
    print("all are done\n");
}

int main() { run(async_main()); }

// $ 02_1
// left 1
// middle 1
// right 1
// left 2
// middle is done
// right 2
// left 3
// right is done
// left is done
// all are done
