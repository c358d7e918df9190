#include <uasync/task/task_group.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/uasync.hpp>

#include <support/outcome.hpp>
#include <support/simulated.hpp>

using namespace uasync;
using namespace std::chrono_literals;
using uasync::test::Noted;
using uasync::test::outcome;
using uasync::test::Simulated;
using uasync::test::Trace;

namespace {

Coro<> child(Trace& trace, const char* name, int ms) {
    Noted noted{trace, name};
    co_await sleep_ms(ms);
}

Coro<> fails(int ms, Error error) {
    co_await sleep_ms(ms);
    co_await detail::FailAwaiter{error};
}

Coro<> slow_to_end(Trace& trace, const char* name) {
    (void)co_await catch_cancelled(sleep_ms(1000));
    co_await sleep_ms(5);
    trace(name);
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "TaskGroup: ends when the body and all tasks have ended, and gives the body's value") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<int> {
            auto left = group.create_task(child(trace, "left", 5));
            group.create_task(child(trace, "right", 9));
            co_await left;
            co_return 42;
        };
        trace(outcome(co_await group(body())));
        auto nothing = [&]() -> Coro<> { co_return; };
        trace(outcome(co_await group(nothing())));  // again
        CHECK(group.failures().begin() == group.failures().end());
    };
    CHECK(run(main()));
    trace.expect({"5 left", "9 right", "9 42", "9 ok"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: the first failure cancels the body and the others; the errors of all are kept") {
    auto fails_late = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        co_await fails(3, Error::destroyed);
    };
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            Noted noted{trace, "body"};
            group.create_task(child(trace, "other", 100));
            group.create_task(fails(2, Error::unavailable), "first");
            group.create_task(fails_late(), "second");
            co_await sleep_ms(100);
            trace("not reached");
        };
        trace(outcome(co_await group(body())));
        for (const auto& failure : group.failures()) {
            trace(std::string{failure.name()} + ": " + uasync::test::name(failure.error()));
        }
        co_await yield();  // nothing of it is left that could cancel
        trace("goes on");
    };
    CHECK(run(main()));
    trace.expect({"2 other", "2 body", "5 unavailable", "5 first: unavailable", "5 second: destroyed", "5 goes on"});
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: a task that is cancelled has not failed; one that the body awaits takes the body with it") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            auto other = group.create_task(child(trace, "other", 3));
            auto cancelled = group.create_task(child(trace, "cancelled", 100));
            co_await sleep_ms(1);
            cancelled.cancel();
            co_await other;
        };
        trace(outcome(co_await group(body())));
    };
    CHECK(run(main()));
    trace.expect({"1 cancelled", "3 other", "3 ok"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: a cancellation of its task, in the body or after it, passes on when all have ended") {
    auto main = [&]() -> Coro<> {
        for (const int body_ms : {100, 0}) {
            auto groups = [&]() -> Coro<> {
                Noted noted{trace, "task"};
                TaskGroup group;
                auto body = [&]() -> Coro<> {
                    group.create_task(slow_to_end(trace, "slow"));
                    co_await sleep_ms(body_ms);
                };
                (void)co_await group(body());
                trace("not reached");
            };
            auto task = create_task(groups());
            co_await sleep_ms(2);
            task.cancel();
            trace(outcome(co_await catch_cancelled(task)));
        }
    };
    CHECK(run(main()));
    trace.expect({"7 slow", "7 task", "7 cancelled", "14 slow", "14 task", "14 cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: in a timeout it is a timeout; a timeout in the body is the body's own") {
    auto main = [&]() -> Coro<> {
        auto limit = timeout(3ms);
        auto groups = [&]() -> Coro<> {
            TaskGroup group;
            auto body = [&]() -> Coro<> {
                group.create_task(slow_to_end(trace, "slow"));
                trace(outcome(co_await wait_for(sleep_ms(100), 1ms)));
                co_await sleep_ms(100);
            };
            (void)co_await group(body());
            trace("not reached");
        };
        trace(outcome(co_await limit(groups())));
    };
    CHECK(run(main()));
    trace.expect({"1 timeout", "8 slow", "8 timeout"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: tasks may create tasks; when it is ending they do not begin; a closed one takes none") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto creates = [&]() -> Coro<> {
            co_await sleep_ms(1);
            group.create_task(child(trace, "grandchild", 5));
        };
        auto body = [&]() -> Coro<> {
            group.create_task(creates());
            co_return;
        };
        trace(outcome(co_await group(body())));
        auto late = [&]() -> Coro<> {
            (void)co_await catch_cancelled(sleep_ms(100));
            group.create_task(child(trace, "not reached", 0));
        };
        auto ends = [&]() -> Coro<> {
            group.create_task(late());
            co_await yield();
            group.cancel();
            trace("still runs");
            co_await sleep_ms(100);
            trace("not reached");
        };
        trace(outcome(co_await group(ends())));
        CHECK(group.create_task(child(trace, "not reached", 0)).done());
        co_await sleep_ms(1);
        trace("goes on");
    };
    CHECK(run(main()));
    trace.expect(
        {"6 grandchild", "6 ok", "6 still runs", "6 cancelled", "6 report a task group that is not open: misuse", "7 goes on"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: nested, and in every order") {
    for_each_order([&] {
        int ended = 0;
        auto leaf = [&](int ms) -> Coro<> {
            co_await sleep_ms(ms);
            ++ended;
        };
        auto inner = [&]() -> Coro<> {
            TaskGroup group;
            auto body = [&]() -> Coro<> {
                group.create_task(leaf(1));
                group.create_task(leaf(2));
                co_return;
            };
            CHECK(co_await group(body()));
        };
        auto main = [&]() -> Coro<> {
            TaskGroup group;
            auto body = [&]() -> Coro<> {
                group.create_task(inner());
                group.create_task(inner());
                co_await inner();
            };
            CHECK(co_await group(body()));
            CHECK(ended == 6);
            auto failing = [&]() -> Coro<> {
                group.create_task(inner());
                group.create_task(fails(1, Error::misuse));
                group.create_task(fails(1, Error::misuse));
                co_return;
            };
            CHECK(outcome(co_await group(failing())) == "misuse");
        };
        CHECK(run(main()));
    });
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: when the last has ended it takes no more, and can be opened again after a cancellation then") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        std::optional<Task<>> last;
        auto body = [&]() -> Coro<> {
            last = group.create_task(child(trace, "last", 3));
            co_return;
        };
        auto groups = [&]() -> Coro<> {
            (void)co_await group(body());
            trace("not reached");
        };
        auto task = create_task(groups());
        co_await sleep_ms(1);
        auto just_then = [&]() -> Coro<> {
            co_await sleep_ms(2);
            CHECK(last->done());
            CHECK(group.create_task(child(trace, "not reached", 0)).done());
            task.cancel();
        };
        create_task(just_then());
        trace(outcome(co_await catch_cancelled(task)));
        trace(outcome(co_await group(body())));
    };
    CHECK(run(main()));
    trace.expect({"3 last", "3 report a task group that is not open: misuse", "3 cancelled", "6 last", "6 ok"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: may outlive its task where the loop ends by deadlock") {
    TaskGroup group;
    Event silent;
    auto waits = [&]() -> Coro<> { co_await silent.wait(); };
    auto body = [&]() -> Coro<> {
        group.create_task(waits());
        co_await silent.wait();
    };
    auto main = [&]() -> Coro<> { (void)co_await group(body()); };
    CHECK(outcome(run(main())) == "deadlock");
    CHECK((*group.failures().begin()).error() == Error::deadlock);
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "TaskGroup: exceptions of tasks and body are thrown together") {
    auto throws = [&](const char* text) -> Coro<> {
        co_await sleep_ms(1);
        throw std::runtime_error{text};
    };
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            group.create_task(throws("one"), "a");
            group.create_task(throws("two"), "b");
            (void)co_await catch_cancelled(sleep_ms(100));
            throw std::runtime_error{"three"};
        };
        std::string text;
        try {
            (void)co_await group(body());
        } catch (const ExceptionGroup& e) {
            text = e.what();
            CHECK(e.exceptions().size() == 2);  // b was cancelled before it threw
        }
        trace(text);
    };
    CHECK(run(main()));
    trace.expect({"1 task group: a: one; body: three"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: an exception of the body cancels the tasks") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            group.create_task(child(trace, "child", 300));
            co_await sleep_ms(1);
            throw std::runtime_error{"thrown"};
        };
        std::string text;
        try {
            (void)co_await group(body());
        } catch (const ExceptionGroup& e) {
            text = e.what();
        }
        trace(text);
    };
    CHECK(run(main()));
    trace.expect({"1 child", "1 task group: body: thrown"});
}
#endif

// Clean-up that has begun, and errors that come late: CPython 3.11's values ------------------------------------------------------

namespace {

/// Catches its cancellation and takes a while to clean up.
Coro<> cleans(Trace& trace, int ms = 20) {
    (void)co_await catch_cancelled(sleep_ms(1000));
    auto cleaned = co_await catch_cancelled(sleep_ms(ms));
    trace(cleaned ? "cleaned" : "cut short");
    co_await pass_cancelled();
}

Coro<> cleans_and_fails(Trace& trace, int ms) {
    (void)co_await catch_cancelled(sleep_ms(1000));
    auto cleaned = co_await catch_cancelled(sleep_ms(ms));
    trace(cleaned ? "fails" : "cut short");
    co_await detail::FailAwaiter{Error::unavailable};
}

/// A group of these tasks, and what it ends with. The body ends at once, or waits with them.
Coro<> grouped(Trace& trace, int body_ms, std::vector<Coro<>> tasks) {
    TaskGroup group;
    auto body = [&]() -> Coro<> {
        for (auto& task : tasks) group.create_task(std::move(task));
        if (body_ms > 0) co_await sleep_ms(body_ms);
    };
    trace("group " + outcome(co_await group(body())));
}

Coro<> sleeps(int ms) { co_await sleep_ms(ms); }

std::vector<Coro<>> both(Coro<> one, Coro<> other) {
    std::vector<Coro<>> tasks;
    tasks.push_back(std::move(one));
    tasks.push_back(std::move(other));
    return tasks;
}
std::vector<Coro<>> just(Coro<> one) {
    std::vector<Coro<>> tasks;
    tasks.push_back(std::move(one));
    return tasks;
}

/// The task, cancelled once or more; how it ended.
Coro<> cancelled_at(Trace& trace, Coro<> coroutine, int first, int second = 0, int third = 0) {
    auto task = create_task(std::move(coroutine), "owner");
    const auto start = Clock::now();
    for (const int at : {first, second, third}) {
        if (at == 0) continue;
        co_await sleep_until(start + std::chrono::milliseconds{at});
        CHECK(task.cancel());
    }
    trace("ends " + outcome(co_await catch_cancelled(task)));
}

}  // namespace

TEST_CASE_FIXTURE(Simulated, "TaskGroup: clean-up that a failure has begun is not cut short by a cancellation of its task") {
    for (const int body_ms : {0, 500}) {
        for_each_order([&] {
            CHECK(run(cancelled_at(trace, grouped(trace, body_ms, both(cleans(trace), fails(1, Error::unavailable))), 10)));
            trace.expect({"21 cleaned", "21 group unavailable", "21 ends ok"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: clean-up that a cancellation of its task has begun is not cut short by further ones") {
    for (const int body_ms : {0, 500}) {
        for_each_order([&] {
            CHECK(run(cancelled_at(trace, grouped(trace, body_ms, just(cleans(trace))), 1, 10, 12)));
            trace.expect({"21 cleaned", "21 ends cancelled"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: clean-up that cancel() has begun is not cut short, and the cancellation of its task passes on") {
    auto main = [&]() -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            group.create_task(cleans(trace));
            co_return;
        };
        auto groups = [&]() -> Coro<> {
            (void)co_await group(body());
            trace("not reached");
        };
        auto cancels = [&]() -> Coro<> {
            co_await sleep_ms(1);
            group.cancel();
            co_await sleep_ms(2);
            group.cancel();
        };
        create_task(cancels());
        co_await cancelled_at(trace, groups(), 10);
    };
    CHECK(run(main()));
    trace.expect({"21 cleaned", "21 ends cancelled"});
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: clean-up is not cut short by a limit, of either kind, and the group's error comes") {
    for (const int body_ms : {0, 500}) {
        for (const bool movable : {false, true}) {
            for_each_order([&] {
                auto main = [&]() -> Coro<> {
                    auto failing = grouped(trace, body_ms, both(cleans(trace), fails(1, Error::unavailable)));
                    auto limit = timeout(10ms);
                    if (movable) {
                        trace("limit " + outcome(co_await limit(std::move(failing))));
                    } else {
                        trace("limit " + outcome(co_await wait_for(std::move(failing), 10ms)));
                    }
                    co_await sleep_ms(50);
                    trace("goes on");
                };
                CHECK(run(main()));
                trace.expect({"21 cleaned", "21 group unavailable", "21 limit ok", "71 goes on"});
            });
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: clean-up that one limit has begun is not cut short by the one around it, whose timeout it is") {
    for (const int body_ms : {0, 500}) {
        for_each_order([&] {
            auto main = [&]() -> Coro<> {
                auto inner = [&]() -> Coro<> {
                    trace("inner " + outcome(co_await wait_for(grouped(trace, body_ms, just(cleans(trace))), 1ms)));
                };
                trace("outer " + outcome(co_await wait_for(inner(), 10ms)));
            };
            CHECK(run(main()));
            trace.expect({"21 cleaned", "21 outer timeout"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: cancelled, and then past a limit: a cancellation") {
    for (const int body_ms : {0, 500}) {
        for_each_order([&] {
            auto limited = [&]() -> Coro<> {
                (void)co_await wait_for(grouped(trace, body_ms, just(cleans(trace))), 10ms);
                trace("not reached");
            };
            CHECK(run(cancelled_at(trace, limited(), 1)));
            trace.expect({"21 cleaned", "21 ends cancelled"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: clean-up is not cut short by a group around it, or by a select") {
    for (const int body_ms : {0, 500}) {
        for_each_order([&] {
            auto main = [&]() -> Coro<> {
                auto inner = grouped(trace, body_ms, both(cleans(trace), fails(1, Error::unavailable)));
                co_await grouped(trace, 0, both(std::move(inner), fails(10, Error::misuse)));
            };
            CHECK(run(main()));
            trace.expect({"21 cleaned", "21 group unavailable", "21 group misuse"});
        });
        for_each_order([&] {
            auto main = [&]() -> Coro<> {
                auto inner = grouped(trace, body_ms, both(cleans(trace), fails(1, Error::unavailable)));
                auto won = co_await select(std::move(inner), sleep_ms(10));
                trace("winner", static_cast<int>(won.index()));
            };
            CHECK(run(main()));
            trace.expect({"21 cleaned", "21 group unavailable", "21 winner 1"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: at the end of run its tasks are cancelled once, by the loop") {
    for (const int body_ms : {0, 500}) {
        for_each_order([&] {
            auto main = [&]() -> Coro<> {
                create_task(grouped(trace, body_ms, just(cleans(trace))));
                co_await sleep_ms(10);
            };
            CHECK(run(main()));
            trace.expect({"30 cleaned"});
        });
        for_each_order([&] {
            auto main = [&]() -> Coro<> {
                create_task(grouped(trace, body_ms, both(cleans(trace), cleans_and_fails(trace, 5))));
                co_await sleep_ms(10);
            };
            CHECK(run(main()));
            trace.expect({"15 fails", "30 cleaned", "30 group unavailable"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: what a child fails with after a cancellation of the group's task is the group's error") {
    for (const int body_ms : {0, 500}) {
        for_each_order([&] {
            auto tasks = both(cleans_and_fails(trace, 5), cleans(trace));
            CHECK(run(cancelled_at(trace, grouped(trace, body_ms, std::move(tasks)), 1, 3, 8)));
            trace.expect({"6 fails", "21 cleaned", "21 group unavailable", "21 ends ok"});
        });
        for_each_order([&] {
            auto main = [&]() -> Coro<> {
                auto limited = wait_for(grouped(trace, body_ms, just(cleans_and_fails(trace, 5))), 1ms);
                trace("limit " + outcome(co_await std::move(limited)));
            };
            CHECK(run(main()));
            trace.expect({"6 fails", "6 group unavailable", "6 limit ok"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: a cancellation that an error took the place of does not come back") {
    for (const int at : {1, 10}) {
        for_each_order([&] {
            auto goes_on = [&]() -> Coro<> {
                TaskGroup group;
                auto body = [&]() -> Coro<> {
                    group.create_task(cleans_and_fails(trace, 10), "cleans");
                    group.create_task(fails(5, Error::misuse), "fails");
                    co_await sleep_ms(500);
                };
                trace("group " + outcome(co_await group(body())));
                for (const auto& failure : group.failures()) trace(failure.name());
                co_await sleep_ms(5);
                trace("goes on");
                co_await sleep_ms(500);
            };
            auto limited = [&]() -> Coro<> { trace("limit " + outcome(co_await wait_for(goes_on(), 40ms))); };
            CHECK(run(cancelled_at(trace, limited(), at)));
            if (at == 1) {
                trace.expect({"11 fails", "11 group unavailable", "11 cleans", "16 goes on", "40 limit timeout", "40 ends ok"});
            } else {
                trace.expect(
                    {"15 fails", "15 group misuse", "15 fails", "15 cleans", "20 goes on", "40 limit timeout", "40 ends ok"});
            }
        });
    }
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "TaskGroup: a child ends, or throws, in the pass in which the group's task is cancelled") {
    auto ends = [&](bool throws) -> Coro<> {
        co_await sleep_ms(3);
        if (throws) throw std::runtime_error{"broken"};
    };
    for (const int body_ms : {0, 500}) {
        for (const bool throws : {false, true}) {
            for (const bool another : {false, true}) {
                for (const bool canceller_first : {false, true}) {
                    std::optional<Task<>> task;
                    auto cancels = [&]() -> Coro<> {
                        co_await sleep_ms(3);
                        CHECK(task->cancel());
                    };
                    auto groups = [&]() -> Coro<> {
                        auto tasks = just(ends(throws));
                        if (another) tasks.push_back(cleans(trace));
                        try {
                            co_await grouped(trace, body_ms, std::move(tasks));
                        } catch (const ExceptionGroup& e) {
                            trace(e.what());
                        }
                    };
                    auto main = [&]() -> Coro<> {
                        if (canceller_first) create_task(cancels());
                        task = create_task(groups());
                        co_await yield();
                        co_await yield();
                        if (!canceller_first) create_task(cancels());
                        trace("ends " + outcome(co_await catch_cancelled(*task)));
                        task.reset();
                    };
                    trace.clear();
                    sim::reset();
                    CHECK(run(main()));
                    std::vector<std::string> lines;
                    const std::string at = another ? "23 " : "3 ";
                    if (another) lines.push_back(at + "cleaned");
                    if (throws) lines.push_back(at + "task group: f: broken");
                    lines.push_back(at + (throws ? "ends ok" : "ends cancelled"));
                    CHECK(trace.lines() == lines);
                }
            }
        }
    }
}
#endif

TEST_CASE_FIXTURE(Simulated, "TaskGroup, select: a task that awaits the one it is a part of ends when either is cancelled") {
    for (const bool in_select : {false, true}) {
        for (const int who : {0, 1, 2, 3}) {
            for_each_order([&] {
                std::optional<Task<>> owner;
                std::optional<Task<>> part;
                auto awaits = [&]() -> Coro<> {
                    co_await yield();
                    co_await *owner;
                };
                auto groups = [&]() -> Coro<> {
                    part = create_task(awaits());
                    if (in_select) {
                        co_await select(*part, sleep_ms(who == 2 ? 5 : 100));
                    } else {
                        auto waits = [&]() -> Coro<> { co_await *part; };
                        auto tasks = just(waits());
                        tasks.push_back(who == 2 ? fails(5, Error::unavailable) : sleeps(1));
                        co_await grouped(trace, 0, std::move(tasks));
                    }
                };
                auto main = [&]() -> Coro<> {
                    owner = create_task(groups());
                    co_await sleep_ms(3);
                    if (who == 0) owner->cancel();
                    if (who == 1) part->cancel();
                    if (who == 3) co_return;  // the end of run
                    co_await sleep_ms(50);
                    CHECK(owner->done());
                    CHECK(part->done());
                };
                CHECK(run(main()));
                CHECK(sim::now() < 60ms);
                owner.reset();
                part.reset();
            });
        }
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: its last child has ended; before the group's task has its turn that is cancelled, and more") {
    for (const bool child_fails : {false, true}) {
        for (const int body_ms : {0, 1}) {
            for_each_order([&] {
                auto ends = [&]() -> Coro<> {
                    co_await sleep_ms(3);
                    if (child_fails) co_await detail::FailAwaiter{Error::unavailable};
                };
                std::optional<Task<>> last;
                std::optional<Task<>> task;
                auto groups = [&]() -> Coro<> {
                    TaskGroup group;
                    auto body = [&]() -> Coro<> {
                        last = group.create_task(ends());
                        co_await sleep_ms(body_ms);
                    };
                    trace("group " + outcome(co_await group(body())));
                    co_await sleep_ms(1);
                    trace("goes on");
                };
                auto main = [&]() -> Coro<> {
                    task = create_task(groups());
                    co_await sleep_ms(2);
                    auto in_its_end = [&]() -> Coro<> {
                        (void)co_await catch_cancelled(shield(*last));  // is told in the same moment as the group
                        if (!task->cancel()) co_return;                 // in some orders the task has ended by now
                        task->cancel();
                    };
                    create_task(in_its_end());
                    trace("ends " + outcome(co_await catch_cancelled(*task)));
                    last.reset();
                    task.reset();
                };
                CHECK(run(main()));
                if (child_fails) {
                    // Cancelled before its turn, the group's task learns of the error; after it, it is cancelled in what follows.
                    const bool before = trace.lines().back() == "4 ends ok";
                    trace.expect(before ? std::initializer_list<std::string_view>{"3 group unavailable", "4 goes on", "4 ends ok"}
                                        : std::initializer_list<std::string_view>{"3 group unavailable", "3 ends cancelled"});
                } else {
                    const bool before = trace.lines().size() == 1;
                    trace.expect(before ? std::initializer_list<std::string_view>{"3 ends cancelled"}
                                        : std::initializer_list<std::string_view>{"3 group ok", "3 ends cancelled"});
                }
            });
        }
    }
}

TEST_CASE_FIXTURE(Simulated, "TaskGroup: in the clean-up of a limit, or of another group's body, groups and limits work as ever") {
    auto cleans_with_both = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        trace("limit " + outcome(co_await wait_for(sleep_ms(100), 5ms)));
        co_await grouped(trace, 500, just(fails(5, Error::unavailable)));
        trace("cleaned");
        co_await pass_cancelled();
    };
    for_each_order([&] {
        auto main = [&]() -> Coro<> { trace("ends " + outcome(co_await wait_for(cleans_with_both(), 10ms))); };
        CHECK(run(main()));
        trace.expect({"15 limit timeout", "20 group unavailable", "20 cleaned", "20 ends timeout"});
    });
    for_each_order([&] {
        auto main = [&]() -> Coro<> {
            auto limit = timeout(10ms);
            trace("ends " + outcome(co_await limit(cleans_with_both())));
        };
        CHECK(run(main()));
        trace.expect({"15 limit timeout", "20 group unavailable", "20 cleaned", "20 ends timeout"});
    });
    for (const bool cancels : {false, true}) {
        for_each_order([&] {
            auto main = [&]() -> Coro<> {
                TaskGroup group;
                auto cancels_it = [&]() -> Coro<> {
                    co_await sleep_ms(10);
                    group.cancel();
                };
                auto body = [&]() -> Coro<> {
                    group.create_task(cancels ? cancels_it() : fails(10, Error::misuse));
                    co_await cleans_with_both();
                };
                trace("ends " + outcome(co_await group(body())));
            };
            CHECK(run(main()));
            trace.expect(
                {"15 limit timeout", "20 group unavailable", "20 cleaned", cancels ? "20 ends cancelled" : "20 ends misuse"});
        });
    }
}

TEST_CASE_FIXTURE(Simulated,
                  "TaskGroup: the body is the task's own: its clean-up is cut short by a cancellation, and by a child's failure") {
    auto groups = [&](int fails_ms) -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            group.create_task(fails(fails_ms, Error::unavailable));
            co_await cleans(trace);
        };
        trace("group " + outcome(co_await group(body())));
    };
    for_each_order([&] {
        CHECK(run(cancelled_at(trace, groups(1), 10)));
        trace.expect({"10 cut short", "10 group unavailable", "10 ends ok"});
    });
    for_each_order([&] {
        CHECK(run(cancelled_at(trace, groups(5), 1)));
        trace.expect({"5 cut short", "5 group unavailable", "5 ends ok"});
    });
}

#if UASYNC_EXCEPTIONS
TEST_CASE_FIXTURE(Simulated, "TaskGroup: exceptions thrown in a clean-up after a cancellation take its place, also the body's") {
    auto throws_late = [&]() -> Coro<> {
        (void)co_await catch_cancelled(sleep_ms(1000));
        co_await sleep_ms(5);
        throw std::runtime_error{"late"};
    };
    auto groups = [&](bool body_throws) -> Coro<> {
        TaskGroup group;
        auto body = [&]() -> Coro<> {
            if (body_throws) {
                group.create_task(cleans(trace));
                co_await sleep_ms(1);
                throw std::runtime_error{"body"};
            }
            group.create_task(throws_late(), "child");
        };
        std::string text;
        try {
            (void)co_await group(body());
        } catch (const ExceptionGroup& e) {
            text = e.what();
        }
        trace(text);
        co_await sleep_ms(50);
        trace("goes on");
    };
    auto limited = [&](bool body_throws) -> Coro<> { trace("limit " + outcome(co_await wait_for(groups(body_throws), 40ms))); };
    for_each_order([&] {
        CHECK(run(cancelled_at(trace, limited(false), 1, 3)));
        trace.expect({"6 task group: child: late", "40 limit timeout", "40 ends ok"});
    });
    for_each_order([&] {
        CHECK(run(cancelled_at(trace, limited(true), 10)));
        trace.expect({"21 cleaned", "21 task group: body: body", "40 limit timeout", "40 ends ok"});
    });
}
#endif

TEST_CASE_FIXTURE(Simulated, "TaskGroup: of its own end and that of a limit around it, which strike together, the limit counts") {
    for (const bool limit_first : {false, true}) {
        CAPTURE(limit_first);
        auto main = [&]() -> Coro<> {
            auto limit = timeout(100ms);
            auto groups = [&]() -> Coro<> {
                TaskGroup group;
                auto body = [&]() -> Coro<> { co_await sleep_ms(50); };
                auto ends = [&]() -> Coro<> {
                    co_await sleep_ms(1);
                    if (limit_first) limit.reschedule(Clock::now());  // strikes in the next pass, when the body is on its way
                    group.cancel();
                    if (!limit_first) limit.reschedule(Clock::now());
                };
                auto task = create_task(ends());
                trace("group: " + outcome(co_await group(body())));
                co_await task;
            };
            trace("limit: " + outcome(co_await limit(groups())));
        };
        CHECK(run(main()));
    }
    trace.expect({"1 limit: timeout", "2 limit: timeout"});
}
