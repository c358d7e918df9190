// An EventLoop inside of GLib's main loop: a source that is ready when the loop's deadline has come or something has woken it.

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <glib.h>

#include <doctest/doctest.h>

#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

namespace {

/// Runs an EventLoop from a GMainContext.
class GlibDriver {
public:
    explicit GlibDriver(EventLoop& loop) : loop_{loop} {
        static GSourceFuncs functions{prepare, nullptr, dispatch, nullptr, nullptr, nullptr};
        source_ = g_source_new(&functions, sizeof(Source));
        reinterpret_cast<Source*>(source_)->driver = this;
        loop_.set_wake_hook([](void*) { g_main_context_wakeup(nullptr); });
        g_source_attach(source_, nullptr);
    }
    GlibDriver(const GlibDriver&) = delete;
    GlibDriver& operator=(const GlibDriver&) = delete;
    ~GlibDriver() {
        g_source_destroy(source_);
        g_source_unref(source_);
    }

private:
    struct Source {
        GSource base;
        GlibDriver* driver;
    };
    /// Runs the loop; GLib may sleep until what it says.
    static gboolean prepare(GSource* source, gint* timeout_ms) {
        const Clock::time_point next = reinterpret_cast<Source*>(source)->driver->loop_.run_ready();
        if (next == Clock::time_point::max()) {
            *timeout_ms = -1;
        } else {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
            *timeout_ms = left < 0 ? 0 : static_cast<gint>(left);
        }
        return FALSE;
    }
    static gboolean dispatch(GSource*, GSourceFunc, gpointer) { return G_SOURCE_CONTINUE; }

    EventLoop& loop_;
    GSource* source_;
};

}  // namespace

TEST_CASE("glib: timers, tasks and a thread's wake-ups inside of GLib's main loop") {
    GMainLoop* main_loop = g_main_loop_new(nullptr, FALSE);
    EventLoop loop;
    std::vector<std::string> trace;
    ThreadSafeFlag flag;
    {
        const GlibDriver driver{loop};
        auto sleeps = [&]() -> Coro<> {
            for (int i = 0; i < 3; ++i) {
                co_await sleep_ms(2);
                trace.emplace_back("slept");
            }
            std::thread{[&] { flag.set(); }}.detach();
            co_await flag.wait();
            trace.emplace_back("woken by a thread");
            g_main_loop_quit(main_loop);
        };
        loop.create_task(sleeps());
        static int glib_calls;
        glib_calls = 0;
        g_timeout_add(1, [](gpointer) -> gboolean { return ++glib_calls < 3 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE; }, nullptr);
        g_main_loop_run(main_loop);
        CHECK(glib_calls == 3);
    }
    g_main_loop_unref(main_loop);
    CHECK(trace == std::vector<std::string>{"slept", "slept", "slept", "woken by a thread"});
}
