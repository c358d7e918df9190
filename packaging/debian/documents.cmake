# Run by cpack before it packs what was installed: adds the licences and the changelogs, and compresses them as Debian has them.

set(date_format "%a, %d %b %Y %H:%M:%S +0000")
string(TIMESTAMP date "${date_format}" UTC)

function(compress file)
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER ${component} upper)
    set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
    set(root ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
    set(documents ${root}/share/doc/${package})
    file(MAKE_DIRECTORY ${documents})
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${package}.copyright ${documents}/copyright COPYONLY)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/../../CHANGELOG.md ${documents}/changelog COPYONLY)
    compress(${documents}/changelog)
    file(WRITE ${documents}/changelog.Debian
        "uasync (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium\n\n"
        "  * Made by cpack. changelog.gz has what changed for users.\n\n"
        " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
    compress(${documents}/changelog.Debian)
    file(GLOB pages ${root}/share/man/man1/*.1)
    foreach(page IN LISTS pages)
        compress(${page})
    endforeach()
endforeach()
