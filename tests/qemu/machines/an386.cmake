# Cortex-M4 with its FPU, critical sections through BASEPRI, and SysTick for report_long_steps.
set(UASYNC_CORTEX_M_PRIORITY 0x40)
set(UASYNC_CORTEX_M_SYSTICK_HERTZ 25000000)
include(${CMAKE_CURRENT_LIST_DIR}/an385.cmake)
