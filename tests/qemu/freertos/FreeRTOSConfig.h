#pragma once
// FreeRTOS on the MPS2's Cortex-M3, for the tests: only what the kernel asks for.

#define configCPU_CLOCK_HZ 25000000UL
#define configTICK_RATE_HZ UASYNC_TEST_TICKS
#define configUSE_PREEMPTION 1
#define configUSE_TIME_SLICING 1
#define configMAX_PRIORITIES 5
#define configMINIMAL_STACK_SIZE 128
#define configMAX_TASK_NAME_LEN 8
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_32_BITS
#define configTASK_NOTIFICATION_ARRAY_ENTRIES 2
#define configSUPPORT_STATIC_ALLOCATION 1
#define configSUPPORT_DYNAMIC_ALLOCATION 0
#define configKERNEL_PROVIDED_STATIC_MEMORY 1
#define configUSE_IDLE_HOOK 1
#define configUSE_TICK_HOOK 0
#define configUSE_TIMERS 0
#define configCHECK_FOR_STACK_OVERFLOW 0
#define configKERNEL_INTERRUPT_PRIORITY 0xe0
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 0x40
#define INCLUDE_xTaskGetCurrentTaskHandle 1
#define INCLUDE_xTaskGetSchedulerState 1
#define INCLUDE_uxTaskGetStackHighWaterMark 1
#define INCLUDE_vTaskSuspend 1
#define INCLUDE_vTaskDelete 1

#ifdef __cplusplus
extern "C"
#endif
    void
    uasync_test_assert(const char* file, int line);
#define configASSERT(what) \
    if (!(what)) uasync_test_assert(__FILE__, __LINE__)

#ifdef __cplusplus
extern "C"
#endif
    void
    uasync_freertos_task_deleted(void* task);
#define traceTASK_DELETE(task) uasync_freertos_task_deleted(task)

#define vPortSVCHandler uasync_svcall
#define xPortPendSVHandler uasync_pendsv
#define xPortSysTickHandler uasync_systick
