// The operations of uasync_bench.cpp that GLib's main loop has: it knows no tasks, so what takes a turn here is a source's callback, which is
// less than a task.

#include <thread>
#include <vector>

#include <glib.h>

#include "bench.hpp"

namespace {

GMainLoop* loop() {
    static GMainLoop* made = g_main_loop_new(nullptr, FALSE);
    return made;
}

// switch: two idle sources, called in turn.

struct {
    long left;
} switching;

gboolean take_turn(gpointer) {
    if (--switching.left > 0) return G_SOURCE_CONTINUE;
    g_main_loop_quit(loop());
    return G_SOURCE_REMOVE;
}

void switches(long count) {
    switching.left = count;
    g_idle_add(take_turn, nullptr);
    g_idle_add(take_turn, nullptr);
    const bench::Stopwatch stopwatch;
    g_main_loop_run(loop());
    bench::tell_ns(stopwatch, count);
}

void timers(long count) {
    bench::Delays delays;
    const GSourceFunc no_call = [](gpointer) -> gboolean { return G_SOURCE_REMOVE; };
    for (long i = 0; i < bench::pending_timers; ++i) g_timeout_add(static_cast<guint>(bench::far_off_ms(delays)), no_call, nullptr);
    const bench::Stopwatch stopwatch;
    long removed = 0;
    for (long i = 0; i < count; ++i) {
        removed += g_source_remove(g_timeout_add(static_cast<guint>(bench::far_off_ms(delays)), no_call, nullptr));
    }
    bench::tell_ns(stopwatch, count);
    bench::expect(removed == count, "number of timers");
}

void posts(long count) {
    bench::Stream stream;
    g_idle_add(
        [](gpointer data) -> gboolean {
            if (!static_cast<bench::Stream*>(data)->ended.load(std::memory_order_relaxed)) return G_SOURCE_CONTINUE;
            g_main_loop_quit(loop());
            return G_SOURCE_REMOVE;
        },
        &stream);
    std::thread poster{[&stream, count] {
        while (!g_main_loop_is_running(loop())) std::this_thread::yield();  // before, it would call what is posted itself
        stream.post_all(count, [&stream](long) {
            const GSourceFunc called = [](gpointer data) -> gboolean {
                static_cast<bench::Stream*>(data)->count();
                return G_SOURCE_REMOVE;
            };
            g_main_context_invoke(nullptr, called, &stream);
        });
    }};
    g_main_loop_run(loop());
    poster.join();
}

struct {
    long left;
} sleeping;

void sleepers(long count) {
    const double resident = bench::resident_bytes();
    const bench::Stopwatch stopwatch;
    bench::Delays delays;
    sleeping.left = count;
    const GSourceFunc wake = [](gpointer) -> gboolean {
        if (--sleeping.left == 0) g_main_loop_quit(loop());
        return G_SOURCE_REMOVE;
    };
    for (long i = 0; i < count; ++i) g_timeout_add(static_cast<guint>(delays.next()), wake, nullptr);
    bench::tell("rss_bytes", (bench::resident_bytes() - resident) / static_cast<double>(count));
    g_main_loop_run(loop());
    bench::tell("over_ms", stopwatch.wall() * 1000 - 1000);
    bench::tell("cpu_ms", stopwatch.cpu() * 1000);
}

constexpr bench::Operation operations[] = {
    {"switch", switches},
    {"timer_insert_cancel", timers},
    {"post", posts},
    {"sleepers", sleepers},
};

}  // namespace

int main(int argc, char** argv) { return bench::main(argc, argv, operations); }
