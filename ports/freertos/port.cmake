# Loops in tasks of FreeRTOS 10.4 or newer. Its kernel is the target freertos_kernel, as FreeRTOS's own CMake files make it: added by the
# project, or from the folder FREERTOS_KERNEL_PATH. Time comes from the tick, or from a counter with an alarm if UASYNC_FREERTOS_BOARD is the
# path of a header with one, as for the cortex-m port.

if(NOT TARGET freertos_kernel)
    if(NOT FREERTOS_KERNEL_PATH AND DEFINED ENV{FREERTOS_KERNEL_PATH})
        set(FREERTOS_KERNEL_PATH $ENV{FREERTOS_KERNEL_PATH})
    endif()
    if(NOT EXISTS "${FREERTOS_KERNEL_PATH}/tasks.c")
        message(FATAL_ERROR "uasync: the freertos port needs the target freertos_kernel, or FREERTOS_KERNEL_PATH, the folder of FreeRTOS-Kernel "
            "(there is no '${FREERTOS_KERNEL_PATH}/tasks.c')")
    endif()
    add_subdirectory(${FREERTOS_KERNEL_PATH} ${CMAKE_CURRENT_BINARY_DIR}/freertos_kernel EXCLUDE_FROM_ALL)
endif()

target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/freertos.cpp)
target_include_directories(${runtime} PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(${runtime} PUBLIC freertos_kernel ${UASYNC_BOARD_LIBRARIES})
target_compile_definitions(${runtime} PUBLIC UASYNC_BOARD=1 UASYNC_LOOPS=1 UASYNC_ONE_CORE=0 "UASYNC_PORT_HEADER=<freertos_port.hpp>")
if(UASYNC_FREERTOS_BOARD)
    cmake_path(ABSOLUTE_PATH UASYNC_FREERTOS_BOARD BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE board_header)
    if(NOT EXISTS ${board_header})
        message(FATAL_ERROR "uasync: there is no ${board_header}, which UASYNC_FREERTOS_BOARD names")
    endif()
    target_compile_definitions(${runtime} PRIVATE "UASYNC_FREERTOS_BOARD=\"${board_header}\"")
else()
    target_compile_definitions(${runtime} PUBLIC UASYNC_STEPS_PER_POLL=16)
endif()
