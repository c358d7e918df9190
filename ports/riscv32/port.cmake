# Any 32-bit RISC-V with a CLINT or the like, in machine mode. UASYNC_RISCV32_BOARD is the header that says what the processor does not: the
# counter with its alarm, and the console. Set it before the runtime is added.

if(NOT UASYNC_RISCV32_BOARD)
    message(FATAL_ERROR "uasync: the riscv32 port needs UASYNC_RISCV32_BOARD, the path of your board's header; "
        "${CMAKE_CURRENT_LIST_DIR}/boards has an example, and docs/porting_to_your_board.md says what is in it")
endif()
cmake_path(ABSOLUTE_PATH UASYNC_RISCV32_BOARD BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE board_header)
if(NOT EXISTS ${board_header})
    message(FATAL_ERROR "uasync: there is no ${board_header}, which UASYNC_RISCV32_BOARD names")
endif()

target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/riscv32.cpp ${CMAKE_CURRENT_LIST_DIR}/startup.S ${CMAKE_CURRENT_LIST_DIR}/memory.cpp)
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/memory.cpp PROPERTIES
    SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON
    COMPILE_OPTIONS "-fno-builtin;$<$<CXX_COMPILER_ID:GNU>:-fno-tree-loop-distribute-patterns>")
include(${CMAKE_CURRENT_LIST_DIR}/../bare/bare.cmake)
target_include_directories(${runtime} PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_compile_definitions(${runtime} PUBLIC UASYNC_BOARD=1 "UASYNC_PORT_HEADER=<riscv32_port.hpp>")
target_compile_definitions(${runtime} PRIVATE "UASYNC_RISCV32_BOARD=\"${board_header}\"")
