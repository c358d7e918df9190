# Cortex-M33 with its FPU, in the secure state.
set(board an505)
set(hertz 20000000)
set(flash 0x10000000)
set(ram 0x38000000)
include(${CMAKE_CURRENT_LIST_DIR}/mps2.cmake)
