// Trees and rings of tasks against a model of the scheduler: tasks that create, await, gather and cancel each other and themselves, sleep, catch
// cancellations or do not. The model says who has which turn, what each await gives, and how each task ends.

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/sim.hpp>

#include "fuzz.hpp"

using namespace uasync;
using namespace uasync::fuzz;

namespace {

constexpr unsigned most_tasks = 5;  // a task has 15 handles at most, and a gather of it takes up to four
using Trace = std::vector<std::string>;

enum class Op { spawn, cancel, rest, nested, join, gather, patient };

struct Step {
    Op op;
    bool caught;  ///< through catch_cancelled
    unsigned a;
    unsigned b;
};
using Scripts = std::array<std::vector<Step>, most_tasks>;

/// Whether a step does anything: what it names has to exist and be another task.
bool names_another(const Step& step, unsigned id, const auto& exists) {
    const bool two = step.op == Op::gather || step.op == Op::patient;
    return step.a != id && exists(step.a) && (!two || (step.b != id && exists(step.b)));
}

// The model -------------------------------------------------------------------------------------------------------------------------

class Model {
public:
    Model(const Scripts& scripts, Trace& trace) : scripts_{scripts}, trace_{trace} {}

    /// Runs task 0, and the others, to their ends; how the run ended.
    Error run() {
        create(0);
        while (unfinished() > 0) {
            if (!ready_.empty()) {
                const unsigned id = ready_.front();
                ready_.pop_front();
                turn(id);
            } else if (!sleepers_.empty()) {
                now_ = sleepers_.front().deadline;
                while (!sleepers_.empty() && sleepers_.front().deadline == now_) {
                    wake(sleepers_.front().id);
                    sleepers_.pop_front();
                }
            } else {
                for (const unsigned id : created_) {
                    if (tasks_[id].state != State::done) leave(id, Error::deadlock);
                }
            }
        }
        return tasks_[0].error;
    }
    std::optional<Error> end_of(unsigned id) const {
        return tasks_[id].state == State::none ? std::nullopt : std::optional{tasks_[id].error};
    }

private:
    enum class State { none, ready, failing, sleeping, joining, gathering, done };
    struct Gathering {
        unsigned waiter;
        bool patient;
        bool cancelled = false;
        bool over = false;
        std::vector<unsigned> running;
    };
    struct Task {
        State state = State::none;
        bool started = false;
        bool visited = false;  ///< by the cancellation that is on its way
        bool came_back = false;
        std::size_t step = 0;
        bool in_step = false;  ///< it comes back from the wait of a step
        Error error = Error::none;
        unsigned target = 0;
        std::size_t gathering = 0;
        std::vector<std::pair<bool, std::size_t>> joiners;  ///< a waiting task, or a gathering (true), in the order of their coming
    };
    struct Sleeper {
        unsigned deadline;
        unsigned id;
    };

