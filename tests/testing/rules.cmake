# The program of docs/testing_your_firmware.md prints what the guide says. In one preset, as those of the reference (docs/rules.cmake).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_BUILD_TYPE STREQUAL Release)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    set(guide ${CMAKE_CURRENT_BINARY_DIR}/guide)
    cmake_path(SET guide_page NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../../docs/testing_your_firmware.md)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${guide_page})
    file(COPY ${guide_page} DESTINATION ${guide}/page)
    execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/../docs/pages.py extract ${guide}/page ${guide}
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    add_executable(docs_testing_guide ${guide}/testing_your_firmware.cpp)
    target_link_libraries(docs_testing_guide PRIVATE uasync_sim uasync_warnings)
    add_test(NAME docs.testing_guide
        COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/../docs/pages.py compare $<TARGET_FILE:docs_testing_guide>
            ${guide}/testing_your_firmware.txt)
endif()
