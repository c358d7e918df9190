// run() before the scheduler has started: there is no task to sleep in.

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/uasync.hpp>

using namespace uasync;

Coro<> async_main() { co_await sleep_ms(1); }

int main() { run(async_main()); }
