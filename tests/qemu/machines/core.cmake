# Cortex-M3 with the simulation instead of a port, for the tests that need no host.
set(UASYNC_PORT ${CMAKE_CURRENT_LIST_DIR}/../core)
set(UASYNC_FRAME_POOL_BYTES 262144)  # for a thousand tasks at a time
set(cortex_m ${CMAKE_CURRENT_LIST_DIR}/../../../ports/cortex-m)
set(platform core/platform.cpp ${cortex_m}/startup.S ${cortex_m}/fault.cpp)
set(platform_definitions UASYNC_CORTEX_M_LINES=32)
include_directories(${cortex_m})
include(${cortex_m}/../bare/image.cmake)
macro(add_image target)
    uasync_add_image(${target} FLASH 0x0 4M RAM 0x20000000 4M)
endmacro()
