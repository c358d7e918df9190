# uasync_link_rp2040(<target>): links an executable target with the port and its linker script; only the .elf, which the boot loader does not
# start yet.
function(uasync_link_rp2040 target)
    cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
    set(linker_script ${root}/ports/rp2040/rp2040.ld)

    # Directly, not through a library: only then are the port's objects on the command line, the vector table among them. Which port it is
    # depends on the runtime that the target links.
    set(loops $<IN_LIST:UASYNC_LOOPS=1,$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>>)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:$<IF:${loops},uasync_port_rp2040_loops,uasync_port_rp2040>>)
    if(UASYNC_LIBGCC)
        target_link_libraries(${target} PRIVATE ${UASYNC_LIBGCC})
    else()
        target_link_libraries(${target} PRIVATE gcc)
    endif()
    target_link_options(${target} PRIVATE
        -T${linker_script} -Wl,-Map=$<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.map)
    set_target_properties(${target} PROPERTIES SUFFIX .elf LINK_DEPENDS ${linker_script})
endfunction()

# uasync_add_rp2040_image(<target>): makes an executable target a firmware for the RP2040.
#
# Links it with the port and its linker script, and writes next to it, after each link: the boot block's checksum into the .elf
# itself, a .bin (the bytes of the flash) and a .uf2 (for the drive that a Pico shows while BOOTSEL is held).

function(uasync_add_rp2040_image target)
    # Looked for once, not for each image: each time Python is started several times.
    get_property(python GLOBAL PROPERTY UASYNC_PYTHON)
    if(NOT python)
        find_package(Python3 3.8 REQUIRED COMPONENTS Interpreter)
        set(python ${Python3_EXECUTABLE})
        set_property(GLOBAL PROPERTY UASYNC_PYTHON ${python})
    endif()
    cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
    uasync_link_rp2040(${target})

    set(elf $<TARGET_FILE:${target}>)
    set(base $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>)
    set(image ${python} ${root}/tools/image.py)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${image} boot2-checksum ${elf}
        COMMAND ${image} bin ${elf} ${base}.bin
        COMMAND ${image} uf2 ${elf} ${base}.uf2
        VERBATIM)
endfunction()
