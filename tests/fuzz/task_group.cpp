// TaskGroup against what must have ended when and how. A body and up to seven tasks sleep for different times and end with a value or an error; at a
// cancellation they clean up for a while and then pass it on, swallow it, or fail. The group's task may be cancelled from outside.

#include <array>
#include <optional>

#include <uasync/kernel/cancel.hpp>
#include <uasync/task/defer.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/sim.hpp>

#include "fuzz.hpp"

using namespace uasync;
using namespace uasync::fuzz;

namespace {

constexpr std::size_t most = 8;  // the first is the body
constexpr std::array errors{Error::no_memory, Error::destroyed, Error::misuse, Error::unavailable};

/// All times are in ms and, among all of a case, different, so that the order of things is plain.
struct Part {
    int work = 0;
    int clean_up = 0;  ///< more than 0: catches the cancellation and takes so long
    Error ends = Error::none;
    Error clean_up_ends = Error::cancelled;  ///< `cancelled`: passed on; `none`: swallowed
};

struct End {
    int time = 0;
    Error error = Error::none;
};

Coro<> end_with(Error error) {
    if (error != Error::none) co_await detail::FailAwaiter{error};
}

Coro<> play(Part part, End& end) {
    struct Note {  // however it ends
        explicit Note(End& where) : where_{where} {}
        Note(const Note&) = delete;
        Note& operator=(const Note&) = delete;
        ~Note() { where_.time = static_cast<int>(sim::now().count() / 1000); }
        End& where_;
    } const note{end};
    if (part.clean_up > 0) {
        const auto result = co_await catch_cancelled(sleep_ms(part.work));
        if (!result) {
            co_await sleep_ms(part.clean_up);
            co_await end_with(part.clean_up_ends);
            co_return;
        }
    } else {
        co_await sleep_ms(part.work);
    }
    co_await end_with(part.ends);
}

struct Outcome {
    std::array<End, most> ends;
    std::vector<Error> failures;
    Result<void> result;
    int time = 0;
};

/// What has to happen, event by event. Nothing where a second cancellation meets the body's clean-up: that is another test's.
class Model {
public:
    Model(const std::vector<Part>& parts, int cancelled_at) : parts_{parts}, cancelled_at_{cancelled_at} {
        for (std::size_t i = 0; i < parts.size(); ++i) until_[i] = parts[i].work;
    }

    std::optional<Outcome> play() {
        while (running() && sensible_) {
            std::size_t next = 0;
            for (std::size_t i = 1; i < parts_.size(); ++i) {
                if (phase_[next] == Phase::done || (phase_[i] != Phase::done && until_[i] < until_[next])) next = i;
            }
            if (!asked_ && cancelled_at_ < until_[next]) {
                now_ = cancelled_at_;
                asked_ = true;
                cancelled_from_outside();
            } else {
                now_ = until_[next];
                end(next, phase_[next] == Phase::works ? parts_[next].ends : parts_[next].clean_up_ends);
            }
        }
        if (!sensible_) return std::nullopt;
        outcome_.time = now_;
        if (first_) {
            outcome_.result = std::unexpected{*first_};
        } else if (cancelled_) {
            outcome_.result = std::unexpected{Error::cancelled};
        }
        return outcome_;
    }

private:
    enum class Phase { works, cleans_up, done };

    bool running() const {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (phase_[i] != Phase::done) return true;
        }
        return false;
    }
    void end(std::size_t i, Error error) {
        phase_[i] = Phase::done;
        outcome_.ends[i] = {now_, error};
        const bool fails = error != Error::none && error != Error::cancelled;
        if (fails && !first_) first_ = error;
        if (fails && i != 0) outcome_.failures.push_back(error);
        if (i == 0 && error == Error::cancelled && !ending_) cancelled_ = true;  // from outside, as the group has not
        if (fails || cancelled_) end_all();
    }
    void end_all() {
        if (ending_) return;
        ending_ = true;
        for (std::size_t i = 1; i < parts_.size(); ++i) cancel(i);
        cancel(0);
    }
    void cancel(std::size_t i) {
        if (phase_[i] == Phase::done) return;
        if (phase_[i] == Phase::cleans_up) {
            sensible_ = false;
        } else if (parts_[i].clean_up == 0) {
            end(i, Error::cancelled);
        } else {
            phase_[i] = Phase::cleans_up;
            until_[i] = now_ + parts_[i].clean_up;
        }
    }
    void cancelled_from_outside() {
        if (phase_[0] != Phase::done) {
            cancel(0);  // the tasks only when that has ended with it
        } else {
            cancelled_ = true;  // the clean-up of tasks is not cut short
            end_all();
        }
    }

