// The search over schedules, by the number of deviations from first in, first out, and then at random; and what happens with a
// failure.
//
// Each run starts from the beginning, makes its planned decisions, and continues first in, first out. Where it meets a state
// that no run has met, its other alternatives are planned as further runs, with one deviation more. Runs are taken in the order
// of their deviations, so a state is first met with as few as possible, and a run that comes to it again has nothing new to
// find and is abandoned.

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "explorer.hpp"

namespace uasync {
namespace explorer {

std::string to_text(const Decisions& schedule) {
    std::string text;
    for (const Decision& decision : schedule) {
        if (!text.empty()) text += ".";
        text += std::to_string(decision.event) + ":" + std::to_string(decision.alternative);
    }
    return text.empty() ? "fifo" : text;
}

bool from_text(std::string_view text, Decisions& schedule) {
    schedule.clear();
    if (text == "fifo") return true;
    const char* at = text.data();
    const char* end = at + text.size();
    while (true) {
        Decision decision{};
        auto read = std::from_chars(at, end, decision.event);
        if (read.ec != std::errc{} || read.ptr == end || *read.ptr != ':') return false;
        read = std::from_chars(read.ptr + 1, end, decision.alternative);
        if (read.ec != std::errc{}) return false;
        if (!schedule.empty() && schedule.back().event >= decision.event) return false;
        schedule.push_back(decision);
        if (read.ptr == end) return true;
        if (*read.ptr != '.') return false;
        at = read.ptr + 1;
    }
}

namespace {

using Scenario = std::function<void(Exploration&)>;

/// One in this many runs that come to a known state continues, in case pruning takes different states for equal.
constexpr unsigned audit_period = 8;

class Search final : public Observer {
public:
    Search(const Scenario& scenario, const ExploreOptions& options, ExploreReport& report)
        : scenario_{scenario}, options_{options}, report_{report} {}

    /// False if equal states continued in different ways.
    bool go() {
        report_.schedules = report_.pruned = report_.states = 0;
        report_.complete = true;
        planned_.push_back({0, 0, {0, 0}});
        for (run_ = 0; run_ < planned_.size(); ++run_) {
            if (report_.schedules >= options_.max_schedules) {
                report_.complete = false;
                break;
            }
            schedule_.clear();
            for (std::uint32_t node = run_; node != 0; node = planned_[node].parent) schedule_.push_back(planned_[node].decision);
            std::ranges::reverse(schedule_);
            ++report_.schedules;
            report_.deviations = planned_[run_].deviations;
            Run run{scenario_, options_, schedule_};
            run.observer = this;
            run.detects_cycles = options_.prune;
            run.go();
            if (contradiction_) return false;
            if (run.stopped()) ++report_.pruned;
            if (run.failure() != Failure::none) {
                failure = run.failure();
                reason = run.reason();
                found = run.decisions();
                break;
            }
        }
        report_.states = known_.size();
        return true;
    }

    Failure failure = Failure::none;
    std::string reason;
    Decisions found;

private:
    struct Planned {
        std::uint32_t parent;
        std::uint32_t deviations;
        Decision decision;
    };

    bool arrive(std::uint64_t state, std::uint32_t event, std::uint32_t alternatives) override {
        if (options_.prune) {
            const auto [known, is_new] = known_.try_emplace(state, run_);
            if (!is_new) return known->second == run_ || ++met_again_ % audit_period == 0;
        }
        const std::uint32_t deviations = planned_[run_].deviations + 1;
        if (alternatives > 1 && (deviations > options_.max_deviations || planned_.size() > options_.max_schedules)) {
            report_.complete = false;
            return true;
        }
        for (std::uint32_t i = 1; i < alternatives; ++i) planned_.push_back({run_, deviations, {event, i}});
        return true;
    }

    bool went(std::uint64_t state, std::uint64_t event, std::uint64_t outcome) override {
        if (!options_.prune) return true;
        const auto [known, is_new] = outcomes_.try_emplace(mix(state, event), outcome);
        if (!is_new && known->second != outcome) contradiction_ = true;
        return !contradiction_;
    }

