# Any Cortex-M. UASYNC_CORTEX_M_BOARD is the header that says what the processor does not: the counter, its interrupt and the console. Set
# it before the runtime is added; UASYNC_CORTEX_M_LINES is how many interrupt lines the chip has. UASYNC_CORTEX_M_SYSTICK_HERTZ, the frequency of the
# processor, lets report_long_steps have SysTick, if it is not the board's clock.

if(NOT UASYNC_CORTEX_M_BOARD)
    message(FATAL_ERROR "uasync: the cortex-m port needs UASYNC_CORTEX_M_BOARD, the path of your board's header; "
        "${CMAKE_CURRENT_LIST_DIR}/boards has examples, and docs/porting_to_your_board.md says what is in it")
endif()
cmake_path(ABSOLUTE_PATH UASYNC_CORTEX_M_BOARD BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE board_header)
if(NOT EXISTS ${board_header})
    message(FATAL_ERROR "uasync: there is no ${board_header}, which UASYNC_CORTEX_M_BOARD names")
endif()
if(NOT UASYNC_CORTEX_M_LINES)
    set(UASYNC_CORTEX_M_LINES 32)
endif()

target_sources(${runtime} PRIVATE
    ${CMAKE_CURRENT_LIST_DIR}/cortex_m.cpp
    ${CMAKE_CURRENT_LIST_DIR}/fault.cpp
    ${CMAKE_CURRENT_LIST_DIR}/startup.S)
target_include_directories(${runtime} PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_compile_definitions(${runtime} PUBLIC UASYNC_BOARD=1 "UASYNC_PORT_HEADER=<cortex_m_port.hpp>")
target_compile_definitions(${runtime} PRIVATE "UASYNC_CORTEX_M_BOARD=\"${board_header}\"" UASYNC_CORTEX_M_LINES=${UASYNC_CORTEX_M_LINES})
if(UASYNC_CORTEX_M_PRIORITY)
    target_compile_definitions(${runtime} PUBLIC UASYNC_CORTEX_M_PRIORITY=${UASYNC_CORTEX_M_PRIORITY})
endif()
if(UASYNC_CORTEX_M_SYSTICK_HERTZ)
    # By itself, so that it is linked only with report_long_steps.
    set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/step_timer.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/step_timer.cpp)
    target_compile_definitions(${runtime} PUBLIC UASYNC_STEP_TIMER=1)
    target_compile_definitions(${runtime} PRIVATE UASYNC_CORTEX_M_SYSTICK_HERTZ=${UASYNC_CORTEX_M_SYSTICK_HERTZ})
endif()
include(${CMAKE_CURRENT_LIST_DIR}/../bare/bare.cmake)
