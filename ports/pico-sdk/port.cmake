# Inside of a Raspberry Pi Pico SDK project, on its interrupts, alarms, pins and stdio. The runtime is an interface library, as the SDK's own
# are: the program compiles both with its own options.

if(NOT TARGET pico_stdlib)
    message(FATAL_ERROR "uasync: the port pico-sdk builds on the Pico SDK, which is not there yet. Call pico_sdk_init() first, then add uasync")
endif()
if(NOT PICO_PLATFORM MATCHES "^rp2040$|^rp2350(-arm-s)?$")
    message(FATAL_ERROR "uasync: the port pico-sdk does not support the board '${PICO_BOARD}', whose platform is '${PICO_PLATFORM}'. It supports "
        "the platforms rp2040 and rp2350-arm-s, such as the boards pico, pico_w, pico2 and pico2_w; set PICO_BOARD to one of these")
endif()

foreach(part time sleep cores freertos gpio console step_timer)
    target_sources(${runtime} INTERFACE ${CMAKE_CURRENT_LIST_DIR}/${part}.cpp)
endforeach()
target_include_directories(${runtime} INTERFACE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/include)
target_link_libraries(${runtime} INTERFACE pico_stdlib hardware_clocks hardware_exception hardware_gpio hardware_irq hardware_sync hardware_timer)
# The SDK defines LIB_PICO_MULTICORE in a program that links pico_multicore; then both cores may use what loops share. With several loops
# (UASYNC_LOOPS), some may run in interrupts. The program's own definitions count, so the preprocessor decides.
target_compile_definitions(${runtime} INTERFACE UASYNC_BOARD=1 "UASYNC_ONE_CORE=(!LIB_PICO_MULTICORE&&!UASYNC_LOOPS)"
    "UASYNC_STEP_TIMER=(!LIB_FREERTOS_KERNEL&&!PICO_NO_RAM_VECTOR_TABLE)" "UASYNC_PORT_HEADER=<pico_sdk_port.hpp>" "UASYNC_GPIO_PORT_HEADER=<pico_sdk_gpio.hpp>")
# On Thumb-1 a jump table is a call, slower than the few comparisons with which a coroutine resumes.
if(PICO_RP2040)
    target_compile_options(${runtime} INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-jump-tables>)
endif()
# A forgotten co_await is no sleep at all; without this, a program that does not look at its warnings would not notice.
target_compile_options(${runtime} INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror=unused-result>)
# A program that links this, too, tells of a hard fault. It is apart, because some programs have a handler of their own.
if(NOT TARGET uasync_fault)
    add_library(uasync_fault INTERFACE)
    target_sources(uasync_fault INTERFACE ${CMAKE_CURRENT_LIST_DIR}/fault.cpp)
    target_link_libraries(uasync_fault INTERFACE hardware_exception)
    add_library(uasync::fault ALIAS uasync_fault)
endif()
# Tells the port whether the program has brought up a console of its own.
pico_wrap_function(${runtime} stdio_set_driver_enabled)
