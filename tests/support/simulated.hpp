#pragma once
// Simulated: the fixture of every test on virtual time. Begins at time zero, notes reported errors in the trace ("report blink: no
// memory"), keeps the console quiet, and at the end checks that no frame and no task is left over.

#include <string>

#include <doctest/doctest.h>

#include <uasync/kernel/frame_pool.hpp>
#include <uasync/report.hpp>
#include <uasync/sim.hpp>

#include <support/trace.hpp>

namespace uasync::test {

class Simulated {
public:
    Simulated() {
        begin(0);
        current() = this;
        set_exception_handler([](const ErrorReport& report) { current()->note(report); });
    }
    Simulated(const Simulated&) = delete;
    Simulated& operator=(const Simulated&) = delete;
    ~Simulated() {
        set_exception_handler(nullptr);
        sim::capture(false);
        CHECK_MESSAGE(frame_pool_use().in_use == in_use_before_, "frames or tasks were leaked");
    }

    /// Runs `body` once in order and then in `count` shuffled orders, each from time zero with an empty trace; none may leak.
    template <class Body>
    void for_each_order(Body body, unsigned count = 50) {
        for (unsigned seed = 0; seed <= count; ++seed) {
            CAPTURE(seed);
            begin(seed);
            body();
            CHECK(frame_pool_use().in_use == in_use_before_);
        }
    }

    bool printed(std::string_view text) const { return sim::console().find(text) != std::string::npos; }

    Trace trace;
    std::size_t in_use_before() const { return in_use_before_; }

private:
    static Simulated*& current() {
        static Simulated* fixture = nullptr;
        return fixture;
    }

    void begin(unsigned seed) {
        sim::reset();
        sim::capture(true);
        sim::shuffle(seed);
        trace.clear();
    }
    void note(const ErrorReport& report) {
        std::string line = "report ";
        line.append(report.task).append(": ").append(to_string(report.error));
        if (report.error == Error::exception) line.append(" ").append(what(report));
        trace(line);
    }
    static std::string what([[maybe_unused]] const ErrorReport& report) {
#if UASYNC_EXCEPTIONS
        try {
            std::rethrow_exception(report.exception);
        } catch (const std::exception& e) {
            return e.what();
        } catch (...) {
            return "of an unknown type";
        }
#else
        return {};
#endif
    }

    std::size_t in_use_before_ = frame_pool_use().in_use;
};

}  // namespace uasync::test