    const Scenario& scenario_;
    const ExploreOptions& options_;
    ExploreReport& report_;
    std::vector<Planned> planned_;
    std::uint32_t run_ = 0;
    Decisions schedule_;
    std::unordered_map<std::uint64_t, std::uint32_t> known_;
    std::unordered_map<std::uint64_t, std::uint64_t> outcomes_;
    unsigned met_again_ = 0;
    bool contradiction_ = false;
};

struct Counterexample {
    Failure failure;
    std::string reason;
    Decisions schedule;
};

/// Whether the schedule fails in the same way. If so, `schedule` becomes what was decided in fact.
bool still_fails(const Scenario& scenario, const ExploreOptions& options, const Counterexample& example, Decisions& schedule) {
    const Decisions planned = schedule;
    Run run{scenario, options, planned};
    run.go();
    schedule = run.decisions();
    return run.failure() == example.failure && (example.failure != Failure::check || run.reason() == example.reason);
}

/// Leaves out deviations, many at once and then one by one, while the schedule still fails.
void minimise(const Scenario& scenario, const ExploreOptions& options, Counterexample& example) {
    for (std::size_t chunk = std::max<std::size_t>(example.schedule.size() / 2, 1);;) {
        bool shorter = false;
        for (std::size_t begin = 0; begin < example.schedule.size();) {
            Decisions attempt = example.schedule;
            const auto from = attempt.begin() + static_cast<std::ptrdiff_t>(begin);
            attempt.erase(from, from + static_cast<std::ptrdiff_t>(std::min(chunk, example.schedule.size() - begin)));
            if (still_fails(scenario, options, example, attempt) && attempt.size() < example.schedule.size()) {
                example.schedule = attempt;
                shorter = true;
            } else {
                begin += chunk;
            }
        }
        if (chunk == 1 && !shorter) return;
        if (chunk > 1) chunk /= 2;
    }
}

std::string count(std::size_t number, const char* what) { return std::to_string(number) + " " + what + (number == 1 ? "" : "s"); }

/// One or two lines on how much was explored.
std::string extent(const ExploreReport& report, const ExploreOptions& options) {
    std::string text = count(report.schedules, "schedule");
    if (report.states != 0) text += " (" + count(report.states, "state") + ", " + std::to_string(report.pruned) + " pruned)";
    if (report.random != 0) text += ", then " + count(report.random, "random one") + " from seed " + std::to_string(options.seed);
    text += report.complete ? ": every order" : report.ok() ? ": not every order, but all with fewer than " : "";
    if (!report.complete && report.ok()) {
        text += report.deviations == 0 ? "one deviation" : count(report.deviations, "deviation");
    }
    if (report.prune_off) {
        text +=
            "\nwithout pruning, as equal states went different ways: the scenario keeps something on the heap or in globals that "
            "x.fingerprint should hash";
    }
    return text;
}

/// Leaves out the middle of a long trace.
std::string shortened(const std::string& trace) {
    constexpr std::size_t head = 40;
    constexpr std::size_t tail = 12;
    std::vector<std::size_t> starts{0};
    for (std::size_t i = 0; i + 1 < trace.size(); ++i) {
        if (trace[i] == '\n') starts.push_back(i + 1);
    }
    if (starts.size() <= head + tail) return trace;
    return trace.substr(0, starts[head]) + "  ... " + std::to_string(starts.size() - head - tail) + " more ...\n" +
           trace.substr(starts[starts.size() - tail]);
}

void run_traced(const Scenario& scenario, const ExploreOptions& options, const Decisions& schedule, ExploreReport& report) {
    Run run{scenario, options, schedule};
    run.tracing = true;
    run.detects_cycles = options.prune;
    run.go();
    report.failure = run.reason();
    report.trace = run.trace();
    report.schedule = to_text(schedule);
}

std::string events(const ExploreReport& report, const Decisions& schedule) {
    std::string text = "event       time\n" + shortened(report.trace);
    if (!schedule.empty()) text += "(* departs from first in, first out: another was next)\n";
    return text;
}

void tell(const Scenario& scenario, const ExploreOptions& options, Counterexample example, ExploreReport& report) {
    minimise(scenario, options, example);
    run_traced(scenario, options, example.schedule, report);
    report.text = "explore: " + report.failure + "\n\n";
    report.text += example.schedule.empty() ? "It fails first in, first out:\n\n"
                                            : "The shortest order of events found that does it, with " +
                                                  count(example.schedule.size(), "deviation") + " from first in, first out:\n\n";
    report.text += events(report, example.schedule);
    report.text += "\nTo see it again: replay(scenario, \"" + report.schedule + "\"), or UASYNC_SCHEDULE=" + report.schedule +
                   " in the environment.\nFound after " + extent(report, options) + "\n";
}

}  // namespace
}  // namespace explorer

ExploreReport replay(const std::function<void(Exploration&)>& scenario, std::string_view schedule, const ExploreOptions& options) {
    if (detail::this_loop() != nullptr) port::fatal("replay() inside run()");
    ExploreReport report;
    explorer::Decisions decisions;
    if (!explorer::from_text(schedule, decisions)) {
        report.failure = "\"" + std::string{schedule} + R"(" is no schedule: expected "fifo", or decisions like "3:1.7:2")";
        report.text = "replay: " + report.failure + "\n";
        return report;
    }
    explorer::run_traced(scenario, options, decisions, report);
    report.schedules = 1;
    report.text = "replay of " + report.schedule + ": " + (report.ok() ? "nothing fails" : report.failure) + "\n\n" +
                  explorer::events(report, decisions);
    return report;
}

