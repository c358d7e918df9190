# Adds this port to a runtime: uasync_add_runtime(<name> PORT <this folder> POOL <bytes>).

target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/minimal_port.cpp)
target_compile_definitions(${runtime} PUBLIC UASYNC_BOARD=1 UASYNC_STEPS_PER_POLL=1)
