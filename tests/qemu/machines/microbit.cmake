# Cortex-M0, on a board of somebody else's. Its other timer plays the interrupts.
set(UASYNC_PORT cortex-m)
set(UASYNC_CORTEX_M_BOARD ${CMAKE_CURRENT_LIST_DIR}/../../../ports/cortex-m/boards/microbit.hpp)
set(UASYNC_FRAME_POOL_BYTES 4096)
set(platform microbit.cpp)
macro(add_image target)
    uasync_add_image(${target} FLASH 0x0 256K RAM 0x20000000 16K)
endmacro()