    std::size_t unfinished() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(created_, [&](unsigned id) { return tasks_[id].state != State::done; }));
    }
    void create(unsigned id) {
        tasks_[id].state = State::ready;
        created_.push_back(id);
        ready_.push_back(id);
        if (stopping_) cancel(id);
    }
    void wake(unsigned id, Error error = Error::none) {
        tasks_[id].state = error == Error::none ? State::ready : State::failing;
        ready_.push_back(id);
    }
    /// An await that fails is unwound before any other task runs.
    void fail(unsigned id) {
        tasks_[id].state = State::failing;
        ready_.push_front(id);
    }
    /// Says so when a task's own frame, and the one below it in a nested step, are destroyed.
    void note_end(unsigned id, bool whole) {
        const Task& task = tasks_[id];
        const auto& script = scripts_[id];
        if (task.in_step && task.step < script.size() && script[task.step].op == Op::nested) note(id, "inner out");
        if (whole && task.started) note(id, "out");
    }
    void note(unsigned id, const std::string& what) { trace_.push_back(std::to_string(id) + " " + what); }

    bool cancel(unsigned id) {
        Task& task = tasks_[id];
        switch (task.state) {
            case State::none:
            case State::done: return false;
            case State::failing: return true;
            case State::joining:
            case State::gathering:
                if (task.visited) {  // round a ring: it ends here
                    task.came_back = true;
                    return true;
                }
                task.visited = true;
                task.came_back = false;
                if (task.state == State::joining) {
                    cancel(task.target);
                } else {
                    Gathering& gathering = gatherings_[task.gathering];
                    gathering.cancelled = true;
                    for (const unsigned child : std::vector{gathering.running}) cancel(child);
                }
                task.visited = false;
                if (!task.came_back) return true;
                if (task.state == State::joining) {
                    std::erase(tasks_[task.target].joiners, std::pair<bool, std::size_t>{false, id});
                } else {
                    gatherings_[task.gathering].over = true;
                }
                break;
            case State::ready:
                if (current_ == static_cast<int>(id)) {
                    cancels_itself_ = true;
                    return true;
                }
                task.state = State::failing;  // keeps its place
                return true;
            case State::sleeping: std::erase_if(sleepers_, [&](const Sleeper& s) { return s.id == id; }); break;
        }
        wake(id, Error::cancelled);
        return true;
    }

    void leave(unsigned id, Error error) {
        note_end(id, true);
        Task& task = tasks_[id];
        task.state = State::done;
        task.error = error;
        current_ = -1;
        if (error == Error::deadlock) return;
        for (const auto& [is_gathering, who] : std::exchange(task.joiners, {})) {
            if (is_gathering) {
                child_done(who, id, error);
            } else {
                wake(static_cast<unsigned>(who), error);
            }
        }
        if (id != 0) return;
        stopping_ = true;
        for (const unsigned other : std::vector{created_}) cancel(other);
    }
    void child_done(std::size_t which, unsigned child, Error error) {
        Gathering& gathering = gatherings_[which];
        gathering.running.erase(std::ranges::find(gathering.running, child));
        if (gathering.over) return;
        const bool failed = error != Error::none && !gathering.patient;
        if (!failed && !gathering.running.empty()) return;
        gathering.over = true;
        wake(gathering.waiter, failed ? error : gathering.cancelled ? Error::cancelled : Error::none);
    }

    void turn(unsigned id) {
        Task& task = tasks_[id];
        current_ = static_cast<int>(id);
        const bool failing = task.state == State::failing;
        task.state = State::ready;
        if (failing) {
            if (!task.in_step || !scripts_[id][task.step].caught) {
                abandon(id);
                leave(id, Error::cancelled);
                return after_turn(id);
            }
            abandon(id);
            note_end(id, false);
            note(id, "caught");
            ++task.step;
            task.in_step = false;
        } else if (task.in_step) {
            finish_step(id);
        }
        task.started = true;
        while (task.step < scripts_[id].size()) {
            if (begin_step(id)) return after_turn(id);
            finish_step(id);
        }
        leave(id, Error::none);
        after_turn(id);
    }
    void after_turn(unsigned id) {
        const bool still = current_ >= 0;
        current_ = -1;
        if (std::exchange(cancels_itself_, false) && still) cancel(id);
    }
    /// The awaiter of a gather is destroyed.
    void abandon(unsigned id) {
        const Task& task = tasks_[id];
        if (!task.in_step) return;
        const Op op = scripts_[id][task.step].op;
        if (op == Op::gather || op == Op::patient) end_gathering(task.gathering);
    }
    void end_gathering(std::size_t which) {
        gatherings_[which].over = true;
        for (Task& other : tasks_) std::erase(other.joiners, std::pair<bool, std::size_t>{true, which});
    }
    void finish_step(unsigned id) {
        Task& task = tasks_[id];
        const Step& step = scripts_[id][task.step];
        if (step.op == Op::nested) note(id, "inner out");
        if (task.in_step && (step.op == Op::gather || step.op == Op::patient)) end_gathering(task.gathering);
        note(id, "step");
        ++task.step;
        task.in_step = false;
    }
    /// True if the task waits.
    bool begin_step(unsigned id) {
        Task& task = tasks_[id];
        const Step& step = scripts_[id][task.step];
        const auto exists = [&](unsigned other) { return other != 0 && tasks_[other].state != State::none; };
        switch (step.op) {
            case Op::spawn:
                if (step.a != 0 && !exists(step.a)) create(step.a);
                return false;
            case Op::cancel:
                if (step.a == 0) {
                    cancel(id);
                } else if (exists(step.a)) {
                    note(id, cancel(step.a) ? "cancels" : "too late");
                }
                return false;
            case Op::rest:
            case Op::nested:
                task.in_step = true;
                if (step.a % 4 == 0) {
                    ready_.push_back(id);
                    return true;
                }
                task.state = State::sleeping;
                {
                    const unsigned deadline = now_ + step.a % 4;
                    const auto later = std::ranges::upper_bound(sleepers_, deadline, {}, &Sleeper::deadline);
                    sleepers_.insert(later, {deadline, id});
                }
                return true;
            case Op::join:
                if (!names_another(step, id, exists)) return false;
                if (tasks_[step.a].state == State::done && tasks_[step.a].error == Error::none) return false;
                task.in_step = true;
                if (tasks_[step.a].state == State::done) {
                    fail(id);
                    return true;
                }
                task.state = State::joining;
                task.target = step.a;
                tasks_[step.a].joiners.emplace_back(false, id);
                return true;
            case Op::gather:
            case Op::patient: {
                if (!names_another(step, id, exists)) return false;
                const std::size_t which = gatherings_.size();
                gatherings_.push_back({id, step.op == Op::patient, false, false, {}});
                task.in_step = true;
                task.gathering = which;
                for (const unsigned child : {step.a, step.b}) {
                    if (tasks_[child].state != State::done) {
                        tasks_[child].joiners.emplace_back(true, which);
                        gatherings_[which].running.push_back(child);
                    } else if (tasks_[child].error != Error::none && step.op == Op::gather) {
                        gatherings_[which].over = true;
                        fail(id);
                        return true;
                    }
                }
                if (gatherings_[which].running.empty()) return false;
                task.state = State::gathering;
                return true;
            }
        }
        return false;
    }

    const Scripts& scripts_;
    Trace& trace_;
    std::array<Task, most_tasks> tasks_;
    std::vector<unsigned> created_;
    std::deque<unsigned> ready_;
    std::deque<Sleeper> sleepers_;
    std::deque<Gathering> gatherings_;
    unsigned now_ = 0;
    int current_ = -1;
    bool cancels_itself_ = false;
    bool stopping_ = false;
};

