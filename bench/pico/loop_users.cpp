// What the loop costs that looks at levels, or at long steps: users as in primitives.cpp. Each in an object of its own, because a program
// gets that loop as soon as one of its objects refers to it, whether or not the function that does is linked.

#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

#define USER(name)                                               \
    static Coro<> name##_user();                                 \
    extern "C" void use_##name() { create_task(name##_user()); } \
    static Coro<> name##_user()

#if USES_priority
static Coro<> nothing_more() { co_await yield(); }

USER(priority) { co_await create_task(nothing_more(), Priority{1}); }
#elif USES_report_long_steps
USER(report_long_steps) {
    report_long_steps(10ms);
    co_await yield();
}
#endif
