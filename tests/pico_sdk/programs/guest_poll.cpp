// A loop in an async_context that main polls.

#include <pico/async_context_poll.h>

#include "guest.hpp"

int main() {
    async_context_poll_t context;
    async_context_poll_init_with_defaults(&context);
    guest(context.core, [&](absolute_time_t until) {
        async_context_poll(&context.core);
        async_context_wait_for_work_until(&context.core, until);
    });
}
