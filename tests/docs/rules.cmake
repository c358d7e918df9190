# The programs in the documentation, in headers and in pages, are built and run on the simulation, or on Linux if their first line is
# `// Linux`, and print what stands beside them. In one preset (GCC, Release), without optimisation.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU OR NOT CMAKE_BUILD_TYPE STREQUAL Release)
    return()
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(docs_script ${CMAKE_CURRENT_LIST_DIR}/pages.py)
cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)
set(examples ${CMAKE_CURRENT_BINARY_DIR}/docs)
execute_process(COMMAND ${Python3_EXECUTABLE} ${docs_script} extract ${root} ${examples}
    OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)

# A page or a header that changes is extracted anew. Only a program more or less takes a new configuration.
file(GLOB_RECURSE documented CONFIGURE_DEPENDS ${root}/docs/*.md ${root}/include/uasync/*.hpp ${root}/ports/sim/include/uasync/*.hpp)
set(programs ${names})
list(TRANSFORM programs PREPEND ${examples}/)
set(program_sources ${programs})
list(TRANSFORM program_sources APPEND .cpp)
set(program_outputs ${programs})
list(TRANSFORM program_outputs APPEND .txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${examples}/names.txt ${docs_script} ${root}/tools/docs/programs.py)
add_custom_command(OUTPUT ${program_sources} ${program_outputs}
    COMMAND ${Python3_EXECUTABLE} ${docs_script} extract ${root} ${examples} > ${CMAKE_CURRENT_BINARY_DIR}/docs_names.txt
    DEPENDS ${documented} ${root}/README.md ${docs_script} ${root}/tools/docs/programs.py
    COMMENT "Extracting the programs in the documentation")
add_custom_target(docs_programs ALL DEPENDS ${program_sources} ${program_outputs})

file(CONFIGURE OUTPUT ${examples}/headers.cpp CONTENT "// Only carries the headers below.\n")
add_library(docs_headers OBJECT ${examples}/headers.cpp)
target_link_libraries(docs_headers PRIVATE uasync_sim uasync_warnings)
target_compile_options(docs_headers PRIVATE -O0)
target_precompile_headers(docs_headers PRIVATE <uasync/uasync.hpp>)

# uasync_add_programs(<target> <source>...): one program that has several; which one runs is its argument. As with the tests of headers, that is
# what is built, in a fraction of the time, and each of them is built by itself when it is asked for.
function(uasync_add_programs target)
    set(units "")
    set(table "")
    set(declarations "")
    set(left ${ARGN})
    while(left)
        list(SUBLIST left 0 15 files)
        list(REMOVE_ITEM left ${files})
        list(LENGTH units number)
        set(unit ${CMAKE_CURRENT_BINARY_DIR}/${target}_${number}.cpp)
        add_custom_command(OUTPUT ${unit} DEPENDS ${files} ${root}/tests/support/together.cmake
            COMMAND ${CMAKE_COMMAND} -P ${root}/tests/support/together.cmake ${unit} ${files})
        list(APPEND units ${unit})
        foreach(file IN LISTS files)
            cmake_path(GET file STEM name)
            string(APPEND declarations "namespace from_${name} {\nvoid program();\n}\n")
            string(APPEND table "    if (name == \"${name}\") return from_${name}::program(), 0;\n")
        endforeach()
    endwhile()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp @ONLY CONTENT
        "#include <string_view>\n@declarations@int main(int, char** arguments) {\n    std::string_view name = arguments[1];\n@table@    return 2;\n}\n")
    add_executable(${target} ${units} ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
    target_precompile_headers(${target} REUSE_FROM docs_headers)
    target_link_libraries(${target} PRIVATE uasync_sim uasync_warnings)
    target_compile_options(${target} PRIVATE -O0 $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# uasync_add_program(<target> <source>): a program by itself.
function(uasync_add_program target source)
    add_executable(${target} EXCLUDE_FROM_ALL ${source})
    target_precompile_headers(${target} REUSE_FROM docs_headers)
    target_link_libraries(${target} PRIVATE uasync_sim uasync_warnings)
    target_compile_options(${target} PRIVATE -O0)
endfunction()

set(compare ${Python3_EXECUTABLE} ${docs_script} compare)
set(together "")
foreach(name IN LISTS names)
    file(STRINGS ${examples}/${name}.cpp first_line LIMIT_COUNT 1)
    if(first_line STREQUAL "// Linux")  # it needs threads
        add_executable(docs_${name} ${examples}/${name}.cpp)
        target_link_libraries(docs_${name} PRIVATE uasync_linux uasync_warnings)
        target_compile_options(docs_${name} PRIVATE -O0)
        add_test(NAME docs.${name} COMMAND ${compare} ${examples}/${name}.txt $<TARGET_FILE:docs_${name}>)
        set_tests_properties(docs.${name} PROPERTIES TIMEOUT 120)
    else()
        list(APPEND together ${examples}/${name}.cpp)
        uasync_add_program(docs_${name} ${examples}/${name}.cpp)
        add_test(NAME docs.${name} CONFIGURATIONS single COMMAND ${compare} ${examples}/${name}.txt $<TARGET_FILE:docs_${name}>)
        add_test(NAME together.docs.${name} COMMAND ${compare} ${examples}/${name}.txt $<TARGET_FILE:docs_all> ${name})
        set_tests_properties(docs.${name} together.docs.${name} PROPERTIES TIMEOUT 120)
    endif()
    add_dependencies(docs_${name} docs_programs)
endforeach()
uasync_add_programs(docs_all ${together})

# Other blocks of C++ in the pages compile, or stand in a file that does.
add_test(
    NAME docs.blocks
    COMMAND
        ${Python3_EXECUTABLE} ${docs_script} blocks ${root} --
        ${CMAKE_CXX_COMPILER} -std=c++23 -fsyntax-only -Wall -Wextra -Werror -Wno-unused-variable
        "-I$<JOIN:$<TARGET_PROPERTY:uasync_sim,INCLUDE_DIRECTORIES>,;-I>"
        "-D$<JOIN:$<TARGET_PROPERTY:uasync_sim,COMPILE_DEFINITIONS>,;-D>"
    COMMAND_EXPAND_LISTS)
set_tests_properties(docs.blocks PROPERTIES TIMEOUT 300)

# The lessons' programs, and the solutions of their exercises, print what the ends of their sources say.
file(GLOB lessons CONFIGURE_DEPENDS ${root}/docs/lessons/programs/*.cpp ${root}/docs/lessons/solutions/*.cpp)
set(run ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/lessons.py run)
foreach(source IN LISTS lessons)
    cmake_path(GET source STEM name)
    uasync_add_program(lesson_${name} ${source})
    add_test(NAME lessons.${name} CONFIGURATIONS single COMMAND ${run} ${source} $<TARGET_FILE:lesson_${name}>)
    add_test(NAME together.lessons.${name} COMMAND ${run} ${source} $<TARGET_FILE:lessons_all> ${name})
    set_tests_properties(lessons.${name} together.lessons.${name} PROPERTIES TIMEOUT 120)
endforeach()
uasync_add_programs(lessons_all ${lessons})
add_test(NAME lessons.pages COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/lessons.py check ${root})

add_test(NAME docs.named_tests COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/named_tests.py ${root})
add_test(NAME docs.quotes COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/quotes.py ${root})
add_test(NAME docs.structure COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/structure.py ${root})
