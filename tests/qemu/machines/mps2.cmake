# What the MPS2 machines have in common.
set(UASYNC_PORT cortex-m)
set(UASYNC_CORTEX_M_BOARD ${CMAKE_CURRENT_LIST_DIR}/../../../ports/cortex-m/boards/mps2_${board}.hpp)
set(UASYNC_FRAME_POOL_BYTES 8192)
set(platform cortex_m.cpp)
set(platform_definitions UASYNC_TEST_HERTZ=${hertz})
macro(add_image target)
    uasync_add_image(${target} FLASH ${flash} 4M RAM ${ram} 4M)
endmacro()
