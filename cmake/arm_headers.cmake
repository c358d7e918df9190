# What other compilers take from arm-none-eabi-g++: its C++ headers, and the paths of its libraries. `uasync_arm` holds the flags that name an Arm
# processor to that compiler.

find_program(UASYNC_ARM_GCC arm-none-eabi-g++ REQUIRED)
separate_arguments(uasync_arm_flags UNIX_COMMAND "${uasync_arm}")

# Where it looks for headers.
execute_process(
    COMMAND ${UASYNC_ARM_GCC} ${uasync_arm_flags} -E -x c++ -v /dev/null
    ERROR_VARIABLE uasync_search OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "#include <\\.\\.\\.> search starts here:\n(.*)\nEnd of search list" _ "${uasync_search}")
string(REGEX REPLACE "[ \n]+" ";" uasync_folders "${CMAKE_MATCH_1}")
foreach(folder IN LISTS uasync_folders)
    # GCC's own headers (<stddef.h> and the like) come from the other compiler instead.
    if(folder AND NOT folder MATCHES "/lib/gcc/[^/]+/[^/]+/include(-fixed)?$")
        cmake_path(NORMAL_PATH folder)
        list(APPEND CMAKE_CXX_STANDARD_INCLUDE_DIRECTORIES ${folder})
        if(NOT folder MATCHES "/c\\+\\+/")
            list(APPEND CMAKE_C_STANDARD_INCLUDE_DIRECTORIES ${folder})
        endif()
    endif()
endforeach()

# Sets <result> to the path of one of its libraries, for the same processor.
function(uasync_arm_library name result)
    execute_process(
        COMMAND ${UASYNC_ARM_GCC} ${uasync_arm_flags} -print-file-name=${name}
        OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    set(${result} ${path} PARENT_SCOPE)
endfunction()