    const std::vector<Part>& parts_;
    int cancelled_at_;
    std::array<Phase, most> phase_{};
    std::array<int, most> until_{};
    int now_ = 0;
    bool asked_ = false;
    bool ending_ = false;
    bool cancelled_ = false;
    bool sensible_ = true;
    std::optional<Error> first_;
    Outcome outcome_;
};

Coro<Result<void>> open(const std::vector<Part>& parts, Outcome& outcome) {
    TaskGroup group;
    auto body = [&]() -> Coro<> {
        for (std::size_t i = 1; i < parts.size(); ++i) (void)group.create_task(play(parts[i], outcome.ends[i]));
        co_await play(parts[0], outcome.ends[0]);
    };
    struct Failures {  // also if the group's task is cancelled
        Failures(TaskGroup& g, Outcome& o) : group_{g}, outcome_{o} {}
        Failures(const Failures&) = delete;
        Failures& operator=(const Failures&) = delete;
        ~Failures() {
            for (const auto& failure : group_.failures()) outcome_.failures.push_back(failure.error());
        }
        TaskGroup& group_;
        Outcome& outcome_;
    } const failures{group, outcome};
    const auto result = co_await group(body());
    co_return result;
}

Coro<> run_group(const std::vector<Part>& parts, int cancelled_at, Outcome& outcome) {
    auto task = create_task(open(parts, outcome));
    auto cancels = [](Task<Result<void>> victim, int ms) -> Coro<> {
        co_await sleep_ms(ms);
        victim.cancel();
    };
    auto canceller = create_task(cancels(task, cancelled_at));
    const auto result = co_await catch_cancelled(task);
    outcome.time = static_cast<int>(sim::now().count() / 1000);
    outcome.result = result ? *result : Result<void>{std::unexpected{result.error()}};
    canceller.cancel();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input{data, size};
    const unsigned when = input.byte();
    const int cancelled_at = when % 2 != 0 ? 1 << 30 : 1 + 16 * static_cast<int>(when);  // odd, as no other time is; or never
    std::vector<Part> parts(1 + input.below(most));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const int distinct = 2 * static_cast<int>(i + 1);
        const unsigned kind = input.byte();
        parts[i].work = static_cast<int>(input.byte()) * 32 + distinct;
        // The distance of two ends is then never that of two other times.
        if (kind % 2 != 0) parts[i].clean_up = 16384 * static_cast<int>(1 + i) + 32 * static_cast<int>(input.byte());
        if (kind / 2 % 3 == 0) parts[i].ends = errors[kind / 6 % errors.size()];
        const unsigned after = kind / 24 % 6;
        parts[i].clean_up_ends = after < errors.size() ? errors[after] : after == 4 ? Error::none : Error::cancelled;
    }
    const auto wanted = Model{parts, cancelled_at}.play();
    if (!wanted) return 0;

    sim::reset();
    sim::capture(true);
    const std::size_t before = frame_pool_use().in_use;
    Outcome outcome;
    check(run(run_group(parts, cancelled_at, outcome)).has_value(), "the run did not end well");
    for (std::size_t i = 0; i < parts.size(); ++i)
        check(outcome.ends[i].time == wanted->ends[i].time, "a task ended at another time");
    check(outcome.time == wanted->time, "the group ended at another time");
    check(outcome.result == wanted->result, "the group gave another result");
    check(outcome.failures == wanted->failures, "the group kept other failures");
    check(frame_pool_use().in_use == before, "frames or tasks were leaked");
    return 0;
}
