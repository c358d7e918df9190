# Each file of misuse is one test: the current compiler must reject each of its cases, with the right words.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")  # what is rejected is not run
    return()
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    set(family gcc)
else()
    set(family clang)
endif()
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    set(board "")
    set(only -fsyntax-only)
    if(name MATCHES "_board$")  # as on a board
        set(board -DUASYNC_BOARD=1 -DUASYNC_CHECKED_AWAITS=1 -fno-exceptions -fno-rtti)
    endif()
    if(name STREQUAL no_drivers)  # what such a build does not have is found out when code is made
        set(board -DUASYNC_NO_DRIVERS=1)
        set(only -c -o /dev/null)
    endif()
    if(name STREQUAL spi_pins)  # what the compiler finds out when it optimises
        set(only -O1 -c -o /dev/null)
    endif()
    add_test(
        NAME compile_fail.${name}
        COMMAND
            ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check.py --family ${family} ${source} --
            ${CMAKE_CXX_COMPILER} -std=c++23 ${only} -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
            ${board}
            -I${CMAKE_CURRENT_SOURCE_DIR}
            "-I$<JOIN:$<TARGET_PROPERTY:uasync_sim,INCLUDE_DIRECTORIES>,;-I>"
            "-D$<JOIN:$<TARGET_PROPERTY:uasync_sim,COMPILE_DEFINITIONS>,;-D>"
        COMMAND_EXPAND_LISTS)
    set_tests_properties(compile_fail.${name} PROPERTIES TIMEOUT 120 COST 50)
    uasync_test_part(compiler compile_fail.${name})
endforeach()
