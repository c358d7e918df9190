# Fuzz targets: random sequences of operations against plain models, under the address sanitizer. Only where Clang builds without another
# sanitizer (preset clang), for a bounded number of runs with a fixed seed; inputs/<target> has those that once found something. To look further:
# build/clang/tests/fuzz_queue -max_len=200
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang OR NOT CMAKE_BUILD_TYPE STREQUAL Release)
    return()
endif()

set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
uasync_add_runtime(uasync_sim_fuzz PORT sim NO_DRIVERS)
set_target_properties(uasync_sim_fuzz PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
target_compile_options(uasync_sim_fuzz PUBLIC -O1 ${sanitizers} PRIVATE -fsanitize=fuzzer-no-link)
target_link_options(uasync_sim_fuzz PUBLIC ${sanitizers})

foreach(fuzzed timer_queue queue tasks task_group)
    add_executable(fuzz_${fuzzed} ${CMAKE_CURRENT_LIST_DIR}/${fuzzed}.cpp)
    target_link_libraries(fuzz_${fuzzed} PRIVATE uasync_sim_fuzz uasync_warnings)
    target_compile_options(fuzz_${fuzzed} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${fuzzed} PRIVATE -fsanitize=fuzzer)
    add_test(NAME fuzz.${fuzzed} COMMAND fuzz_${fuzzed} -runs=10000 -seed=1 -max_len=120 -len_control=0 -verbosity=0)
    file(GLOB inputs CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/inputs/${fuzzed}/*)
    add_test(NAME fuzz.${fuzzed}.inputs COMMAND fuzz_${fuzzed} ${inputs})
    set_tests_properties(fuzz.${fuzzed} fuzz.${fuzzed}.inputs PROPERTIES TIMEOUT 120)
    uasync_test_part(compiler fuzz.${fuzzed} fuzz_${fuzzed})
    uasync_test_part(compiler fuzz.${fuzzed}.inputs)
endforeach()
