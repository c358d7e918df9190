# Builds and runs a project that uses uasync: installed, as a subdirectory, fetched, and as a subdirectory of a firmware. With one
# compiler, as it is the build files that are tested.

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU OR CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    return()
endif()

set(consumer_dir ${CMAKE_CURRENT_BINARY_DIR}/consumer)

# add_consumer_test(<name> <what to run> <cache entry>...): a project that builds uasync itself does so without optimisation, which is quicker.
function(add_consumer_test name run)
    add_test(NAME consumer.${name} COMMAND ${CMAKE_CTEST_COMMAND}
        --build-and-test ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/project ${consumer_dir}/${name} --build-generator ${CMAKE_GENERATOR}
        --build-options -DCMAKE_BUILD_TYPE=Debug -DUASYNC_SOURCE=${PROJECT_SOURCE_DIR} ${ARGN}
        --test-command ${run})
    set_tests_properties(consumer.${name} PROPERTIES TIMEOUT 600 COST 100)  # first, so that no core waits for it at the end
endfunction()

set(run_all ${CMAKE_CTEST_COMMAND} --output-on-failure --no-tests=error)
set(compiler -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER})

add_test(NAME consumer.install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${consumer_dir}/prefix)
set_tests_properties(consumer.install PROPERTIES FIXTURES_SETUP uasync_installed)
add_consumer_test(find_package "${run_all}" ${compiler} -DUASYNC_FROM=find_package -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${consumer_dir}/prefix)
set_tests_properties(consumer.find_package PROPERTIES FIXTURES_REQUIRED uasync_installed)

add_consumer_test(add_subdirectory "${run_all}" ${compiler} -DUASYNC_FROM=add_subdirectory)

# What `./uasync new` writes, which fetches the library if there is git.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(UASYNC_GIT git)
function(add_new_project_test kind)
    add_test(NAME consumer.new_${kind} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/new_project.py
        ${PROJECT_SOURCE_DIR} ${consumer_dir}/new_${kind} ${kind})
    set_tests_properties(consumer.new_${kind} PROPERTIES TIMEOUT 600 COST 100)
endfunction()
if(UASYNC_GIT)
    add_new_project_test(fetched)
else()
    add_consumer_test(FetchContent "${run_all}" ${compiler} -DUASYNC_FROM=FetchContent)
    add_new_project_test(linux)
endif()

find_program(UASYNC_ARM_GXX arm-none-eabi-g++)
if(UASYNC_ARM_GXX)
    add_consumer_test(pico "${CMAKE_COMMAND};-E;sha256sum;consumer.elf;consumer.bin;consumer.uf2"
        -DUASYNC_FROM=add_subdirectory -DUASYNC_DRIVERS=ON -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/rp2040-gcc.cmake)
    add_new_project_test(pico)
    if(EXISTS $ENV{PICO_SDK_PATH}/pico_sdk_init.cmake AND EXISTS ${PROJECT_SOURCE_DIR}/ports/pico-sdk)
        add_new_project_test(pico-sdk)
    endif()

    add_test(NAME consumer.wrong_console COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/project -B ${consumer_dir}/wrong_console
        -G ${CMAKE_GENERATOR} -DUASYNC_FROM=add_subdirectory -DUASYNC_SOURCE=${PROJECT_SOURCE_DIR} -DUASYNC_CONSOLE=serial
        -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/rp2040-gcc.cmake)
    set_tests_properties(consumer.wrong_console PROPERTIES
        PASS_REGULAR_EXPRESSION "uasync: UASYNC_CONSOLE is uart, usb or both, not 'serial'")
endif()
