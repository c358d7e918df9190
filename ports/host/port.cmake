# What a runtime with a host's port gets, whichever it is: simulated pins and buses, names for tasks, and the headers that play the hardware.

target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pins.cpp)
set(drivers adc.cpp dma.cpp flash.cpp i2c.cpp pio.cpp pwm.cpp spi.cpp uart.cpp watchdog.cpp)
list(TRANSFORM drivers PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
uasync_add_drivers(${runtime} ${drivers})
cmake_path(SET headers NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../sim/include)
target_include_directories(${runtime} PUBLIC $<BUILD_INTERFACE:${headers}> $<INSTALL_INTERFACE:include>)
if(NOT "${definitions}" MATCHES UASYNC_NAMES)
    target_compile_definitions(${runtime} PUBLIC UASYNC_NAMES=1)
endif()