ExploreReport explore(const std::function<void(Exploration&)>& scenario, const ExploreOptions& options) {
    using namespace explorer;
    if (detail::this_loop() != nullptr) port::fatal("explore() inside run()");
    if (const char* schedule = std::getenv("UASYNC_SCHEDULE")) {
        ExploreReport report = replay(scenario, schedule, options);
        std::fputs(report.text.c_str(), stderr);
        return report;
    }
    ExploreOptions used = options;
#if UASYNC_BOARD
    used.prune = false;  // the explorer cannot see the frames
#endif
    ExploreReport report;
    while (true) {
        Search search{scenario, used, report};
        bool consistent = search.go();
        if (consistent && search.failure != Failure::none) {
            Counterexample example{search.failure, search.reason, search.found};
            Decisions again = search.found;
            // A state that has come back counts only if the run does continue for ever.
            consistent = search.failure != Failure::endless || still_fails(scenario, used, example, again);
            if (consistent || !used.prune) {
                report.complete = false;
                tell(scenario, used, std::move(example), report);
                return report;
            }
        }
        if (consistent) break;
        used.prune = false;
        report.prune_off = true;
    }
    for (std::size_t i = 0; i < used.random_runs; ++i) {
        std::mt19937_64 random{used.seed + i};
        const Decisions none;
        Run run{scenario, used, none};
        run.random = &random;
        run.go();
        ++report.random;
        if (run.failure() == Failure::none) continue;
        report.complete = false;
        tell(scenario, used, {run.failure(), run.reason(), run.decisions()}, report);
        return report;
    }
    report.text = "explore: nothing fails in " + extent(report, used) + "\n";
    return report;
}

void Exploration::strike(std::string_view name, std::function<void()> happens, unsigned times) {
    run_.add_strike(name, std::move(happens), times);
}
void Exploration::cancel(std::string_view task, unsigned times) { run_.add_cancel(task, times); }
void Exploration::check(std::string_view what, std::function<bool()> holds) { run_.add_check(what, std::move(holds), false); }
void Exploration::always(std::string_view what, std::function<bool()> holds) { run_.add_check(what, std::move(holds), true); }
void Exploration::require(bool holds, std::string_view what) {
    if (!holds) run_.fail(explorer::Failure::check, "\"" + std::string{what} + "\" does not hold");
}
void Exploration::log(std::string_view text) { run_.log(text); }
void Exploration::fingerprint(std::function<std::uint64_t()> hash) { run_.add_fingerprint(std::move(hash)); }
void* Exploration::reserve(std::size_t bytes, std::size_t alignment) { return explorer::arena::reserve(bytes, alignment); }
void Exploration::destroy_later(void* object, void (*destroy)(void*) noexcept) { run_.destroy_later(object, destroy); }
const char* Exploration::keep(std::string_view name) { return run_.keep(name); }
void Exploration::add(TaskState* state, const TaskHandle& task, bool in_background) { run_.add_task(state, task, in_background); }
#if UASYNC_LOOPS
EventLoop& Exploration::loop(std::string_view name) { return run_.add_loop(name); }
#endif

}  // namespace uasync
