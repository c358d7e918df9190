# Cortex-M4 with its FPU, and critical sections through BASEPRI.
set(UASYNC_CORTEX_M_PRIORITY 0x40)
include(${CMAKE_CURRENT_LIST_DIR}/an385.cmake)
