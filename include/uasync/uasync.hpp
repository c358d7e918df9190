#pragma once
/// @file
/// All of uasync that runs anywhere. The board parts are in <uasync/board.hpp>.

/// @namespace uasync
/// asyncio for microcontrollers. `using namespace uasync;` gives a program asyncio's words.

#include <algorithm>

#include <uasync/task/as_completed.hpp>
#include <uasync/task/async_generator.hpp>
#include <uasync/task/call.hpp>
#include <uasync/kernel/cancel.hpp>
#include <uasync/kernel/coro.hpp>
#include <uasync/task/defer.hpp>
#include <uasync/task/event_loop.hpp>
#include <uasync/task/gather.hpp>
#include <uasync/task/run.hpp>
#include <uasync/task/run_coroutine_threadsafe.hpp>
#include <uasync/task/select.hpp>
#include <uasync/task/shield.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/task/task_group.hpp>
#include <uasync/task/task_local.hpp>
#include <uasync/time/sleep.hpp>
#include <uasync/task/timeout.hpp>
#include <uasync/task/wait.hpp>
#include <uasync/task/wait_for.hpp>
#include <uasync/kernel/long_steps.hpp>
#include <uasync/kernel/priority.hpp>
#include <uasync/print.hpp>
#include <uasync/queue/broadcast.hpp>
#include <uasync/queue/channel.hpp>
#include <uasync/queue/joinable_queue.hpp>
#include <uasync/queue/latest.hpp>
#include <uasync/queue/lifo_queue.hpp>
#include <uasync/queue/pipe.hpp>
#include <uasync/queue/priority_queue.hpp>
#include <uasync/queue/queue.hpp>
#include <uasync/queue/ring_queue.hpp>
#include <uasync/queue/thread_safe_queue.hpp>
#include <uasync/queue/watch.hpp>
#include <uasync/report.hpp>
#include <uasync/sync/barrier.hpp>
#include <uasync/sync/condition.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/sync/future.hpp>
#include <uasync/sync/lock.hpp>
#include <uasync/sync/once.hpp>
#include <uasync/sync/rw_lock.hpp>
#include <uasync/sync/semaphore.hpp>
#include <uasync/sync/thread_safe_flag.hpp>
#include <uasync/sync/to_thread.hpp>
#include <uasync/sync/wait_any.hpp>
#include <uasync/time/clock.hpp>
#include <uasync/time/delay.hpp>
#include <uasync/time/schedule.hpp>
#include <uasync/time/ticker.hpp>
