# uasync_rp2040_port(<console> <loops> <result>): sets <result> to the object library of the port with this console, for programs with one loop or
# (<loops> is 1) several. It adds the library if no image has asked for it yet. The console is one of UASYNC_CONSOLE's: uart, usb or both.
function(uasync_rp2040_port console loops result)
    if(NOT console MATCHES "^(uart|usb|both)$")
        message(FATAL_ERROR "uasync: UASYNC_CONSOLE is uart, usb or both, not '${console}'")
    endif()
    set(name uasync_port_rp2040)
    if(NOT console STREQUAL "${UASYNC_CONSOLE}")
        string(APPEND name _${console})
    endif()
    if(loops)
        string(APPEND name _loops)
    endif()
    set(${result} ${name} PARENT_SCOPE)
    if(TARGET ${name})
        return()
    endif()
    cmake_path(SET folder NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../ports/rp2040)
    set(sources boot2.S clocks.cpp divide.S fatal.S gpio.cpp gpio_irq.S memory.S multiply.S runtime.S startup.S uart.S)
    if(UASYNC_DRIVERS)
        list(APPEND sources adc.cpp adc_irq.S flash.cpp flash.S i2c.cpp i2c_irq.S uart.cpp uart_irq.S)
    endif()
    set(irqs_1_to_12 $<BOOL:${UASYNC_RP2040_IRQS_1_TO_12}>)
    if(loops)
        list(APPEND sources cores.cpp cores.S lines.S)
        set(irqs_1_to_12 1)
    else()
        list(APPEND sources time.cpp)
    endif()
    if(NOT console STREQUAL uart)
        list(APPEND sources usb_console.cpp)
        set(irqs_1_to_12 1)
    endif()
    list(TRANSFORM sources PREPEND ${folder}/)
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${sources})
    if(NOT UASYNC_IS_TOP_LEVEL)
        set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)  # compiled in a third of the time
    endif()
    target_link_libraries(${name} PRIVATE uasync_headers)
    target_include_directories(${name} PRIVATE ${folder})
    target_compile_definitions(${name} PRIVATE UASYNC_BOARD=1 UASYNC_LOOPS=${loops} "UASYNC_PORT_HEADER=<rp2040_port.hpp>"
        UASYNC_RP2040_IRQS_1_TO_12=${irqs_1_to_12}
        UASYNC_CONSOLE_UART=$<NOT:$<STREQUAL:${console},usb>> UASYNC_CONSOLE_USB=$<NOT:$<STREQUAL:${console},uart>>)
    if(TARGET uasync_warnings)
        target_link_libraries(${name} PRIVATE uasync_warnings)
    endif()
endfunction()

# uasync_link_rp2040(<target> [CONSOLE uart|usb|both] [FLASH_RESERVED <bytes>]): links an executable target with the port and its linker script;
# only the .elf, which the boot loader does not start yet.
function(uasync_link_rp2040 target)
    cmake_parse_arguments(arg "" "CONSOLE;FLASH_RESERVED" "" ${ARGN})
    if(arg_FLASH_RESERVED)
        target_link_options(${target} PRIVATE -Wl,--defsym=uasync_flash_reserved=${arg_FLASH_RESERVED})
    endif()
    if(NOT arg_CONSOLE)
        set(arg_CONSOLE ${UASYNC_CONSOLE})
    endif()
    uasync_rp2040_port(${arg_CONSOLE} 0 port)
    uasync_rp2040_port(${arg_CONSOLE} 1 port_with_loops)
    cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
    set(linker_script ${root}/ports/rp2040/rp2040.ld)

    # Directly, not through a library: only then are the port's objects on the command line, the vector table among them. Which port it is
    # depends on the runtime that the target links.
    set(loops $<IN_LIST:UASYNC_LOOPS=1,$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>>)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:$<IF:${loops},${port_with_loops},${port}>>)
    if(UASYNC_LIBGCC)
        target_link_libraries(${target} PRIVATE ${UASYNC_LIBGCC})
    else()
        target_link_libraries(${target} PRIVATE gcc)
    endif()
    target_link_options(${target} PRIVATE
        -T${linker_script} -Wl,-Map=$<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.map)
    set_target_properties(${target} PROPERTIES SUFFIX .elf LINK_DEPENDS ${linker_script})
endfunction()

# uasync_add_rp2040_image(<target> [CONSOLE uart|usb|both] [FLASH_RESERVED <bytes>]): makes an executable target a firmware for the RP2040. Its
# console is UASYNC_CONSOLE unless it says otherwise. A program that reaches into the last FLASH_RESERVED bytes of the flash does not link.
#
# Links it with the port and its linker script, and writes next to it, after each link: the boot block's checksum into the .elf
# itself, a .bin (the bytes of the flash) and a .uf2 (for the drive that a Pico shows while BOOTSEL is held).

function(uasync_add_rp2040_image target)
    # Not with find_package(Python3), which starts it a dozen times.
    find_program(UASYNC_PYTHON NAMES python3 python DOC "Python 3, which makes the images" REQUIRED)
    cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
    uasync_link_rp2040(${target} ${ARGN})

    # -S: without site-packages, of which it needs none, Python starts in half the time.
    add_custom_command(TARGET ${target} POST_BUILD COMMAND ${UASYNC_PYTHON} -S ${root}/tools/image.py all $<TARGET_FILE:${target}> VERBATIM)
endfunction()
