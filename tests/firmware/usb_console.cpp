// The console over USB: what is printed before the port is open, more than there is room for, and what the host sends. usb.mjs is the host.

#include <uasync/uasync.hpp>
#include <usb_console.hpp>

using namespace uasync;

namespace {
RingQueue<char, 64> received;
}

extern "C" void uasync_console_received(const char* bytes, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) received.put_from_isr(bytes[i]);
}

Coro<> echo() {
    while (true) {
        const char byte = co_await received.get();
        if (byte == '!') {
            const auto before = ticks_us();
            for (int i = 0; i < 1000; ++i) print("{}: more than there is room for\n", i);
            const auto took = ticks_diff(ticks_us(), before);
            const auto dropped = rp2040::console_dropped();
            co_await sleep_ms(500);  // what fits goes out
            print("took {} us, dropped {}\n", took, dropped);
        } else if (byte == 'f') {
            port::fatal("asked to");
        } else {
            print("got {}\n", byte);
        }
    }
}

Coro<> async_main() {
    print("started\n");
    auto echoing = create_task(echo());
    for (int i = 1;; ++i) {
        co_await sleep_ms(1000);
        print("{} s\n", i);
    }
}

int main() { run(async_main()); }
