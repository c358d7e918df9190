# What the library is made of, and how to build it with a port and options.

set(UASYNC_ROOT ${CMAKE_CURRENT_LIST_DIR}/..)
set(UASYNC_IS_TOP_LEVEL ${PROJECT_IS_TOP_LEVEL} CACHE INTERNAL "uasync is built by itself, not as a part of another project")

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

# uasync_add_runtime(<name> PORT <port> [INTERFACE] [NO_DRIVERS] [POOL <bytes>] [DEFINITIONS <NAME=value>...])
#
# The runtime as a static library with one port and one set of options; what links it is compiled with the same options. A program links
# exactly one. POOL makes the frame pool a static array of so many bytes, as a board needs.
#
# PORT is a folder of ports/, or of your own project: a path, which is taken from the calling directory. Its port.cmake adds to the
# target `${runtime}` what the port needs, with CMake's own commands: target_sources, target_include_directories,
# target_compile_definitions. `${definitions}` is what the caller has given.
#
# NO_DRIVERS leaves out drivers and devices, whatever UASYNC_DRIVERS says: they take most of the time of a build.
#
# INTERFACE makes it an interface library: the program that links it compiles the runtime's sources itself, with its own options, as an SDK
# needs whose libraries are of that kind.
function(uasync_add_runtime name)
    cmake_parse_arguments(arg "INTERFACE;NO_DRIVERS" "PORT;POOL" "DEFINITIONS" ${ARGN})
    if(arg_NO_DRIVERS)
        set(UASYNC_DRIVERS OFF)
    endif()
    cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)  # also where another project calls it
    set(runtime ${name})
    set(definitions ${arg_DEFINITIONS})
    uasync_find_port("${arg_PORT}" port)

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${root}/src/*.cpp)
    list(FILTER sources EXCLUDE REGEX "/src/(board/(adc|dma|edge_watch|flash|i2c|pio|pwm|spi|uart|watchdog)|device/(bme280|bme280_calibration|buzzer|dht22|ds18b20|ir|key_value_store|keypad|led|mipi_display|neopixel|onewire|ramp|rgb_led|servo|ssd1306|ultrasonic))[.]cpp$")  # uasync_add_drivers
    set(devices ${sources})
    list(FILTER devices INCLUDE REGEX "/src/(board/level_awaiter|device/[a-z_]+)[.]cpp$")
    list(REMOVE_ITEM sources ${devices})
    if(UASYNC_DRIVERS)
        uasync_join_sources(${name}_devices "${devices}" devices)
        # By themselves: a program with one of them has another interrupt of the pins.
        uasync_join_sources(${name}_on_edges "${root}/src/board/edge_watch.cpp;${root}/src/device/keypad.cpp" on_edges)
        list(APPEND sources ${devices} ${on_edges})
    endif()
    if(arg_INTERFACE)
        set(public INTERFACE)
        add_library(${name} INTERFACE)
        uasync_in_one_unit(${name} sources "${sources}")
        target_sources(${name} INTERFACE ${sources})
        target_compile_definitions(${name} INTERFACE UASYNC_WHOLE_RUNTIME=1)
    else()
        set(public PUBLIC)
        add_library(${name} STATIC ${sources})
        target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:uasync_warnings>)
    endif()
    target_link_libraries(${name} ${public} uasync_headers)
    target_compile_definitions(${name} ${public} ${arg_DEFINITIONS})
    if(NOT UASYNC_DRIVERS)
        target_compile_definitions(${name} ${public} UASYNC_NO_DRIVERS=1)
    endif()
    # Clang then aligns the frames of coroutines whose variables ask for it.
    target_compile_options(${name} ${public}
        "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fcoro-aligned-allocation;-Wno-coro-non-aligned-allocation-function>")
    if(arg_POOL)
        target_compile_definitions(${name} ${public} UASYNC_BOARD=1 UASYNC_FRAME_POOL_BYTES=${arg_POOL})
    endif()
    if(NOT arg_INTERFACE)
        uasync_compile_together(${name} "${sources}")
    endif()
    include(${port}/port.cmake)
endfunction()

# Sets <result> to the folder of a port that is named as in uasync_add_runtime.
function(uasync_find_port port result)
    cmake_path(SET ports NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../ports)
    cmake_path(ABSOLUTE_PATH port BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE own)
    foreach(folder ${ports}/${port} ${own})
        if(NOT "${port}" STREQUAL "" AND EXISTS ${folder}/port.cmake)
            set(${result} ${folder} PARENT_SCOPE)
            return()
        endif()
    endforeach()
    file(GLOB known RELATIVE ${ports} ${ports}/*/port.cmake)
    list(TRANSFORM known REPLACE "/port.cmake" "")
    list(REMOVE_ITEM known host)
    list(JOIN known ", " known)
    message(FATAL_ERROR "uasync_add_runtime: no port '${port}'. PORT is one of ${known}, or a folder with a port.cmake "
        "(there is none in ${own})")
