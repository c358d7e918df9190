# What the bare ports of several chips share: the rest of a C++ runtime, and how a firmware is linked.

set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/runtime.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
target_sources(${runtime} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/runtime.cpp)
target_link_libraries(${runtime} PUBLIC ${UASYNC_BOARD_LIBRARIES})  # of the toolchain file: memcpy and the like
include(${CMAKE_CURRENT_LIST_DIR}/image.cmake)
