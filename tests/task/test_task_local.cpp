#include <uasync/task/task_local.hpp>
#include <uasync/uasync.hpp>

#include <support/simulated.hpp>

using namespace uasync;
using uasync::test::Simulated;

TEST_CASE_FIXTURE(Simulated, "TaskLocal: each task has its own, scopes nest and end with their blocks") {
    TaskLocal<int> id{0};
    auto looks = [&]() -> Coro<int> {
        co_await yield();
        co_return id.get();
    };
    auto task = [&](int value) -> Coro<> {
        auto scope = id.set(value);
        co_await sleep_ms(1);
        CHECK(co_await looks() == value);
        {
            auto inner = id.set(value * 10);
            co_await sleep_ms(1);
            CHECK(id.get() == value * 10);
            id.get() += 1;
            CHECK(co_await looks() == value * 10 + 1);
        }
        CHECK(id.get() == value);
        CHECK(co_await create_task(looks()) == 0);  // not inherited
    };
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            auto cancelled = create_task(task(4));
            co_await gather(task(1), task(2), task(3));
            cancelled.cancel();
            (void)co_await catch_cancelled(cancelled);
            CHECK(id.get() == 0);
        };
        CHECK(run(main()));
        CHECK(id.get() == 0);
    });
}
