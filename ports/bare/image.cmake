# uasync_add_image(<target> FLASH <origin> <length> RAM <origin> <length> [STACK <bytes>])
#
# Makes an executable target a firmware: start-up code, linker script, and beside the .elf a .bin, the bytes of the flash. STACK is what has
# to be left of the RAM, by default 1024.

function(uasync_add_image target)
    cmake_parse_arguments(arg "" "STACK" "FLASH;RAM" ${ARGN})
    foreach(memory FLASH RAM)
        list(LENGTH arg_${memory} length)
        if(NOT length EQUAL 2)
            message(FATAL_ERROR "uasync_add_image(${target}): ${memory} needs its origin and its length, as ${memory} 0x20000000 64k")
        endif()
        string(TOLOWER ${memory} name)
        list(GET arg_${memory} 0 ${name}_origin)
        list(GET arg_${memory} 1 ${name}_length)
    endforeach()
    set(stack ${arg_STACK})
    if(NOT stack)
        set(stack 1024)
    endif()
    set(script ${CMAKE_CURRENT_BINARY_DIR}/${target}.ld)
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/image.ld.in ${script} @ONLY)
    target_link_options(${target} PRIVATE -T${script} -Wl,-Map=$<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.map)
    set_target_properties(${target} PROPERTIES SUFFIX .elf LINK_DEPENDS ${script})
    if(CMAKE_OBJCOPY)
        add_custom_command(TARGET ${target} POST_BUILD VERBATIM
            COMMAND ${CMAKE_OBJCOPY} -O binary $<TARGET_FILE:${target}> $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.bin)
    endif()
endfunction()
