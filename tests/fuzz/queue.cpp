// Queue against a model that knows the order of turns: tasks that get and put, cancellations at every moment, the nowait calls, and the end of the
// queue with tasks waiting.

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/frame_pool.hpp>
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/queue/queue.hpp>
#include <uasync/sim.hpp>

#include "fuzz.hpp"

using namespace uasync;
using namespace uasync::fuzz;

namespace {

constexpr std::size_t places = 3;
constexpr unsigned most_tasks = 64;
using Trace = std::vector<std::string>;

std::string line(const char* what, unsigned id, const std::string& result) { return what + std::to_string(id) + " " + result; }

/// The rules of the queue and of the ready queue, in the simplest way.
class Model {
public:
    explicit Model(Trace& trace) : trace_{trace} {}

    void start(bool getter, int message) {
        tasks_.push_back({getter, State::fresh, message});
        ready_.push_back(static_cast<unsigned>(tasks_.size() - 1));
    }
    bool cancel(unsigned id) {
        Task& task = tasks_[id];
        if (task.state == State::done) return false;
        if (task.state == State::waiting) {
            std::erase(getters_, id);
            std::erase(putters_, id);
            ready_.push_back(id);
        }
        task.held = task.held || task.state == State::woken;
        task.state = State::cancelled;
        return true;
    }
    std::size_t qsize() const { return messages_.size() - kept_messages_; }
    bool full() const { return messages_.size() + kept_places_ >= places; }
    std::optional<int> get_nowait() {
        if (qsize() == 0) return std::nullopt;
        return take();
    }
    bool put_nowait(int message) {
        if (full()) return false;
        add(message);
        return true;
    }
    /// All who are ready now have their turn.
    void turn() {
        for (std::size_t count = ready_.size(); count > 0; --count) {
            const unsigned id = ready_.front();
            ready_.pop_front();
            step(id);
        }
    }
    bool idle() const { return ready_.empty(); }

private:
    enum class State { fresh, waiting, woken, cancelled, done };
    struct Task {
        bool getter;
        State state;
        int message;
        bool held = false;  ///< cancelled with something in its hands
    };

    void step(unsigned id) {
        Task& task = tasks_[id];
        if (task.state == State::cancelled) {
            task.state = State::done;
            if (task.held) {
                if (task.getter) {
                    --kept_messages_;
                    offer(getters_, kept_messages_);
                } else {
                    --kept_places_;
                    offer(putters_, kept_places_);
                }
            }
            return;  // what it would have noted is never reached
        }
        if (task.state == State::fresh && (task.getter ? qsize() == 0 : full())) {
            task.state = State::waiting;
            (task.getter ? getters_ : putters_).push_back(id);
            return;
        }
        const bool woken = task.state == State::woken;
        task.state = State::done;
        if (task.getter) {
            if (woken) --kept_messages_;
            trace_.push_back(line("got by ", id, std::to_string(take())));
        } else {
            if (woken) --kept_places_;
            add(task.message);
            trace_.push_back(line("put by ", id, ""));
        }
    }
    void add(int message) {
        messages_.push_back(message);
        offer(getters_, kept_messages_);
    }
    int take() {
        const int message = messages_.front();
        messages_.pop_front();
        offer(putters_, kept_places_);
        return message;
    }
    void offer(std::deque<unsigned>& waiters, std::size_t& kept) {
        if (waiters.empty()) return;
        ++kept;
        tasks_[waiters.front()].state = State::woken;
        ready_.push_back(waiters.front());
        waiters.pop_front();
    }

    Trace& trace_;
    std::vector<Task> tasks_;
    std::deque<int> messages_;
    std::deque<unsigned> ready_;
    std::deque<unsigned> getters_;
    std::deque<unsigned> putters_;
    std::size_t kept_messages_ = 0;
    std::size_t kept_places_ = 0;
};

using Messages = Queue<std::unique_ptr<int>, places>;  // a message that is lost, doubled or used after its end is noticed

Coro<> gets(Messages& queue, Trace& trace, unsigned id) {
    const auto message = co_await queue.get();
    trace.push_back(line("got by ", id, std::to_string(*message)));
}
Coro<> puts(Messages& queue, Trace& trace, unsigned id, int message) {
    co_await queue.put(std::make_unique<int>(message));
    trace.push_back(line("put by ", id, ""));
}

Coro<> play(Input input, Trace& expected, Trace& happened) {
    auto queue = std::make_unique<Messages>();
    Model model{expected};
    std::vector<Task<>> tasks;
    tasks.reserve(most_tasks);
    for (int message = 0; !input.empty(); ++message) {
        const auto id = static_cast<unsigned>(tasks.size());
        switch (input.below(8)) {
            case 0:
            case 1:
                if (id == most_tasks) break;
                tasks.push_back(create_task(gets(*queue, happened, id)));
                model.start(true, 0);
                break;
            case 2:
            case 3:
                if (id == most_tasks) break;
                tasks.push_back(create_task(puts(*queue, happened, id, message)));
                model.start(false, message);
                break;
            case 4:
                if (id == 0) break;
                {
                    const unsigned victim = input.below(id);
                    const bool expects = model.cancel(victim);
                    check(tasks[victim].cancel() == expects, "cancel() gives another answer");
                }
                break;
            case 5: {
                const auto expects = model.get_nowait();
                const auto got = queue->get_nowait();
                check(got.has_value() == expects.has_value(), "get_nowait() gives another answer");
                if (got) check(**got == *expects, "get_nowait() gives another message");
                break;
            }
            case 6:
                check(queue->put_nowait(std::make_unique<int>(message)).has_value() == model.put_nowait(message),
                      "put_nowait() gives another answer");
                break;
            default: co_await yield(); model.turn();
        }
        check(queue->qsize() == model.qsize() && queue->empty() == (model.qsize() == 0), "another qsize");
        check(queue->full() == model.full(), "not as full");
    }
    do {  // nobody may begin to use it after its end
        co_await yield();
        model.turn();
    } while (tasks.size() % 2 != 0 && !model.idle());
    queue.reset();  // under those who wait, or were woken and are about to have their turn
    expected.push_back("end");
    happened.push_back("end");
    for (const auto& task : tasks) {
        (void)co_await catch_cancelled(task);
        const Error error = task.error();
        check(error == Error::none || error == Error::cancelled || error == Error::destroyed, "a task ended in another way");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 400) return 0;  // the simulation's clock stands still for 1,000 steps
    sim::reset();
    sim::capture(true);
    const std::size_t before = frame_pool_use().in_use;
    Trace expected;
    Trace happened;
    check(run(play(Input{data, size}, expected, happened)).has_value(), "the run did not end well");
    check_same(expected, happened);
    check(frame_pool_use().in_use == before, "frames or tasks were leaked");
    return 0;
}
