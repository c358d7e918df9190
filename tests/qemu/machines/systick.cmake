# Cortex-M3, with SysTick as the clock.
set(board an385)
set(flash 0x0)
set(ram 0x20000000)
include(${CMAKE_CURRENT_LIST_DIR}/mps2.cmake)
set(UASYNC_CORTEX_M_BOARD ${CMAKE_CURRENT_LIST_DIR}/../systick_board.hpp)
set(platform systick.cpp)
