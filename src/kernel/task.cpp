#include <uasync/task/run.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/kernel/task_watch.hpp>
#include <uasync/print.hpp>
#include <uasync/report.hpp>

#if !UASYNC_BOARD
#include <unordered_map>
#if UASYNC_THREADS
#include <mutex>
#endif
#endif

namespace uasync {

namespace {

#if UASYNC_BOARD

[[gnu::cold]] void make_room(TaskState& task) noexcept {
    const std::string_view name = detail::task_name(task);
    detail::print_c_string("uasync: task '");
    detail::print_text(name.data(), name.size());
    detail::print_c_string("':\n");
    port::fatal("a task has more than 15 handles");
}
bool fetch_handles(TaskState&) noexcept { return false; }
bool has_handles_elsewhere(const TaskState&) noexcept { return false; }

#else

// A task counts up to 15 handles in its own bits. On a host, further ones are counted in a table, eight at a time, and fetched
// from there when the task's own count reaches zero. So only a task that once had 16 handles ever looks in the table.
constexpr unsigned batch = 8;

struct HandleTable {
#if UASYNC_THREADS
    std::mutex mutex;
#endif
    std::unordered_map<const TaskState*, std::size_t> handles;

    auto lock() noexcept {
#if UASYNC_THREADS
        return std::unique_lock{mutex};
#else
        return 0;
#endif
    }
};

constinit std::atomic<std::size_t> tasks_in_table{0};

/// Never destroyed: a handle may be a global variable.
HandleTable& table() noexcept {
    // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): without memory for that the program ends
    static auto& only = *new HandleTable;
    return only;
}

[[gnu::cold, gnu::noinline]] void make_room(TaskState& task) noexcept {
    [[maybe_unused]] const auto lock = table().lock();
#if UASYNC_EXCEPTIONS
    try {
        table().handles[&task] += batch;
    } catch (...) {
        port::fatal("no memory to count a task's handles");
    }
#else
    table().handles[&task] += batch;
#endif
    task.handles = (task.handles - batch) & 15U;
    tasks_in_table.store(table().handles.size(), std::memory_order_relaxed);
}
[[gnu::cold, gnu::noinline]] bool fetch_from_table(TaskState& task) noexcept {
    [[maybe_unused]] const auto lock = table().lock();
    const auto place = table().handles.find(&task);
    if (place == table().handles.end()) return false;
    task.handles = batch;
    place->second -= batch;
    if (place->second == 0) table().handles.erase(place);
    tasks_in_table.store(table().handles.size(), std::memory_order_relaxed);
    return true;
}
bool fetch_handles(TaskState& task) noexcept {
    return tasks_in_table.load(std::memory_order_relaxed) != 0 && fetch_from_table(task);
}
bool has_handles_elsewhere(const TaskState& task) noexcept {
    if (tasks_in_table.load(std::memory_order_relaxed) == 0) return false;
    [[maybe_unused]] const auto lock = table().lock();
    return table().handles.contains(&task);
}

#endif

}  // namespace

namespace detail {

void add_handle(TaskState& task) noexcept {
    if (task.handles == 15) [[unlikely]]
        make_room(task);
    task.add_handle();
}
bool remove_handle(TaskState& task) noexcept { return !task.remove_handle() && !fetch_handles(task); }
bool has_one_handle(const TaskState& task) noexcept { return task.handles == 1 && !has_handles_elsewhere(task); }

}  // namespace detail

void TaskHandle::retain() const noexcept {
    if (detail::is_task(state_)) detail::add_handle(*state_);
}

TaskHandle current_task() noexcept {
    const TaskLoop& loop = detail::required_loop();
    if (!loop.in_step()) return TaskHandle{nullptr};
    detail::add_handle(loop.current());
    return TaskHandle{&loop.current()};
}

void detail::drop_last_handle(TaskState& task) noexcept {
    if (fetch_handles(task) || task.state() != WaitState::done) return;
    if (task.child == nullptr) release(task);  // otherwise the loop is about to report it
}

Error TaskHandle::error() const noexcept {
    if (!detail::is_task(state_)) return detail::frame_error(state_);
    if (state_->state() != WaitState::done) return Error::none;
    state_->cancel_requested = 0;
    return state_->error();
}

#if UASYNC_EXCEPTIONS
std::exception_ptr TaskHandle::exception() const noexcept {
    return error() == Error::exception ? detail::PromiseBase::of(state_->leaf).exception() : nullptr;
}
#endif

std::string_view TaskHandle::name() const noexcept {
    return !detail::is_task(state_) ? std::string_view{} : detail::task_name(*state_);
}

namespace detail {

bool value_refers_to_itself(PromiseBase& promise, const TaskHandle& value) noexcept {
    if (!promise.is_task()) return false;
    const TaskState* own = &detail::current_loop().current();
    for (const TaskHandle* handle = &value; handle != nullptr;) {
        const TaskState* task = TaskAccess::state(*handle);
        if (task == own) return true;
        if (!detail::is_task(task) || task->state() != WaitState::done || !task->leaf) return false;
        handle = PromiseBase::of(task->leaf).result_handle_of_ended();
    }
    return false;
}

bool fail_await(void* no_frame, Frame parent) noexcept {
    detail::current_loop().fail(parent, frame_error(no_frame));
    return true;
}

std::coroutine_handle<> outermost_frame(TaskState& task) noexcept {
    std::coroutine_handle<> frame = task.leaf;
    while (!PromiseBase::of(frame).is_task()) frame = PromiseBase::of(frame).parent();
    return frame;
}

void release(TaskState& task) noexcept {
    if (task.leaf) task.leaf.destroy();
    task.~TaskState();
    free_frame(&task, sizeof(TaskState));
}

// A waiter is in the list that the target's outermost promise keeps.
constinit const CancelHook::Functions JoinAwaiter::functions_of_join{
    [](CancelHook& hook) noexcept { TaskLoop::cancel(*static_cast<JoinAwaiter&>(hook).target_, true); },
    [](CancelHook& hook, TaskState& waiter) noexcept {
        PromiseBase::of(outermost_frame(*static_cast<JoinAwaiter&>(hook).target_)).joiners_left().remove(waiter);
    }};

void JoinAwaiter::await_suspend(Frame waiter) noexcept {
    TaskLoop& loop = detail::current_loop();
    if (!is_task(target_) || target_->state() == WaitState::done || target_ == &loop.current()) [[unlikely]] {
        fail(waiter);
        return;
    }
    (void)WaitLoop::own_fast(*target_, "run_coroutine_threadsafe");
    PromiseBase::of(outermost_frame(*target_)).joiners().push_back(loop.current());
    loop.wait_for_others(*this, waiter, "a task");
}

/// The await fails: there is no task, the task has failed, or it is the one that waits.
UASYNC_RARE void JoinAwaiter::fail(Frame waiter) const noexcept {
    Error error = Error::misuse;
    if (!is_task(target_)) {
        error = frame_error(target_);
    } else if (target_->state() == WaitState::done) {
        target_->cancel_requested = 0;
        error = target_->error();
    }
    detail::current_loop().fail(waiter, error);
}

/// Reports a coroutine that did not become a task.
static void report_unborn([[maybe_unused]] const char* name, void* frame) noexcept {
#if UASYNC_NAMES
    const char* function =
        is_frame(frame) ? PromiseBase::of(std::coroutine_handle<>::from_address(frame)).where.function_name() : unborn;
    report(name != nullptr ? name : frame != nullptr ? function_name(function) : running_name(), frame_error(frame));
#else
    report("?", frame_error(frame));
#endif
}

/// Reports that no task was made, and destroys the frame, if there is one.
[[gnu::cold]] static TaskState* spawn_nothing(const char* name, void* frame) noexcept {
    report_unborn(name, frame);
    if (is_frame(frame)) {
        std::coroutine_handle<>::from_address(frame).destroy();
        frame = no_frame();
    }
    return static_cast<TaskState*>(frame);  // null, or no_frame(), which is no_task()
}

static TaskState* note_spawned(TaskState* task, [[maybe_unused]] const char* name, [[maybe_unused]] Where created) noexcept {
#if UASYNC_NAMES
    task->name = name;
    task->function = PromiseBase::of(task->leaf).where.function_name();
    task->created = created;
#endif
    return task;
}

UASYNC_RARE static TaskState* spawn_anywhere(void* frame, const char* name, Where created) noexcept {
    TaskLoop& loop = required_loop();
    TaskState* task = is_frame(frame) ? loop.create(std::coroutine_handle<>::from_address(frame)) : nullptr;
    return task == nullptr ? spawn_nothing(name, frame) : note_spawned(task, name, created);
}

TaskState* spawn(void* frame, const char* name, Where created) noexcept {
#if !UASYNC_BOARD
    // The usual case, without a call.
    if (TaskLoop* loop = this_loop(); loop != nullptr && is_frame(frame) && !loop->stopping()) [[likely]] {
        if (void* block = take_free_frame(sizeof(TaskState))) [[likely]]
            return note_spawned(&loop->create_in(block, std::coroutine_handle<>::from_address(frame)), name, created);
    }
#endif
    return spawn_anywhere(frame, name, created);
}

Run run_main(void* frame) noexcept {
    TaskLoop* outer = outer_loop();
    if (runs_here(outer)) {
        if (is_frame(frame)) std::coroutine_handle<>::from_address(frame).destroy();
        report(running_name(), Error::nested_run);
        return {nullptr, Error::nested_run};
    }
    Loop program_loop;
    TaskLoop& main_loop = internals(program_loop);
    this_loop() = &main_loop;
    TaskState* task = spawn(frame, nullptr, Where::current());
    Error error = frame == nullptr ? Error::misuse : Error::no_memory;
    if (is_task(task)) {
        main_loop.run(*task);
        error = task->error();
    }
    this_loop() = outer;
    return {task, error};
}

}  // namespace detail
}  // namespace uasync
