// A loop in an async_context that works in a low-priority interrupt, while main sleeps and never polls.

#include <pico/async_context_threadsafe_background.h>

#include "guest.hpp"

int main() {
    async_context_threadsafe_background_t context;
    auto config = async_context_threadsafe_background_default_config();
    if (!async_context_threadsafe_background_init(&context, &config)) return 1;
    guest(context.core, [&](absolute_time_t until) { best_effort_wfe_or_timeout(until); });
}
