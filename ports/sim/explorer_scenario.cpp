// What a scenario consists of: its tasks, interrupts, cancellations and checks.

#include <utility>

#include "explorer.hpp"

namespace uasync::explorer {

void Run::add_task(TaskState* state, const TaskHandle& task, bool in_background) {
    if (task.done()) return;  // no memory, which has been reported
    tasks_.push_back({std::string{task.name()}, state, task, in_background});
}

void Run::add_strike(std::string_view name, std::function<void()> happens, unsigned times) {
    strikes_.push_back({std::string{name}, std::move(happens), times});
}

void Run::add_cancel(std::string_view name, unsigned times) {
    for (ScenarioTask& task : tasks_) {
        if (task.name != name) continue;
        task.cancellations += times;
        return;
    }
    port::fatal("explore: x.cancel names no task of the scenario");
}

void Run::add_check(std::string_view what, std::function<bool()> holds, bool after_each_step) {
    (after_each_step ? always_ : checks_).push_back({std::string{what}, std::move(holds)});
}

}  // namespace uasync::explorer
