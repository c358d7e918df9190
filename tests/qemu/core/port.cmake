# The simulation for a board: ports/sim without the schedule explorer, which needs an address space of 64 bits, without drivers, and without the
# variables of an environment.
set(sim ${UASYNC_ROOT}/ports/sim)
target_sources(${runtime} PRIVATE ${sim}/clock.cpp ${sim}/console.cpp ${UASYNC_ROOT}/ports/host/pins.cpp ${CMAKE_CURRENT_LIST_DIR}/environment.cpp)
target_include_directories(${runtime} PUBLIC ${sim}/include)
target_compile_definitions(${runtime} PUBLIC UASYNC_BOARD=1 UASYNC_LOOPS=1 UASYNC_ONE_CORE=1 UASYNC_FRAME_POOLS=1
    UASYNC_NAMES=1 UASYNC_PORT_PICKS=1 UASYNC_STATISTICS=1)
target_compile_options(${runtime} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-psabi>)  # what has changed since GCC 7
set(libraries stdc++_nano m c_nano gcc)
if(COMMAND uasync_arm_library)  # Clang has none of its own
    list(TRANSFORM libraries REPLACE "(.+)" "lib\\1.a" OUTPUT_VARIABLE names)
    set(libraries "")
    foreach(name IN LISTS names)
        uasync_arm_library(${name} path)
        list(APPEND libraries ${path})
    endforeach()
endif()
target_link_libraries(${runtime} PUBLIC ${libraries})
