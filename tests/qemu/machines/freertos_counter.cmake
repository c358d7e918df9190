set(step counter)
include(${CMAKE_CURRENT_LIST_DIR}/freertos.cmake)
