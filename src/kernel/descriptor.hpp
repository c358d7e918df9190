#pragma once
// The constant that <uasync/kernel/descriptor.hpp> describes. The loop includes it, because every program links the loop. There
// is none where each thread has loops of its own: nobody looks at those from outside.

#include <uasync/kernel/descriptor.hpp>
#include <uasync/kernel/owned_wait_queue.hpp>
#include <uasync/kernel/task.hpp>

#if !UASYNC_THREADS
namespace uasync {

// The compilers warn of offsetof in a class with bases and private members, but their answer is right.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
struct DescriptorOf {
    static constexpr detail::Descriptor value{
#ifdef UASYNC_PORT_LOOP
        .loop = &detail::Loops::newest,
#else
        .loop = &detail::only_loop,
#endif
        .loop_current = offsetof(TaskLoop, current_),
        .loop_all_first = offsetof(TaskLoop, all_first_),
        .loop_all_last = offsetof(TaskLoop, all_last_),
        .task_size = sizeof(TaskState),
        .task_next = offsetof(TaskState, next),
        .task_waited = offsetof(TaskState, list),
        .task_deadline_low = offsetof(TaskState, deadline_low),
        .task_deadline_high = offsetof(TaskState, deadline_low) + 4,
        .task_state = offsetof(TaskState, state_byte),
        .task_leaf = offsetof(TaskState, leaf),
        .task_all_next = offsetof(TaskState, all_next),
#if UASYNC_NAMES
        .task_name = offsetof(TaskState, name),
        .task_function = offsetof(TaskState, function),
        .task_waits_for = offsetof(TaskState, waits_for),
#else
        .task_name = detail::Descriptor::absent,
        .task_function = detail::Descriptor::absent,
        .task_waits_for = detail::Descriptor::absent,
#endif
        .frame_promise = detail::promise_offset,
        .promise_continuation = offsetof(detail::PromiseBase, continuation_),
        .scope_parent = offsetof(detail::Scope, parent),
        .joined_task = offsetof(detail::JoinAwaiter, target_),
        .lock_owner = offsetof(OwnedWaitQueue, owner_),
    };
#ifdef UASYNC_PORT_LOOP
    static constexpr detail::LoopsDescriptor loops{
        .loop_older = offsetof(TaskLoop, older_),
        .loop_levels = offsetof(TaskLoop, levels_),
#ifdef UASYNC_PORT_CONTEXT
        .loop_context = offsetof(TaskLoop, context_),
#else
        .loop_context = detail::Descriptor::absent,
#endif
    };
#endif
};
#pragma GCC diagnostic pop

}  // namespace uasync

// Nothing refers to it, so the linker script keeps it.
extern "C" {
[[gnu::used]] constinit extern const uasync::detail::Descriptor uasync_descriptor = uasync::DescriptorOf::value;
#ifdef UASYNC_PORT_LOOP
[[gnu::used]] constinit extern const uasync::detail::LoopsDescriptor uasync_loops = uasync::DescriptorOf::loops;
#endif
}
#endif
