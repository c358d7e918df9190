#pragma once
// All of uasync that runs anywhere. `using namespace uasync;` gives a program asyncio's words. Board parts: <uasync/board.hpp>.

#include <algorithm>

#include <uasync/core/cancel.hpp>
#include <uasync/core/coro.hpp>
#include <uasync/core/gather.hpp>
#include <uasync/core/run.hpp>
#include <uasync/core/task.hpp>
#include <uasync/core/time.hpp>
#include <uasync/core/wait_for.hpp>
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
#include <uasync/queue/watch.hpp>
#include <uasync/report.hpp>
#include <uasync/sync/barrier.hpp>
#include <uasync/sync/condition.hpp>
#include <uasync/sync/event.hpp>
#include <uasync/sync/lock.hpp>
#include <uasync/sync/once.hpp>
#include <uasync/sync/rw_lock.hpp>
#include <uasync/sync/semaphore.hpp>
#include <uasync/sync/thread_safe_flag.hpp>
#include <uasync/sync/wait_any.hpp>
#include <uasync/time/delay.hpp>
#include <uasync/time/schedule.hpp>
#include <uasync/time/ticker.hpp>
