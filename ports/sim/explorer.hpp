#pragma once
// Implementation detail of the schedule explorer: a run, its decisions, and where its frames are. The search is in explorer.cpp.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include <uasync/report.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/testing.hpp>

#include "simulation.hpp"

namespace uasync::explorer {

using sim::detail::mix;

// Frames get the same addresses in every run of a scenario, and are all zero at first, so two runs in the same state have the same bytes
// there. Each task has a region of its own, so that a frame's address does not depend on what other tasks did.
namespace arena {

struct Block {
    std::uint32_t offset;
    std::uint32_t bytes;
    bool is_task;  ///< a TaskState; else a frame
};

/// Forgets all blocks. From now on frames come from here.
void begin() noexcept;
/// Frames come from the heap again.
void end() noexcept;
/// The live blocks in order of their addresses.
std::vector<Block>& blocks() noexcept;
std::byte* address(const Block& block) noexcept;
void mark_task(const TaskState& task) noexcept;
/// Objects of the scenario: zeroed memory, given back by `begin`.
void* reserve(std::size_t bytes, std::size_t alignment) noexcept;
std::uint64_t hash_objects(std::uint64_t hash) noexcept;
std::uint64_t hash_bytes(std::uint64_t hash, const std::byte* bytes, std::size_t size) noexcept;

}  // namespace arena

/// A decision of a run. Events are numbered; each has several alternatives, and 0 happens unless the schedule says otherwise.
struct Decision {
    std::uint32_t event;
    std::uint32_t alternative;
    bool operator==(const Decision&) const = default;
};
using Decisions = std::vector<Decision>;

std::string to_text(const Decisions& schedule);
/// False if the text is no schedule.
bool from_text(std::string_view text, Decisions& schedule);

enum class Failure : std::uint8_t { none, check, deadlock, endless, error, leak, unrepeatable };

/// What a run tells the search after its last planned decision.
class Observer {
public:
    Observer() noexcept = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;
    /// The run has reached a state with this number of alternatives. False if it need not continue.
    virtual bool arrive(std::uint64_t state, std::uint32_t event, std::uint32_t alternatives) = 0;
    /// An event had this outcome in `state`. False if it had another one before.
    virtual bool went(std::uint64_t state, std::uint64_t event, std::uint64_t outcome) = 0;
};

/// One run of a scenario.
class Run final : public sim::detail::Decider {
public:
    Run(const std::function<void(Exploration&)>& scenario, const ExploreOptions& options, const Decisions& planned)
        : scenario_{scenario}, options_{options}, planned_{planned} {}

    Observer* observer = nullptr;
    std::mt19937_64* random = nullptr;  ///< decides instead of the schedule
    bool tracing = false;
    bool detects_cycles = false;  ///< a state that is reached again shows that the run does not end

    void go();

    Failure failure() const noexcept { return failure_; }
    const std::string& reason() const noexcept { return reason_; }
    const std::string& trace() const noexcept { return trace_; }
    /// The decisions that were made, without those for alternative 0.
    const Decisions& decisions() const noexcept { return decisions_; }
    std::uint32_t events() const noexcept { return event_; }
    bool stopped() const noexcept { return stopped_; }

    // For Exploration.
    const char* keep(std::string_view name) { return names_.emplace_back(name).c_str(); }
    void destroy_later(void* object, void (*destroy)(void*) noexcept) { objects_.push_back({object, destroy}); }
    EventLoop& add_loop(std::string_view name);
    void add_task(TaskState* state, const TaskHandle& task, bool in_background);
    void add_strike(std::string_view name, std::function<void()> happens, unsigned times);
    void add_cancel(std::string_view name, unsigned times);
    void add_check(std::string_view what, std::function<bool()> holds, bool after_each_step);
    void add_fingerprint(std::function<std::uint64_t()> hash) { fingerprints_.push_back(std::move(hash)); }
    void log(std::string_view text);
    void fail(Failure kind, std::string reason);
    void report(const ErrorReport& error);

private:
    struct ScenarioTask {
        std::string name;
        TaskState* state;
        TaskHandle handle;
        bool in_background;
        bool done = false;
        unsigned cancellations = 0;
    };
    struct Strike {
        std::string name;
        std::function<void()> happens;
        unsigned left;
    };
    struct Check {
        std::string what;
        std::function<bool()> holds;
    };
    struct Object {
        void* place;
        void (*destroy)(void*) noexcept;
    };
    struct OtherLoop {
        std::string name;
        EventLoop* loop;
        Time alarm = never;
        TaskLoop& inside() const noexcept { return detail::internals(*loop); }
    };
    enum class Kind : std::uint8_t { step, turn, strike, cancel, time, deadlock };
    struct Alternative {
        Kind kind;
        std::uint32_t index;  ///< of the other loop, the strike or the cancellation
        WaitNode** link;      ///< to the task
    };

