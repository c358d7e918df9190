# The port itself is the object library uasync_port_rp2040, which uasync_add_rp2040_image links: its vector table has to be on the
# command line of the linker.
target_include_directories(${runtime} PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_compile_definitions(${runtime} PUBLIC UASYNC_BOARD=1 UASYNC_STEP_TIMER=1 "UASYNC_PORT_HEADER=<rp2040_port.hpp>"
    "UASYNC_GPIO_PORT_HEADER=<rp2040_gpio.hpp>")
# In the library, not in the port, so that they are linked only with report_long_steps, or with what needs their interrupts.
set(alone dma.cpp pio.cpp pwm.cpp spi.cpp watchdog.cpp)
list(TRANSFORM alone PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/step_timer.cpp ${alone} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/step_timer.cpp)
uasync_add_drivers(${runtime} ${alone} ${CMAKE_CURRENT_LIST_DIR}/irqs_1_to_12.S)
# The runtime's own parts are optimised together, which saves 6 % of a firmware; the program's code stays as it is compiled.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Compiled only for the link, which takes a third less time.
    if(CMAKE_AR MATCHES "gcc-ar")
        set(objects -fno-fat-lto-objects)
    else()
        set(objects -ffat-lto-objects)
    endif()
    target_compile_options(${runtime} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-flto ${objects}>)
endif()
