# The programs in the documentation as images for the Pico, which the documentation's site opens on its board page. They are built by name
# only: `docs_board`.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU OR NOT CMAKE_BUILD_TYPE STREQUAL MinSizeRel)
    return()
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)
set(folder ${CMAKE_CURRENT_BINARY_DIR}/docs)
execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/pages.py extract --board ${root} ${folder}
    OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)

# With all that an example may show: names in reports, and pools of its own.
uasync_add_runtime(uasync_docs PORT rp2040 POOL 8192 DEFINITIONS UASYNC_NAMES=1 UASYNC_FRAME_POOLS=1)
set_target_properties(uasync_docs PROPERTIES EXCLUDE_FROM_ALL ON)
uasync_add_runtime(uasync_docs_loops PORT rp2040 NO_DRIVERS POOL 8192 DEFINITIONS UASYNC_NAMES=1 UASYNC_FRAME_POOLS=1 UASYNC_LOOPS=1)
set_target_properties(uasync_docs_loops PROPERTIES EXCLUDE_FROM_ALL ON)

# The headers of most of them, compiled once.
file(CONFIGURE OUTPUT ${folder}/headers.cpp CONTENT "// Only carries the headers below.\n")
add_library(docs_board_headers OBJECT EXCLUDE_FROM_ALL ${folder}/headers.cpp)
target_link_libraries(docs_board_headers PRIVATE uasync_docs uasync_warnings)
target_precompile_headers(docs_board_headers PRIVATE <uasync/uasync.hpp>)

add_custom_target(docs_board)
foreach(name IN LISTS names)
    add_executable(docs_${name} EXCLUDE_FROM_ALL ${folder}/${name}.cpp)
    set_target_properties(docs_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder} OUTPUT_NAME ${name})
    file(READ ${folder}/${name}.cpp code LIMIT 7)
    if(code MATCHES "^// Pico")  # it needs several loops, and a test runs it
        set_target_properties(docs_${name} PROPERTIES EXCLUDE_FROM_ALL OFF)
        target_link_libraries(docs_${name} PRIVATE uasync_docs_loops uasync_warnings)
    else()
        target_precompile_headers(docs_${name} REUSE_FROM docs_board_headers)
        target_link_libraries(docs_${name} PRIVATE uasync_docs uasync_warnings)
    endif()
    uasync_add_rp2040_image(docs_${name})
    add_dependencies(docs_board docs_${name})
endforeach()