    WaitNode* pick(WaitNode*& first, WaitNode**& end) override;
    void idle(PortLoop& loop) override;
    void set_alarm(PortLoop& loop, Time deadline) noexcept override;

    Coro<> main();
    /// Handles what follows an event; false if the run must not continue.
    bool settle();
    bool finished() const noexcept;
    WaitNode* give_up(WaitNode*& first, WaitNode**& end) noexcept;
    /// Adds the ready tasks to the alternatives. Null, or an ended task whose error has to be reported.
    WaitNode** list_steps(WaitNode*& first);
    void list_turns();
    Time next_moment() const noexcept;
    void list_others(bool idle);
    /// The alternative that happens now; null if the run must not continue.
    const Alternative* decide();
    bool comes_back();
    void perform(const Alternative& chosen);
    void begin_step(WaitNode& node);
    void take_turn(OtherLoop& other);
    WaitNode* pick_in_turn(WaitNode*& first, WaitNode**& end);
    bool others_have_ended() const noexcept;
    bool one_ready_at_most(const OtherLoop& other) const noexcept;
    void wake_main();
    /// Calls `function` with every unfinished task of all loops.
    template <class F>
    void for_each_task(F function) const {
        const auto each = [&](const TaskLoop& loop) {
            for (TaskState* task = loop.first_task(); task != nullptr; task = task->all_next) function(*task);
        };
        each(*main_loop_);
        for (const OtherLoop& other : others_) each(other.inside());
    }
    std::uint64_t hash_state() const;
    std::uint64_t observe() const;
    std::string waiting_tasks() const;

    void trace_begin(const Alternative& chosen);
    void trace_step(const TaskState& task);
    void trace_departure();
    void trace_end();
    std::string describe(const Alternative& alternative);
    std::string display_name(const TaskState& task);
    /// Empty for a task of the first loop.
    std::string loop_suffix(const TaskState& task) const;

    const std::function<void(Exploration&)>& scenario_;
    const ExploreOptions& options_;
    const Decisions& planned_;
    std::size_t next_planned_ = 0;

    std::deque<std::string> names_;
    std::vector<OtherLoop> others_;
    std::vector<ScenarioTask> tasks_;
    std::vector<Strike> strikes_;
    std::vector<Check> checks_;
    std::vector<Check> always_;
    std::vector<std::function<std::uint64_t()>> fingerprints_;
    std::vector<Object> objects_;

    TaskState* main_ = nullptr;
    TaskLoop* main_loop_ = nullptr;
    WaitQueue main_waits_;
    bool main_woken_ = false;
    bool ending_ = false;  ///< the remaining tasks of other loops have been cancelled
    bool aborting_ = false;
    bool stopped_ = false;

    Failure failure_ = Failure::none;
    std::string reason_;
    Decisions decisions_;
    std::uint32_t event_ = 0;         ///< number of events so far
    unsigned busy_ = 0;               ///< steps in a row
    OtherLoop* turn_ = nullptr;       ///< the loop whose run_ready is being run
    bool turn_taken_ = false;         ///< it has had its step
    std::uint32_t last_group_ = ~0U;  ///< the loop that ran last: 0 is the first, else 1 + the index of another
    std::uint64_t logged_ = 0;        ///< hash
    std::vector<Alternative> alternatives_;
    TaskHandle running_{nullptr};
    std::uint64_t state_ = 0;      ///< hash before the event
    std::uint64_t event_key_ = 0;  ///< which event it is
    bool in_event_ = false;
    bool departs_ = false;     ///< from first in, first out
    bool only_steps_ = false;  ///< nothing but ready tasks can make anything happen
    std::unordered_map<std::uint64_t, std::uint32_t> met_;

    // For the trace.
    struct Before {
        WaitState state;
        bool seen;
    };
    struct Shown {
        std::string name;
        bool started = false;
    };
    Shown& shown(const TaskState& task);
    std::string trace_;
    std::string line_;
    std::size_t departure_column_ = 0;
    std::string logs_;
    std::map<const TaskState*, Before> before_;
    std::map<const TaskState*, Shown> shown_;
    std::map<std::string, unsigned, std::less<>> used_names_;
    const TaskState* stepped_ = nullptr;
    const OtherLoop* turned_ = nullptr;
    const TaskState* cancelled_ = nullptr;
};

}  // namespace uasync::explorer
