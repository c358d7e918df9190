find_package(Threads REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/../host/port.cmake)
target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/linux.cpp ${CMAKE_CURRENT_LIST_DIR}/step_timer.cpp)
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/step_timer.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # linked where it is used
target_link_libraries(${runtime} PUBLIC Threads::Threads)
target_compile_definitions(${runtime} PUBLIC UASYNC_THREADS=1 UASYNC_STEPS_PER_POLL=61 UASYNC_STEP_TIMER=1)
