# Cortex-M3.
set(board an385)
set(hertz 25000000)
set(flash 0x0)
set(ram 0x20000000)
include(${CMAKE_CURRENT_LIST_DIR}/mps2.cmake)
