# The tests of the library that need no host, in one program, `tests`. It is a board's build (UASYNC_BOARD), without exceptions and RTTI, with the board's
# frame pool and timer queue, so that a compiler's code for a board is held against the same traces as on a host.
#
# Of the folders below, these files stay out:
#   asyncio/test_heaplock               replaces the functions of the heap
#   asyncio/test_queues                 queues without a limit, which a board does not have
#   kernel/test_foreign                 awaitables of other libraries, neither
#   kernel/test_timer_wheel             the timer queue of hosts
#   queue/test_queue_throwing           exceptions
#   task/test_run_coroutine_threadsafe  for programs with threads
# Single cases are left out by UASYNC_EXCEPTIONS and UASYNC_BOARD. Of the other folders, testing/ needs the schedule explorer, whose states lie at
# addresses of 64 bits; board/ and device/ need the drivers of the simulation; linux/ needs Linux.
set(apart asyncio/test_heaplock asyncio/test_queues kernel/test_foreign kernel/test_timer_wheel queue/test_queue_throwing
    task/test_run_coroutine_threadsafe)

cmake_path(SET all NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)
foreach(file IN LISTS apart)
    if(NOT EXISTS ${all}/${file}.cpp)
        message(FATAL_ERROR "there is no ${all}/${file}.cpp")
    endif()
endforeach()
# Compiled together, as for the host: two files of the same name are never in one unit.
set(units ${all}/kernel/test_long_steps.cpp)  # cannot be in a namespace
foreach(folder_list IN ITEMS kernel task "queue;sync" asyncio "print;report;time")
    set(files "")
    foreach(folder IN LISTS folder_list)
        file(GLOB found RELATIVE ${all} CONFIGURE_DEPENDS ${all}/${folder}/test_*.cpp)
        list(APPEND files ${found})
    endforeach()
    list(TRANSFORM files REPLACE "[.]cpp$" "")
    list(REMOVE_ITEM files ${apart} kernel/test_long_steps)
    list(TRANSFORM files REPLACE "(.+)" "${all}\\1.cpp")
    list(GET folder_list 0 first)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/tests_${first}.cpp)
    add_custom_command(OUTPUT ${unit} DEPENDS ${files} ${all}/support/together.cmake
        COMMAND ${CMAKE_COMMAND} -P ${all}/support/together.cmake ${unit} ${files})
    list(APPEND units ${unit})
endforeach()
# `wrong` is what test_machines.py sees fail.
foreach(program tests wrong)
    add_executable(${program} ${CMAKE_CURRENT_LIST_DIR}/main.cpp)
    target_include_directories(${program} PRIVATE ${CMAKE_CURRENT_LIST_DIR} ${all} ${all}/kernel)
    target_link_libraries(${program} PRIVATE uasync_platform)
    target_compile_options(${program} PRIVATE -w)  # the builds for the host warn; here it would take time
    add_image(${program})
endforeach()
target_sources(tests PRIVATE ${units})
target_sources(wrong PRIVATE ${CMAKE_CURRENT_LIST_DIR}/wrong.cpp)
