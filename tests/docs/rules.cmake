# The programs of the reference and of the guides are built and run on the simulation, or on Linux if their first line is `// Linux`, and
# print what their pages say. In one preset (GCC, Release), without optimisation.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU OR NOT CMAKE_BUILD_TYPE STREQUAL Release)
    return()
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(docs_script ${CMAKE_CURRENT_LIST_DIR}/pages.py)
cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)
set(examples ${CMAKE_CURRENT_BINARY_DIR}/docs)
set(guides ${root}/docs/testing_your_firmware.md ${root}/docs/writing_an_awaitable.md)
file(GLOB pages CONFIGURE_DEPENDS ${root}/docs/reference/*.md)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${pages} ${guides} ${docs_script})  # a page that changes is extracted anew
execute_process(COMMAND ${Python3_EXECUTABLE} ${docs_script} extract ${examples} ${root}/docs/reference ${guides}
    OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)

file(CONFIGURE OUTPUT ${examples}/headers.cpp CONTENT "// Only carries the headers below.\n")
add_library(docs_headers OBJECT ${examples}/headers.cpp)
target_link_libraries(docs_headers PRIVATE uasync_sim uasync_warnings)
target_compile_options(docs_headers PRIVATE -O0)
target_precompile_headers(docs_headers PRIVATE <uasync/uasync.hpp>)

foreach(name IN LISTS names)
    add_executable(docs_${name} ${examples}/${name}.cpp)
    file(STRINGS ${examples}/${name}.cpp first_line LIMIT_COUNT 1)
    if(first_line STREQUAL "// Linux")  # it needs threads
        target_link_libraries(docs_${name} PRIVATE uasync_linux uasync_warnings)
    else()
        target_precompile_headers(docs_${name} REUSE_FROM docs_headers)
        target_link_libraries(docs_${name} PRIVATE uasync_sim uasync_warnings)
    endif()
    target_compile_options(docs_${name} PRIVATE -O0)
    add_test(NAME docs.${name}
        COMMAND ${Python3_EXECUTABLE} ${docs_script} compare $<TARGET_FILE:docs_${name}> ${examples}/${name}.txt)
    set_tests_properties(docs.${name} PROPERTIES TIMEOUT 120)
endforeach()

# The lessons' programs, and the solutions of their exercises, print what the ends of their sources say.
file(GLOB lessons CONFIGURE_DEPENDS ${root}/docs/lessons/programs/*.cpp ${root}/docs/lessons/solutions/*.cpp)
foreach(source IN LISTS lessons)
    cmake_path(GET source STEM name)
    add_executable(lesson_${name} ${source})
    target_precompile_headers(lesson_${name} REUSE_FROM docs_headers)
    target_link_libraries(lesson_${name} PRIVATE uasync_sim uasync_warnings)
    target_compile_options(lesson_${name} PRIVATE -O0)
    add_test(NAME lessons.${name}
        COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/lessons.py run $<TARGET_FILE:lesson_${name}> ${source})
    set_tests_properties(lessons.${name} PROPERTIES TIMEOUT 120)
endforeach()
add_test(NAME lessons.pages COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/lessons.py check ${root})

add_test(NAME docs.pages COMMAND ${Python3_EXECUTABLE} ${docs_script} check ${root})
add_test(NAME docs.named_tests COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/named_tests.py ${root})