// The library -----------------------------------------------------------------------------------------------------------------------

struct World {
    const Scripts& scripts;
    Trace& trace;
    std::array<std::optional<Task<unsigned>>, most_tasks> tasks;
    void note(unsigned id, const char* what) { trace.push_back(std::to_string(id) + " " + what); }
};

class Out {
public:
    Out(World& world, unsigned id, const char* what) : world_{world}, id_{id}, what_{what} {}
    Out(const Out&) = delete;
    Out& operator=(const Out&) = delete;
    ~Out() { world_.note(id_, what_); }

private:
    World& world_;
    unsigned id_;
    const char* what_;
};

Coro<> nested(World& world, unsigned id, unsigned ms) {
    const Out out{world, id, "inner out"};
    co_await sleep_ms(static_cast<int>(ms));
}

/// Awaits what a step says, to be caught or not. What it gives is of no interest but for its type.
Coro<> wait_step(World& world, unsigned id, const Step step) {
    if (step.op == Op::rest) {
        co_await sleep_ms(static_cast<int>(step.a % 4));
    } else if (step.op == Op::nested) {
        co_await nested(world, id, step.a % 4);
    } else if (step.op == Op::join) {
        const unsigned& value = co_await *world.tasks[step.a];
        check(value == step.a, "an awaited task gives another value");
    } else if (step.op == Op::gather) {
        const auto values = co_await gather(*world.tasks[step.a], *world.tasks[step.b]);
        check(values == std::tuple{step.a, step.b}, "gather gives other values");
    } else {
        const auto results = co_await gather(return_exceptions, *world.tasks[step.a], *world.tasks[step.b]);
        check(std::get<0>(results).value_or(step.a) == step.a, "gather gives another value");
    }
}

Coro<unsigned> play(World& world, unsigned id) {
    const Out out{world, id, "out"};
    for (const Step& step : world.scripts[id]) {
        const auto exists = [&](unsigned other) { return other != 0 && world.tasks[other].has_value(); };
        if (step.op == Op::spawn) {
            if (step.a != 0 && !exists(step.a)) world.tasks[step.a] = create_task(play(world, step.a));
        } else if (step.op == Op::cancel) {
            if (step.a == 0) {
                current_task().cancel();
            } else if (exists(step.a)) {
                world.note(id, world.tasks[step.a]->cancel() ? "cancels" : "too late");
            }
        } else if (step.op == Op::rest || step.op == Op::nested || names_another(step, id, exists)) {
            if (step.caught) {
                const auto result = co_await catch_cancelled(wait_step(world, id, step));
                if (!result) {
                    world.note(id, "caught");
                    continue;
                }
            } else {
                co_await wait_step(world, id, step);
            }
        }
        world.note(id, "step");
    }
    co_return id;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 160) return 0;
    Input input{data, size};
    Scripts scripts;
    while (!input.empty()) {
        const unsigned head = input.byte();
        const unsigned places = input.byte();
        auto& script = scripts[head % most_tasks];
        const Step step{static_cast<Op>(head / most_tasks % 7), (head / (7 * most_tasks)) % 2 != 0, places % 16 % most_tasks,
                        places / 16 % most_tasks};
        if (script.size() < 12) script.push_back(step);
    }
    Trace expected;
    Model model{scripts, expected};
    const Error end = model.run();

    sim::reset();
    sim::capture(true);
    const std::size_t before = frame_pool_use().in_use;
    {
        Trace happened;
        World world{scripts, happened, {}};
        const auto result = run(play(world, 0));
        check_same(expected, happened);
        check((result ? Error::none : result.error()) == end, "the run ended in another way");
        for (unsigned id = 1; id < most_tasks; ++id) {
            const auto error = world.tasks[id] ? std::optional{world.tasks[id]->error()} : std::nullopt;
            check(error == model.end_of(id), "a task ended in another way");
        }
    }
    check(frame_pool_use().in_use == before, "frames or tasks were leaked");
    return 0;
}
