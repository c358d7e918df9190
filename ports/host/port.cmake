# What a runtime with a host's port gets, whichever it is: simulated pins and buses, names for tasks, and the headers that play the hardware.

target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pins.cpp)
uasync_add_drivers(${runtime} ${CMAKE_CURRENT_LIST_DIR}/adc.cpp ${CMAKE_CURRENT_LIST_DIR}/i2c.cpp ${CMAKE_CURRENT_LIST_DIR}/pwm.cpp
    ${CMAKE_CURRENT_LIST_DIR}/uart.cpp)
cmake_path(SET headers NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../sim/include)
target_include_directories(${runtime} PUBLIC $<BUILD_INTERFACE:${headers}> $<INSTALL_INTERFACE:include>)
if(NOT "${definitions}" MATCHES UASYNC_NAMES)
    target_compile_definitions(${runtime} PUBLIC UASYNC_NAMES=1)
endif()
