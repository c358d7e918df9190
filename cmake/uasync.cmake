# What the library is made of, and how to build it with a port and options.

set(UASYNC_ROOT ${CMAKE_CURRENT_LIST_DIR}/..)

# Headers and warnings, of the library and its ports alike.
add_library(uasync_headers INTERFACE)
target_include_directories(uasync_headers INTERFACE
    $<BUILD_INTERFACE:${UASYNC_ROOT}/include> $<INSTALL_INTERFACE:include>)
target_compile_features(uasync_headers INTERFACE cxx_std_23)

add_library(uasync_warnings INTERFACE)
target_compile_options(uasync_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${UASYNC_WERROR}>>:-Werror>)

# The headers of the standard library that uasync's headers include. Builds that compile many files precompile them.
set_property(GLOBAL PROPERTY UASYNC_STANDARD_HEADERS
    <algorithm> <array> <atomic> <bit> <chrono> <concepts> <coroutine> <cstddef> <cstdint> <exception> <expected> <limits> <new>
    <optional> <source_location> <span> <string_view> <tuple> <type_traits> <utility>)

# uasync_add_runtime(<name> PORT sim|linux|rp2040 [POOL <bytes>] [DEFINITIONS <NAME=value>...])
#
# The runtime as a static library with one port and one set of options; what links it is compiled with the same options. A program links exactly
# one. POOL makes the frame pool a static array of so many bytes, as a board needs.
function(uasync_add_runtime name)
    cmake_parse_arguments(arg "" "PORT;POOL" "DEFINITIONS" ${ARGN})
    cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)  # also where another project calls it
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${root}/src/*.cpp)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC uasync_headers PRIVATE $<BUILD_INTERFACE:uasync_warnings>)
    target_compile_definitions(${name} PUBLIC ${arg_DEFINITIONS})
    # Clang then aligns the frames of coroutines whose variables ask for it.
    target_compile_options(${name} PUBLIC "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fcoro-aligned-allocation;-Wno-coro-non-aligned-allocation-function>")
    if(arg_POOL)
        target_compile_definitions(${name} PUBLIC UASYNC_BOARD=1 UASYNC_FRAME_POOL_BYTES=${arg_POOL})
    endif()
    if(arg_PORT STREQUAL rp2040)
        # The runtime's own parts are optimised together, which saves 6 % of a firmware; the program's code stays as it is compiled.
        if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
            target_compile_options(${name} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-flto -ffat-lto-objects>)
        endif()
        target_include_directories(${name} PUBLIC ${root}/ports/rp2040)
        target_compile_definitions(${name} PUBLIC "UASYNC_PORT_HEADER=<rp2040_port.hpp>"
            "UASYNC_GPIO_PORT_HEADER=<rp2040_gpio.hpp>")
    elseif(arg_PORT STREQUAL sim)
        file(GLOB port_sources CONFIGURE_DEPENDS ${root}/ports/sim/*.cpp ${root}/ports/host/*.cpp)
        target_sources(${name} PRIVATE ${port_sources})
        target_compile_definitions(${name} PUBLIC UASYNC_PORT_PICKS=1 UASYNC_STATISTICS=1)
    elseif(arg_PORT STREQUAL linux)
        find_package(Threads REQUIRED)
        target_link_libraries(${name} PUBLIC Threads::Threads)
        target_sources(${name} PRIVATE ${root}/ports/linux/linux.cpp ${root}/ports/host/pins.cpp)
        target_compile_definitions(${name} PUBLIC UASYNC_THREADS=1 UASYNC_STEPS_PER_POLL=61)
    else()
        message(FATAL_ERROR "uasync_add_runtime: PORT is sim, linux or rp2040, not '${arg_PORT}'")
    endif()
    # One translation unit: the compiler sees through the calls between the parts, and is done in a tenth of the time.
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
    if(arg_PORT STREQUAL sim)
        # The simulation is what most tests link. Three units, so that after a change only one of them is compiled again.
        set_target_properties(${name} PROPERTIES UNITY_BUILD_MODE GROUP)
        foreach(source IN LISTS sources port_sources)
            string(REGEX MATCH "/src/kernel/|/ports/" group ${source})
            string(MAKE_C_IDENTIFIER "unity${group}" group)
            set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
        endforeach()
    endif()
    if(NOT arg_PORT STREQUAL rp2040)
        if(NOT "${arg_DEFINITIONS}" MATCHES UASYNC_NAMES)
            target_compile_definitions(${name} PUBLIC UASYNC_NAMES=1)
        endif()
        target_include_directories(${name} PUBLIC
            $<BUILD_INTERFACE:${root}/ports/sim/include> $<INSTALL_INTERFACE:include>)
    endif()
endfunction()
