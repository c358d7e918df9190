# A program that was compiled with other options than the runtime does not link, and the linker says which it was compiled with.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    return()
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME link.options
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check_options.py $<TARGET_FILE:uasync_sim> --
        ${CMAKE_CXX_COMPILER} -std=c++23 "-I$<JOIN:$<TARGET_PROPERTY:uasync_sim,INCLUDE_DIRECTORIES>,;-I>"
    COMMAND_EXPAND_LISTS)
set_tests_properties(link.options PROPERTIES TIMEOUT 120)
uasync_test_part(compiler link.options uasync_sim)