endfunction()

# Sets <result> to those of the runtime's sources that are compiled by themselves: a port without pins or buses links if the program uses none,
# and a program that uses no drivers, devices, levels or report_long_steps has nothing of them.
function(uasync_sources_alone sources result)
    list(FILTER sources INCLUDE REGEX "/src/(board/pin|kernel/(levels|long_steps|instrumented_loop))[.]cpp$|_(devices|on_edges)[.]cpp$")
    set(${result} ${sources} PARENT_SCOPE)
endfunction()

# uasync_join_sources(<name> <sources> <result>): sets <result> to a source file that includes others. What is compiled by itself costs each build
# a second or two, most of it for the same headers; of one file, the linker drops what nothing uses.
function(uasync_join_sources name sources result)
    list(TRANSFORM sources REPLACE "(.+)" "#include \"\\1\"\n")
    list(JOIN sources "" text)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "@text@" @ONLY)
    set(${result} ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp PARENT_SCOPE)
endfunction()

# uasync_add_drivers(<runtime> [<source>...]): for the port.cmake of a port that has what board/*_port.hpp ask for. Adds the drivers, and the port's
# sources for them, if UASYNC_DRIVERS is on.
function(uasync_add_drivers runtime)
    if(NOT UASYNC_DRIVERS)
        return()
    endif()
    cmake_path(SET board NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../src/board)
    cmake_path(SET device NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../src/device)
    uasync_join_sources(${runtime}_drivers "${board}/adc.cpp;${board}/i2c.cpp;${board}/uart.cpp" drivers)
    # What is wired to a bus or a modulator, apart from the devices that need only pins: not every port has these.
    uasync_join_sources(${runtime}_on_i2c "${device}/bme280.cpp;${device}/bme280_calibration.cpp;${device}/ssd1306.cpp" on_i2c)
    uasync_join_sources(${runtime}_on_pwm "${device}/buzzer.cpp;${device}/led.cpp;${device}/ramp.cpp;${device}/rgb_led.cpp;${device}/servo.cpp" on_pwm)
    uasync_join_sources(${runtime}_on_onewire "${device}/ds18b20.cpp;${device}/onewire.cpp" on_onewire)
    uasync_join_sources(${runtime}_on_pio "${device}/dht22.cpp;${device}/ir.cpp;${device}/ultrasonic.cpp" on_pio)
    # The others by themselves: they bring a larger vector table with them, or are all that a program uses.
    set(added ${drivers} ${on_i2c} ${on_pwm} ${board}/dma.cpp ${board}/flash.cpp ${board}/pio.cpp ${board}/pwm.cpp ${board}/spi.cpp ${board}/watchdog.cpp
        ${device}/key_value_store.cpp ${device}/mipi_display.cpp ${device}/neopixel.cpp ${on_onewire} ${on_pio} ${ARGN})
    set_source_files_properties(${added} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    target_sources(${runtime} PRIVATE ${added})
endfunction()

# Has the runtime's sources compiled as one unit.
function(uasync_compile_together name sources)
    # The compiler sees through the calls between the parts, and is done in a tenth of the time.
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
    uasync_sources_alone("${sources}" alone)
    set_source_files_properties(${alone} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Sets <result> to a source file that includes the runtime's, because an interface library has no unity build of its own: each program that
# links it compiles them again, so they have to be quick to compile.
function(uasync_in_one_unit name result sources)
    uasync_sources_alone("${sources}" alone)
    list(REMOVE_ITEM sources ${alone})
    uasync_join_sources(${name}_runtime "${sources}" runtime)
    set(${result} ${runtime} ${alone} PARENT_SCOPE)
endfunction()

# uasync_add_extra_outputs(<target>): in a Pico SDK project, what pico_add_extra_outputs does. The SDK has picotool write the UF2 file; in a
# project that sets PICO_NO_PICOTOOL, tools/image.py writes it instead.
function(uasync_add_extra_outputs target)
    pico_add_extra_outputs(${target})
    if(NOT PICO_NO_PICOTOOL)
        return()
    endif()
    find_package(Python3 3.8 REQUIRED COMPONENTS Interpreter)
    cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${Python3_EXECUTABLE} ${root}/tools/image.py uf2 $<TARGET_FILE:${target}>
            $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.uf2 --chip $<IF:$<BOOL:${PICO_RP2350}>,rp2350,rp2040>
        VERBATIM)
endfunction()
