// FreeRTOS on the MPS2, for the contract test: `main` of each program runs in a task of FreeRTOS, and timer 1 of the board is the other interrupt.

#include <FreeRTOS.h>
#include <task.h>

#include <uasync/print.hpp>

#include <cmsdk.hpp>
#include <semihosting.hpp>

#include <port_contract/platform.hpp>

extern "C" int __real_main();  // NOLINT(bugprone-reserved-identifier): as the linker's option --wrap calls it
extern "C" int __wrap_main();  // NOLINT(bugprone-reserved-identifier)

namespace {

using Uart = uasync::cmsdk::Uart<0x40004000>;

constexpr std::size_t stack_words = 1024;
StackType_t stack[stack_words];
StaticTask_t memory;
TaskHandle_t task;
void (*pending)() = nullptr;

void body(void*) {
    __real_main();
    contract::finish(0);
}

}  // namespace

extern "C" {

void uasync_start_board() noexcept { Uart::start(); }

void uasync_write(const char* text, std::size_t size) noexcept {
    for (; size != 0; --size) Uart::put(*text++);
}
[[noreturn]] void uasync_stop() noexcept { uasync::semihosting::exit(1); }

void uasync_test_assert(const char* file, int line) {
    uasync::print("configASSERT {}:{}\n", file, line);
    uasync_stop();
}

void vApplicationIdleHook() { asm volatile("wfi"); }

void uasync_irq_9() noexcept {
    uasync::cmsdk::OneShot<0x40001000>::stop();
    pending();
}
}

int __wrap_main() {
    task = xTaskCreateStatic(body, "main", stack_words, nullptr, 2, stack, &memory);
    vTaskStartScheduler();
    return 0;
}

namespace contract {

const Platform platform{.masks = true,
                        .clock_moves = true,
                        .long_sleeps = UASYNC_TEST_STEP == 0,
                        .rounds = 1000,
                        .late_us = 20,
                        .step_us = UASYNC_TEST_STEP};

void interrupt_in(std::uint32_t us, void (*handler)()) noexcept {
    pending = handler;
    uasync::cortex_m::enable_line(9, configMAX_SYSCALL_INTERRUPT_PRIORITY);
    uasync::cmsdk::OneShot<0x40001000>::start(us * 25);
}
void finish(int status) noexcept {
    uasync::print("stack {} bytes\n",
                  static_cast<unsigned>((stack_words - uxTaskGetStackHighWaterMark(task)) * sizeof(StackType_t)));
    uasync::semihosting::exit(static_cast<std::uint32_t>(status));
}

}  // namespace contract
